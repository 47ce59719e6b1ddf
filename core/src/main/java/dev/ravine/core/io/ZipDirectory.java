package dev.ravine.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The directory at the end of a zip archive, with ZIP64 (PKWARE, APPNOTE.TXT, sections 4.3 and 4.5). Every size and
 * offset is checked against the size of the file before it is used, so time and memory are bounded by the file's size,
 * whatever its numbers say.
 */
final class ZipDirectory {
    static final int STORED = 0;
    static final int DEFLATED = 8;

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int EXTRA64 = 1;
    private static final int ENCRYPTED = 1;
    private static final long INT_MARK = 0xffff_ffffL;

    private final Path file;
    private final FileChannel channel;
    private final long fileSize;

    /** Where the directory is, by what the end of the archive says. */
    private long count;

    private long bytes;
    private long begin;

    /** The bytes in front of the archive, by which all of its offsets are too small. */
    private long prefix;

    /**
     * An entry.
     *
     * @param header the offset of its local header in the file
     */
    record Entry(String name, int method, long crc, long packed, long unpacked, long header) {}

    private ZipDirectory(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.fileSize = channel.size();
    }

    /** The entries in the order of the directory. */
    static List<Entry> read(Path file, FileChannel channel) throws IOException {
        ZipDirectory directory = new ZipDirectory(file, channel);
        directory.findEnd();
        return directory.entries();
    }

    private void findEnd() throws IOException {
        int tail = (int) Math.min(fileSize, END_BYTES + LONGEST_COMMENT);
        ByteBuffer last = bytes(fileSize - tail, tail, "end of the directory");
        for (int at = tail - END_BYTES; at >= 0; at--) {
            if (last.getInt(at) == END && unsigned(last, at + 20) == tail - at - END_BYTES) {
                readEnd(last.slice(at, END_BYTES).order(ByteOrder.LITTLE_ENDIAN), fileSize - tail + at);
                return;
            }
        }
        throw malformed("the end of a zip archive's directory", "none");
    }

    private void readEnd(ByteBuffer end, long at) throws IOException {
        count = unsigned(end, 10);
        bytes = end.getInt(12) & INT_MARK;
        begin = end.getInt(16) & INT_MARK;
        // PyTorch writes the numbers of ZIP64 although it does not need them, so they are looked for always.
        long directoryEnd = readEnd64(at);
        if (bytes < 0 || bytes > directoryEnd || begin < 0 || begin > directoryEnd - bytes) {
            throw malformed(
                    "a directory within the " + directoryEnd + " bytes before its end",
                    bytes + " bytes from byte " + begin + " on");
        }
        if (count < 0 || count > bytes / ENTRY_BYTES) {
            throw malformed(
                    "at most " + bytes / ENTRY_BYTES + " entries in a directory of " + bytes + " bytes",
                    Long.toUnsignedString(count));
        }
        prefix = directoryEnd - bytes - begin;
        begin += prefix;
    }

    /** Reads the larger numbers of ZIP64, if they are there; returns where the directory ends. */
    private long readEnd64(long end) throws IOException {
        if (end < LOCATOR64_BYTES) {
            return end;
        }
        ByteBuffer locator = bytes(end - LOCATOR64_BYTES, LOCATOR64_BYTES, "place of the ZIP64 end");
        if (locator.getInt(0) != LOCATOR64) {
            return end;
        }
        long at = locator.getLong(8);
        if (at < 0 || at > end - LOCATOR64_BYTES - END64_BYTES) {
            throw malformed("a ZIP64 end before byte " + (end - LOCATOR64_BYTES), "byte " + Long.toUnsignedString(at));
        }
        ByteBuffer record = bytes(at, END64_BYTES, "ZIP64 end");
        if (record.getInt(0) != END64) {
            throw malformed("a ZIP64 end at byte " + at, String.format(Locale.ROOT, "0x%08x", record.getInt(0)));
        }
        count = record.getLong(32);
        bytes = record.getLong(40);
        begin = record.getLong(48);
        return at;
    }

    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        long at = begin;
        for (long i = 0; i < count; i++) {
            String field = "entry " + i + " of the directory";
            long left = begin + bytes - at;
            if (left < ENTRY_BYTES) {
                throw malformed(field + " of " + ENTRY_BYTES + " bytes", left + " bytes");
            }
            ByteBuffer fixed = bytes(at, ENTRY_BYTES, field);
            if (fixed.getInt(0) != ENTRY) {
                throw malformed(field + " at byte " + at, String.format(Locale.ROOT, "0x%08x", fixed.getInt(0)));
            }
            int nameBytes = unsigned(fixed, 28);
            int extraBytes = unsigned(fixed, 30);
            long total = (long) ENTRY_BYTES + nameBytes + extraBytes + unsigned(fixed, 32);
            if (total > left) {
                throw malformed(field + " within " + left + " bytes", total + " bytes");
            }
            ByteBuffer name = bytes(at + ENTRY_BYTES, nameBytes, field);
            ByteBuffer extra = bytes(at + ENTRY_BYTES + nameBytes, extraBytes, field);
            entries.add(entry(fixed, name(name, field), extra));
            at += total; // the comment is of no use to anybody
        }
        return entries;
    }

    private Entry entry(ByteBuffer fixed, String name, ByteBuffer extra) throws IOException {
        int method = unsigned(fixed, 10);
        if ((fixed.getShort(8) & ENCRYPTED) != 0 || (method != STORED && method != DEFLATED)) {
            throw malformed(
                    "entry " + Quoted.of(name) + " stored or deflated, without a password",
                    "method " + method + ", flags " + unsigned(fixed, 8));
        }
        long[] large = large(extra, name);
        int used = 0;
        long unpacked = fixed.getInt(24) & INT_MARK;
        if (unpacked == INT_MARK && used < large.length) {
            unpacked = large[used++];
        }
        long packed = fixed.getInt(20) & INT_MARK;
        if (packed == INT_MARK && used < large.length) {
            packed = large[used++];
        }
        long header = fixed.getInt(42) & INT_MARK;
        if (header == INT_MARK && used < large.length) {
            header = large[used];
        }
        if (packed < 0 || unpacked < 0 || header < 0 || packed > begin || header > begin - prefix) {
            throw malformed(
                    "entry " + Quoted.of(name) + " within the " + begin + " bytes before the directory",
                    "sizes that do not fit together: " + Long.toUnsignedString(packed) + " bytes from byte "
                            + Long.toUnsignedString(header) + " on, which unpack to "
                            + Long.toUnsignedString(unpacked));
        }
        return new Entry(name, method, fixed.getInt(16) & INT_MARK, packed, unpacked, header + prefix);
    }

    /** The numbers of the extra field for ZIP64; empty if there is none. */
    private long[] large(ByteBuffer extra, String name) throws IOException {
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int size = extra.getShort() & 0xffff;
            if (size > extra.remaining()) {
                throw malformed(
                        "extra fields of entry " + Quoted.of(name) + " within " + extra.remaining() + " bytes",
                        size + " bytes");
            }
            if (id == EXTRA64) {
                long[] numbers = new long[Math.min(3, size / Long.BYTES)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = extra.getLong();
                }
                return numbers;
            }
            extra.position(extra.position() + size);
        }
        return new long[0];
    }

    private String name(ByteBuffer bytes, String field) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedFileException(
                    file + ": expected a name in UTF-8 for " + field + " but found other bytes; " + ByteSource.DAMAGED,
                    e);
        }
    }

    private ByteBuffer bytes(long at, int size, String field) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw malformed(field + ": " + size + " bytes from byte " + at + " on", "the end of the file");
            }
        }
        return bytes.flip();
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private MalformedFileException malformed(String expected, String found) {
        return new MalformedFileException(
                file + ": expected a zip archive, " + expected + ", but found " + found + "; " + ByteSource.DAMAGED);
    }
}
