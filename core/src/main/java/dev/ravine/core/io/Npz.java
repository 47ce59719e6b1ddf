package dev.ravine.core.io;

import dev.ravine.core.Check;
import dev.ravine.core.io.ZipDirectory.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes named arrays in NumPy's npz format: a zip archive of npy files, stored or deflated. Nothing is
 * unpacked to disk; an entry's name only names its array.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";
    private static final String PLAIN = "without control characters, backslashes, '..' or a '/' in front";

    /** A file may unpack to this many bytes, or to this many times its own size, without an explicit limit. */
    private static final long USUAL_BYTES = 64L << 20;

    private static final long USUAL_RATIO = 100;

    /** Deflate cannot expand data by more than this factor, except for a few bytes. */
    private static final long DEFLATE_RATIO = 1032;

    private Npz() {}

    /**
     * Reads a file that unpacks to at most 64 MB or 100 times its size, whichever is more.
     *
     * @param file an npz file
     * @return its arrays by name, in the order of the archive; the garbage collector owns them
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format, are of a type that Ravine does not hold, or
     *     unpack to more than that
     * @throws IOException if reading fails
     */
    public static Map<String, INDArray> read(Path file) throws IOException {
        ByteSource.checkRegular(file, "arrays in the npz format");
        return read(file, Math.max(USUAL_BYTES, USUAL_RATIO * Files.size(file)));
    }

    /**
     * Reads a file that unpacks to a size within a limit.
     *
     * @param file an npz file
     * @param maxBytes how much memory all arrays together may take
     * @return its arrays by name, in the order of the archive; the garbage collector owns them
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format, are of a type that Ravine does not hold, or
     *     unpack to more than the limit
     * @throws IOException if reading fails
     */
    public static Map<String, INDArray> read(Path file, long maxBytes) throws IOException {
        ByteSource.checkRegular(file, "arrays in the npz format");
        try (FileChannel channel = FileChannel.open(file)) {
            List<Entry> entries = ZipDirectory.read(file, channel);
            checkEntries(file, channel.size(), entries);
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            long left = maxBytes;
            for (Entry entry : entries) {
                INDArray array = read(file, channel, entry, left, maxBytes);
                left -= ArrayBytes.count(array);
                arrays.put(arrayName(entry), array);
            }
            return Collections.unmodifiableMap(arrays);
        } catch (ZipException | EOFException e) {
            String reason = Objects.requireNonNullElse(e.getMessage(), "it ends too early");
            throw new MalformedFileException(
                    file + ": expected a zip archive of npy files but found a broken one (" + reason + "); "
                            + ByteSource.DAMAGED,
                    e);
        }
    }

    private static String arrayName(Entry entry) {
        return entry.name().substring(0, entry.name().length() - SUFFIX.length());
    }

    private static INDArray read(Path file, FileChannel channel, Entry entry, long left, long maxBytes)
            throws IOException {
        CRC32 crc = new CRC32();
        String name = file + ", entry " + Quoted.of(entry.name());
        try (ByteSource source = new ByteSource(
                new CheckedInputStream(ZipEntryStream.open(channel, entry), crc), name, entry.unpacked())) {
            NpyHeader header = Npy.header(source);
            if (header.bytesInMemory() > left) {
                throw source.malformed(
                        source.offset(),
                        "data",
                        "arrays of " + maxBytes + " bytes in all, of which " + left + " are left,",
                        header.bytesInMemory() + " bytes",
                        "give Npz.read a higher limit if the file can be trusted");
            }
            INDArray array = Npy.read(source, header);
            if (crc.getValue() != entry.crc()) {
                throw source.malformed(
                        source.offset(),
                        "checksum",
                        String.format(Locale.ROOT, "CRC-32 %08x", entry.crc()),
                        String.format(Locale.ROOT, "%08x", crc.getValue()),
                        ByteSource.DAMAGED);
            }
            return array;
        }
    }

    /** Checks the whole directory of the archive before anything is unpacked. */
    private static void checkEntries(Path file, long fileSize, List<Entry> entries) throws IOException {
        long total = 0;
        Set<String> names = new HashSet<>();
        for (Entry entry : entries) {
            checkName(file, entry.name());
            boolean possible = entry.method() == ZipDirectory.STORED
                    ? entry.unpacked() == entry.packed()
                    : entry.unpacked() / DEFLATE_RATIO <= entry.packed();
            if (!possible) {
                throw malformed(
                        file,
                        entry.name(),
                        "sizes that fit together",
                        entry.packed() + " bytes that unpack to " + entry.unpacked(),
                        ByteSource.DAMAGED);
            }
            total += entry.packed(); // each at most the file's size, so the sum cannot overflow before it is too large
            if (total > fileSize) {
                throw malformed(
                        file,
                        entry.name(),
                        "entries that share no bytes of the file's " + fileSize,
                        "a sum of " + total + " bytes up to this one",
                        "do not trust this file");
            }
            if (!names.add(entry.name())) {
                throw malformed(file, entry.name(), "distinct names", "this one twice", ByteSource.DAMAGED);
            }
        }
    }

    private static void checkName(Path file, String name) throws MalformedFileException {
        if (!name.endsWith(SUFFIX) || !isPlain(name)) {
            throw malformed(
                    file,
                    name,
                    "a name that ends with '" + SUFFIX + "', " + PLAIN,
                    "this one",
                    "make the file with numpy.savez");
        }
    }

    private static boolean isPlain(String name) {
        return !name.startsWith("/")
                && !name.contains("\\")
                && !("/" + name + "/").contains("/../")
                && name.chars().allMatch(c -> c >= ' ');
    }

    private static MalformedFileException malformed(
            Path file, String entry, String expected, String found, String advice) {
        return new MalformedFileException(file + ", entry " + Quoted.of(entry) + ": expected " + expected
                + " but found " + found + "; " + advice);
    }

    /**
     * Writes a file as {@code numpy.savez} does, without compression, as a whole or not at all, like {@link
     * AtomicFile}. Equal contents in equal order give equal bytes.
     *
     * @param file the file to create or replace
     * @param arrays the arrays by name, in the order of the archive
     * @throws IllegalArgumentException if a dtype is not one of Ravine's, or a name could be mistaken for a path that
     *     leaves the archive
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, INDArray> arrays) throws IOException {
        write(file, arrays, FloatFormat.OWN);
    }

    /**
     * Writes a file as {@link #write(Path, Map)} does, with all floating-point numbers in one format.
     *
     * @param file the file to create or replace
     * @param arrays the arrays by name, in the order of the archive
     * @param format of floating-point numbers, not {@link FloatFormat#BF16}, which NumPy does not have
     * @throws IllegalArgumentException if a number is too large for the format or NumPy does not have it, if a dtype is
     *     not one of Ravine's, or a name could be mistaken for a path that leaves the archive
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, INDArray> arrays, FloatFormat format) throws IOException {
        if (format == FloatFormat.BF16) {
            throw new IllegalArgumentException(
                    file + ": NumPy has no type for BF16; write it as F16 or F32, or as safetensors");
        }
        for (Map.Entry<String, INDArray> entry :
                Check.noNullsIn("the arrays", arrays).entrySet()) {
            Names.dtype(entry.getKey(), entry.getValue());
            Names.checkEncodable("array name", entry.getKey());
            if (!isPlain(entry.getKey())) {
                throw new IllegalArgumentException("array name " + Quoted.of(entry.getKey())
                        + " could be taken for a path; expected one " + PLAIN);
            }
            ArrayBytes.checkRange(entry.getKey(), entry.getValue(), format);
        }
        AtomicFile.write(file, out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
                for (Map.Entry<String, INDArray> entry : arrays.entrySet()) {
                    zip.putNextEntry(stored(entry.getKey() + SUFFIX, entry.getValue(), format));
                    Npy.write(zip, entry.getValue(), format);
                    zip.closeEntry();
                }
            }
        });
    }

    /** A stored entry states size and checksum before its data. */
    private static ZipEntry stored(String name, INDArray array, FloatFormat format) throws IOException {
        CRC32 crc = new CRC32();
        Npy.write(new CheckedOutputStream(OutputStream.nullOutputStream(), crc), array, format);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(NpyHeader.render(array, format).length + ArrayBytes.count(array, format));
        entry.setCrc(crc.getValue());
        // The first moment that zip can express, as NumPy writes: the clock must not change the bytes.
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        return entry;
    }
}
