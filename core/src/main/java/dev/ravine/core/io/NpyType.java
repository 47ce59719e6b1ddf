package dev.ravine.core.io;

import dev.ravine.core.DType;
import java.nio.ByteBuffer;

/** The element types of npy files that Ravine reads, each with the dtype that holds all its values. */
enum NpyType {
    F4(DType.FLOAT32, 4),
    F8(DType.FLOAT64, 8),
    I8(DType.INT64, 8),
    I4(DType.INT64, 4),
    I2(DType.INT64, 2),
    I1(DType.INT64, 1),
    U4(DType.INT64, 4),
    U2(DType.INT64, 2),
    U1(DType.INT64, 1),
    /** NumPy's bool: every byte except 0 is true. */
    B1(DType.INT64, 1);

    private final DType dtype;
    private final int bytes;

    NpyType(DType dtype, int bytes) {
        this.dtype = dtype;
        this.bytes = bytes;
    }

    DType dtype() {
        return dtype;
    }

    int bytes() {
        return bytes;
    }

    /** Whether arrays hold the same numbers as the file, except for the byte order. */
    boolean isNative() {
        return this == F4 || this == F8 || this == I8;
    }

    /** The next number of an integer type. */
    long integer(ByteBuffer from) {
        return switch (this) {
            case I8 -> from.getLong();
            case I4 -> from.getInt();
            case I2 -> from.getShort();
            case I1 -> from.get();
            case U4 -> Integer.toUnsignedLong(from.getInt());
            case U2 -> Short.toUnsignedLong(from.getShort());
            case U1 -> Byte.toUnsignedLong(from.get());
            case B1 -> from.get() == 0 ? 0 : 1;
            case F4, F8 -> throw new IllegalStateException(this + " is no integer type");
        };
    }
}
