package dev.ravine.core.io;

import dev.ravine.core.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The header of an npy file, checked: element type, order of bytes, order of axes, shape.
 *
 * @param type element type
 * @param byteOrder byte order of each element
 * @param fortran whether the first axis varies fastest
 * @param shape sizes of the axes
 */
record NpyHeader(ElementType type, ByteOrder byteOrder, boolean fortran, Shape shape) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int ALIGNMENT = 64;

    /** NumPy leaves room for the outermost size to grow to this many digits. */
    private static final int DIGITS_OF_GROWTH = 21;

    /** The size of the elements in the file. */
    long bytes() {
        return shape.count() * type.bytes();
    }

    /** The size of the array in memory. */
    long bytesInMemory() {
        return shape.count() * type.dtype().bytes();
    }

    /** The bytes in front of an array's numbers, as NumPy writes them. */
    static byte[] render(INDArray array, FloatFormat format) {
        return render(ArrayBytes.type(array, format), Shape.of(array));
    }

    /** The bytes in front of numbers of this type and shape. */
    static byte[] render(ElementType type, Shape shape) {
        String sizes = Arrays.stream(shape.toArray()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String dictionary = "{'descr': '<" + type.npy() + "', 'fortran_order': False, 'shape': (" + sizes
                + (shape.rank() == 1 ? ",), }" : "), }");
        int growth = shape.rank() == 0
                ? 0
                : DIGITS_OF_GROWTH - Long.toString(shape.size(0)).length();
        int before = MAGIC.length + 2 + Short.BYTES;
        int used = before + dictionary.length() + growth + 1;
        // NumPy adds a whole line if no padding would be needed.
        int length = used + ALIGNMENT - used % ALIGNMENT - before;
        ByteBuffer bytes = ByteBuffer.allocate(before + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
        bytes.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        while (bytes.remaining() > 1) {
            bytes.put((byte) ' ');
        }
        return bytes.put((byte) '\n').array();
    }
}
