package dev.ravine.core.data;

import dev.ravine.core.io.MalformedFileException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.ZipException;

/**
 * The bytes of one IDX file, decompressed if they begin with the magic number of gzip (RFC 1952). Keeps the offset for
 * errors.
 */
final class IdxInput implements AutoCloseable {
    static final long UNKNOWN_SIZE = -1;
    static final String DAMAGED = "the file is damaged or incomplete: download it again";

    /** The most that is allocated before the bytes to fill it have been seen. */
    private static final int CHUNK = 1 << 16;

    /** Compressed data may unpack to this many bytes, or to this many times their own size. */
    private static final long USUAL_BYTES = 4 << 20;

    private static final long USUAL_RATIO = 100;

    private final String name;
    private final InputStream bytes;

    /** The size of the plain file; unknown for a stream or a compressed file. */
    private final long size;

    /** The size of the compressed file; unknown for a stream or a plain file. */
    private final long packedSize;

    /** What has been read of a compressed file or stream; null for a plain one. */
    private final Counted packed;

    private long offset;

    /** The size is that of the file on disk, or {@link #UNKNOWN_SIZE}. */
    IdxInput(InputStream stream, String name, long size) throws IOException {
        this.name = name;
        PushbackInputStream peeking = new PushbackInputStream(stream, 2);
        byte[] first = peeking.readNBytes(2);
        peeking.unread(first);
        boolean compressed =
                first.length == 2 && (first[0] & 0xff) == Gunzip.FIRST && (first[1] & 0xff) == Gunzip.SECOND;
        this.size = compressed ? UNKNOWN_SIZE : size;
        this.packedSize = compressed ? size : UNKNOWN_SIZE;
        this.packed = compressed ? new Counted(peeking) : null;
        this.bytes = compressed ? gunzip(packed) : peeking;
    }

    private Gunzip gunzip(InputStream stream) throws IOException {
        try {
            return new Gunzip(stream);
        } catch (ZipException | EOFException e) {
            throw corrupt(e);
        }
    }

    /** Gives back what decompressing took; the stream stays open. */
    @Override
    public void close() {
        if (bytes instanceof Gunzip gunzip) {
            gunzip.close();
        }
    }

    boolean isCompressed() {
        return packed != null;
    }

    long offset() {
        return offset;
    }

    void expect(int value, String expected, String advice) throws IOException {
        long at = offset;
        byte[] found = read(1);
        if (found.length == 0) {
            throw malformed(at, expected, "the end of the file", advice);
        }
        if ((found[0] & 0xff) != value) {
            throw malformed(at, expected, String.format(Locale.ROOT, "0x%02x", found[0]), advice);
        }
    }

    int bigEndianInt(String meaning) throws IOException {
        long at = offset;
        byte[] b = read(4);
        if (b.length < 4) {
            throw malformed(at, "4 bytes with " + meaning, "the end of the file after " + b.length, DAMAGED);
        }
        return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
    }

    /** All bytes after the header; their number must match the header. */
    byte[] payload(int count) throws IOException {
        long start = offset;
        if (size != UNKNOWN_SIZE && size - start != count) {
            throw wrongLength(start, count, size - start + " bytes");
        }
        if (packedSize != UNKNOWN_SIZE) {
            requireUsual(start, count, packedSize);
        }
        byte[] payload = new byte[size == UNKNOWN_SIZE ? Math.min(count, CHUNK) : count];
        int filled = 0;
        while (true) {
            int got = readInto(payload, filled);
            filled += got;
            if (filled < payload.length) {
                throw wrongLength(start, count, "the end of the file after " + filled);
            }
            if (filled == count) {
                break;
            }
            if (packed != null) {
                requireUsual(start, Math.min(count, 2L * filled), packed.count);
            }
            // Doubling what has arrived limits the memory by the data, whatever the header claims.
            payload = Arrays.copyOf(payload, (int) Math.min(count, 2L * filled));
        }
        if (read(1).length > 0 || (bytes instanceof Gunzip gunzip && gunzip.hasTrailingBytes())) {
            throw malformed(
                    start + count,
                    "the end of the file, since the header announces " + count + " bytes of data",
                    "more bytes",
                    DAMAGED);
        }
        return payload;
    }

    /** A few bytes of gzip can stand for any number of zeros. */
    private void requireUsual(long start, long unpacked, long from) throws MalformedFileException {
        long limit = Math.max(USUAL_BYTES, USUAL_RATIO * from);
        if (unpacked > limit) {
            throw malformed(
                    start,
                    "at most " + limit + " bytes of data, " + USUAL_RATIO + " times the " + from
                            + " bytes of compressed data or " + USUAL_BYTES,
                    unpacked + " bytes or more",
                    "unpack the file with gunzip if it can be trusted");
        }
    }

    private MalformedFileException wrongLength(long start, int count, String found) {
        return malformed(start, count + " bytes of data, as the header announces,", found, DAMAGED);
    }

    private byte[] read(int count) throws IOException {
        byte[] buffer = new byte[count];
        int got = readInto(buffer, 0);
        return got == count ? buffer : Arrays.copyOf(buffer, got);
    }

    private int readInto(byte[] buffer, int from) throws IOException {
        try {
            int got = bytes.readNBytes(buffer, from, buffer.length - from);
            offset += got;
            return got;
        } catch (ZipException | EOFException e) {
            throw corrupt(e);
        }
    }

    MalformedFileException malformed(long at, String expected, String found, String advice) {
        return new MalformedFileException(
                name + ": at byte " + at + ": expected " + expected + " but found " + found + "; " + advice);
    }

    private MalformedFileException corrupt(IOException cause) {
        return new MalformedFileException(
                name + ": at byte " + offset + " (decompressed): expected valid gzip data but found a broken stream ("
                        + cause.getMessage() + "); " + DAMAGED,
                cause);
    }

    /** Counts what passes. */
    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws IOException {
            int next = in.read();
            count += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int got = in.read(into, from, most);
            count += Math.max(0, got);
            return got;
        }
    }
}
