package dev.ravine.core.io;

import dev.ravine.core.Arena;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes single arrays in NumPy's npy format.
 *
 * <p>A file is a magic number, a version, a header that describes the array as a Python dictionary, and the numbers.
 * Versions 1.0, 2.0 and 3.0 are read, in either order of bytes and of axes. Floats keep their type, except that
 * f2 becomes FLOAT32; bools and integers of all sizes become INT64, except u8, which INT64 cannot hold. Pickled objects
 * are not read. The format: NumPy's documentation of {@code numpy.lib.format}.
 */
public final class Npy {
    private static final String DATA = "data";

    private Npy() {}

    /**
     * Reads a file.
     *
     * @param file an npy file
     * @return the array in row-major order, which the garbage collector owns
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format, or are of a type that Ravine does not hold
     * @throws IOException if reading fails
     */
    public static INDArray read(Path file) throws IOException {
        try (ByteSource source = ByteSource.open(file, "an array in the npy format")) {
            return read(source, header(source));
        }
    }

    /** A header. Checks that exactly the numbers it announces follow. */
    static NpyHeader header(ByteSource source) throws IOException {
        NpyHeader header = NpyHeaderParser.read(source);
        if (header.bytes() != source.remaining()) {
            throw source.malformed(
                    source.offset(),
                    DATA,
                    header.bytes() + " bytes, as shape " + header.shape() + " and type announce,",
                    source.remaining() + " bytes",
                    ByteSource.DAMAGED);
        }
        return header;
    }

    /** The array behind a header. */
    static INDArray read(ByteSource source, NpyHeader header) throws IOException {
        INDArray array = Arena.create(header.type().dtype(), header.shape());
        if (header.fortran() && header.shape().rank() > 1) {
            ElementOrder order = new ElementOrder(header.shape(), true);
            ArrayBytes.convert(source, header.byteOrder(), header.type(), order, array, DATA);
        } else {
            ArrayBytes.read(source, header.byteOrder(), header.type(), array, DATA);
        }
        source.expectEnd();
        return array;
    }

    /**
     * Writes a file in version 1.0, byte for byte as {@code numpy.save} does, as a whole or not at all, like {@link
     * AtomicFile}.
     *
     * @param file the file to create or replace
     * @param array any array
     * @throws IllegalArgumentException if its dtype is not one of Ravine's
     * @throws IOException if writing fails
     */
    public static void write(Path file, INDArray array) throws IOException {
        AtomicFile.write(file, out -> write(out, array, FloatFormat.OWN));
    }

    /** Writes to a stream. */
    static void write(OutputStream out, INDArray array, FloatFormat format) throws IOException {
        out.write(NpyHeader.render(array, format));
        ArrayBytes.write(array, format, out);
    }
}
