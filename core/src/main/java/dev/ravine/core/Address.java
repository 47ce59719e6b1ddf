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
     * {@return where the first element of an array is}
     *
     * @param array a dense array
     */
    public static Address of(INDArray array) {
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
}
