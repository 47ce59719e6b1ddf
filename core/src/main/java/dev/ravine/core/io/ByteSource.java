package dev.ravine.core.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * The bytes of one file, or of one entry of an archive, from first to last. Keeps the offset for errors. The total size
 * is known before anything is read, so every size in the file is checked before memory is allocated for it.
 */
final class ByteSource implements AutoCloseable {
    static final String DAMAGED = "the file is damaged or incomplete: copy or download it again";

    private final InputStream stream;
    private final String name;
    private final long size;
    private long offset;

    ByteSource(InputStream stream, String name, long size) {
        this.stream = stream;
        this.name = name;
        this.size = size;
    }

    /** Opens a file; errors name the content as what was looked for. */
    static ByteSource open(Path file, String content) throws IOException {
        checkRegular(file, content);
        return new ByteSource(Files.newInputStream(file), file.toString(), Files.size(file));
    }

    static void checkRegular(Path file, String content) throws NoSuchFileException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file; looked for " + content);
        }
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "not a regular file; looked for " + content);
        }
    }

    long offset() {
        return offset;
    }

    long remaining() {
        return size - offset;
    }

    /** The next bytes, for numbers in little-endian order; the caller has checked the count. */
    ByteBuffer numbers(int count, String field) throws IOException {
        return ByteBuffer.wrap(take(count, field)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next bytes; the caller has checked the count. */
    byte[] take(int count, String field) throws IOException {
        if (count > remaining()) {
            throw malformed(offset, field, count + " bytes", "the end of the file after " + remaining(), DAMAGED);
        }
        byte[] bytes = new byte[count];
        fill(bytes, count, field);
        return bytes;
    }

    /** Reads exactly the given number of bytes. */
    void fill(byte[] into, int count, String field) throws IOException {
        try {
            int got = stream.readNBytes(into, 0, count);
            if (got < count) {
                throw malformed(offset, field, count + " bytes", "the end of the file after " + got, DAMAGED);
            }
            offset += got;
        } catch (ZipException | EOFException e) {
            throw corrupt(e, field);
        }
    }

    /** Checks that nothing follows. */
    void expectEnd() throws IOException {
        try {
            if (stream.read() >= 0) {
                throw malformed(offset, "end of the data", "the end of the file", "more bytes", DAMAGED);
            }
        } catch (ZipException | EOFException e) {
            throw corrupt(e, "end of the data");
        }
    }

    MalformedFileException malformed(long at, String field, String expected, String found, String advice) {
        return new MalformedFileException(name + ": at byte " + at + ", " + field + ": expected " + expected
                + " but found " + found + "; " + advice);
    }

    private MalformedFileException corrupt(IOException cause, String field) {
        return new MalformedFileException(
                name + ": at byte " + offset + " (decompressed), " + field
                        + ": expected data that can be unpacked but found a broken stream (" + cause.getMessage()
                        + "); " + DAMAGED,
                cause);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
