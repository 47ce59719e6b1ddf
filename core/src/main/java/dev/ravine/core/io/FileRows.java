package dev.ravine.core.io;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The rows of an array in a file, which may be larger than memory. A row is everything at one index of the first axis.
 * Any rows can be read at any time, by several threads at once. Besides what the operating system caches, a reader
 * holds {@value #BUFFER} bytes. The file must not change while it is open; one that got shorter is refused when it is
 * read.
 */
public final class FileRows implements AutoCloseable {
    /** Bytes of a reader's buffer. */
    static final int BUFFER = 1 << 16;

    private static final double LARGEST_BYTE = 255;

    private final Path file;
    private final FileChannel channel;
    private final Lifetime lifetime;
    private final long offset;
    private final Format format;
    private final int count;
    private final Shape row;

    /** How the elements are written; bytes as floating-point numbers run from 0 to 1. */
    private record Format(ElementType type, ByteOrder order, DType dtype) {
        void read(ByteBuffer from, int elements, Elements into, int at) {
            if (type == ElementType.F32 && into instanceof Elements.Floats floats) {
                floats.buffer().put(at, from.asFloatBuffer(), 0, elements);
            } else if (type == ElementType.F64 && into instanceof Elements.Doubles doubles) {
                doubles.buffer().put(at, from.asDoubleBuffer(), 0, elements);
            } else if (into instanceof Elements.Longs longs) {
                for (int i = 0; i < elements; i++) {
                    longs.buffer().put(at + i, type.integer(from));
                }
            } else {
                boolean isByte = type == ElementType.U8;
                for (int i = 0; i < elements; i++) {
                    into.set(at + i, isByte ? (float) (type.integer(from) / LARGEST_BYTE) : type.single(from));
                }
            }
        }
    }

    private FileRows(Path file, FileChannel channel, long offset, Format format, Shape shape) {
        this.file = file;
        this.channel = channel;
        this.lifetime = new Lifetime("the rows of " + file, this::release);
        this.offset = offset;
        this.format = format;
        this.count = (int) shape.size(0);
        this.row = shape.dropping(0);
    }

    /**
     * {@return the rows of an array in the npy format} Its type becomes a dtype as by {@link Npy}.
     *
     * @param file an npy file of at least one axis in row-major order
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format, the order is Fortran's, or there are no rows or
     *     too many for an int
     * @throws IOException if reading fails
     */
    public static FileRows npy(Path file) throws IOException {
        try (ByteSource source = ByteSource.open(file, "an array in the npy format")) {
            NpyHeader header = Npy.header(source);
            Shape shape = header.shape();
            if (header.fortran() && shape.rank() > 1) {
                throw new MalformedFileException(
                        file + ": expected rows one after the other but found Fortran's order of"
                                + " axes; save it as numpy.ascontiguousarray(a)");
            }
            if (shape.rank() < 1 || shape.count() == 0 || shape.size(0) > Integer.MAX_VALUE) {
                throw new MalformedFileException(file + ": expected an array [rows, ...] of 1 to " + Integer.MAX_VALUE
                        + " rows but found shape " + shape + "; it has nothing to stream, or is to be split");
            }
            Format format =
                    new Format(header.type(), header.byteOrder(), header.type().dtype());
            return open(file, source.offset(), format, shape);
        }
    }

    /**
     * {@return rows of unsigned bytes}
     *
     * @param file any file
     * @param offset where the first row begins
     * @param shape [rows, ...], whose bytes go to the end of the file
     * @param dtype {@link DType#FLOAT32} for numbers from 0 to 1 (the byte over 255), {@link DType#INT64} for the bytes
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the file is shorter or longer
     * @throws IllegalArgumentException for another dtype
     * @throws IOException if reading fails
     */
    public static FileRows bytes(Path file, long offset, Shape shape, DType dtype) throws IOException {
        if (dtype == DType.FLOAT64) {
            throw new IllegalArgumentException("bytes are read as FLOAT32 or INT64, found " + dtype);
        }
        ByteSource.checkRegular(file, "rows of bytes");
        if (Files.size(file) != offset + shape.count()) {
            throw new MalformedFileException(file + ": expected " + (offset + shape.count()) + " bytes, as shape "
                    + shape + " announces, but found " + Files.size(file) + "; " + ByteSource.DAMAGED);
        }
        return open(file, offset, new Format(ElementType.U8, ByteOrder.BIG_ENDIAN, dtype), shape);
    }

    private static FileRows open(Path file, long offset, Format format, Shape shape) throws IOException {
        return new FileRows(file, FileChannel.open(file, StandardOpenOption.READ), offset, format, shape);
    }

    /** {@return the number of rows, at least 1} */
    public int count() {
        return count;
    }

    /** {@return the shape of a row; a scalar if the array has one axis} */
    public Shape row() {
        return row;
    }

    /** {@return the dtype of what is read} */
    public DType dtype() {
        return format.dtype;
    }

    /** Copies some rows. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Copies rows to the beginning of the memory. Neighbours that follow one another in the file are read at once.
         *
         * @param rows numbers of rows, all within the file
         * @param from the index of the first that is read
         * @param count how many
         * @throws UncheckedIOException if reading fails
         */
        void read(int[] rows, int from, int count);
    }

    /**
     * {@return a reader into memory, for one thread at a time}
     *
     * @param into of this dtype, with room for the rows that are read
     */
    public Reader reader(Elements into) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(format.order);
        return (rows, from, some) -> lifetime.run(() -> {
            for (int i = 0; i < some; ) {
                int run = 1;
                while (i + run < some && rows[from + i + run] == rows[from + i] + run) {
                    run++;
                }
                read(buffer, rows[from + i], run, into, i);
                i += run;
            }
        });
    }

    private void read(ByteBuffer buffer, int firstRow, int rows, Elements into, int at) {
        int size = format.type.bytes();
        long elements = rows * row.count();
        long start = offset + firstRow * row.count() * size;
        int most = buffer.capacity() / size;
        for (long done = 0; done < elements; done += most) {
            int some = (int) Math.min(most, elements - done);
            buffer.clear().limit(some * size);
            fill(buffer, start + done * size);
            format.read(buffer.flip(), some, into, (int) (at * row.count() + done));
        }
    }

    private void fill(ByteBuffer buffer, long position) {
        try {
            while (buffer.hasRemaining()) {
                int got = channel.read(buffer, position + buffer.position());
                if (got < 0) {
                    throw new MalformedFileException(file + ": ends at byte " + channel.size()
                            + ", before its rows do: it" + " got shorter since it was opened; " + ByteSource.DAMAGED);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading rows of " + file, e);
        }
    }

    /**
     * {@return a checksum (CRC-32C) of all bytes of the rows, their type and their shape} Reads the whole file.
     *
     * @throws UncheckedIOException if reading fails
     */
    public long checksum() {
        return lifetime.during(() -> {
            CRC32C crc = new CRC32C();
            crc.update((format.type + " " + format.order + " " + format.dtype + " " + count + " " + row)
                    .getBytes(StandardCharsets.UTF_8));
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
            long bytes = count * row.count() * format.type.bytes();
            for (long done = 0; done < bytes; done += buffer.capacity()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - done));
                fill(buffer, offset + done);
                crc.update(buffer.flip());
            }
            return crc.getValue();
        });
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + file, e);
        }
    }

    @Override
    public String toString() {
        return "FileRows[" + file + ", " + count + " rows of " + format.dtype + " " + row + "]";
    }
}
