package dev.ravine.core;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array's place in native memory, for native calls. It does not keep the array alive; the caller must. */
public final class Address extends Pointer {
    private Address(long address, long elements) {
        this.address = address;
        this.capacity = elements;
        this.limit = elements;
    }

    /**
     * {@return the address of an array's first element}
     *
     * @param array a dense array
     * @throws IllegalArgumentException if it is empty
     */
    public static Address of(INDArray array) {
        if (array.isEmpty()) {
            throw new IllegalArgumentException(
                    "an array of shape " + Shape.of(array) + " has no elements, and so no address");
        }
        long offset = array.offset() - array.data().offset();
        long start =
                array.data().addressPointer().address() + offset * array.data().getElementSize();
        return new Address(start, array.length());
    }

    /**
     * {@return a pointer to the elements of an array}
     *
     * @param array a dense array of {@link DType#FLOAT32}
     */
    public static FloatPointer floats(INDArray array) {
        return new FloatPointer(of(array));
    }

    /**
     * {@return a pointer to the elements of an array}
     *
     * @param array a dense array of {@link DType#FLOAT64}
     */
    public static DoublePointer doubles(INDArray array) {
        return new DoublePointer(of(array));
    }

    /** Whether the elements of an array lie in row-major order without gaps. */
    static boolean isDense(INDArray array) {
        long expected = 1;
        long[] shape = array.shape();
        long[] stride = array.stride();
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && stride[i] != expected) {
                return array.isEmpty();
            }
            expected *= shape[i];
        }
        return true;
    }
}
