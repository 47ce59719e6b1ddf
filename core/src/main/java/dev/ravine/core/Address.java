package dev.ravine.core;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array's place in native memory, for native calls. It does not keep the array alive: the caller does. */
final class Address extends Pointer {
    private Address(long address, long elements) {
        this.address = address;
        this.capacity = elements;
        this.limit = elements;
    }

    static Address of(INDArray array) {
        long offset = array.offset() - array.data().offset();
        long start =
                array.data().addressPointer().address() + offset * array.data().getElementSize();
        return new Address(start, array.length());
    }

    static FloatPointer floats(INDArray array) {
        return new FloatPointer(of(array));
    }

    static DoublePointer doubles(INDArray array) {
        return new DoublePointer(of(array));
    }
}
