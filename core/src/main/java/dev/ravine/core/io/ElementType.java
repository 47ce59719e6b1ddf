package dev.ravine.core.io;

import dev.ravine.core.DType;
import java.nio.ByteBuffer;

/**
 * The element types of files that Ravine reads, by their names in safetensors, each with the dtype that holds all its
 * values.
 */
enum ElementType {
    F32(DType.FLOAT32, 4, "f4"),
    F64(DType.FLOAT64, 8, "f8"),
    /** IEEE 754's binary16. */
    F16(DType.FLOAT32, 2, "f2"),
    /** The upper half of F32; NumPy has no such type. */
    BF16(DType.FLOAT32, 2, ""),
    I64(DType.INT64, 8, "i8"),
    I32(DType.INT64, 4, "i4"),
    I16(DType.INT64, 2, "i2"),
    I8(DType.INT64, 1, "i1"),
    U32(DType.INT64, 4, "u4"),
    U16(DType.INT64, 2, "u2"),
    U8(DType.INT64, 1, "u1"),
    /** One byte: every value except 0 is true. */
    BOOL(DType.INT64, 1, "b1");

    private final DType dtype;
    private final int bytes;
    private final String npy;

    ElementType(DType dtype, int bytes, String npy) {
        this.dtype = dtype;
        this.bytes = bytes;
        this.npy = npy;
    }

    /** The type that holds a dtype's numbers as they are. */
    static ElementType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case INT64 -> I64;
        };
    }

    DType dtype() {
        return dtype;
    }

    int bytes() {
        return bytes;
    }

    /** NumPy's name without the order of bytes; empty if it has none. */
    String npy() {
        return npy;
    }

    /** Whether arrays hold the same numbers as the file, except for the byte order. */
    boolean isNative() {
        return this == of(dtype);
    }

    /** The next number of a single-precision or narrower floating-point type. */
    float single(ByteBuffer from) {
        return switch (this) {
            case F32 -> from.getFloat();
            case F16 -> SmallFloats.fromHalf(from.getShort());
            case BF16 -> SmallFloats.fromBrain(from.getShort());
            default -> throw new IllegalStateException(this + " is not held in single precision");
        };
    }

    /** The next number of an integer type. */
    long integer(ByteBuffer from) {
        return switch (this) {
            case I64 -> from.getLong();
            case I32 -> from.getInt();
            case I16 -> from.getShort();
            case I8 -> from.get();
            case U32 -> Integer.toUnsignedLong(from.getInt());
            case U16 -> Short.toUnsignedLong(from.getShort());
            case U8 -> Byte.toUnsignedLong(from.get());
            case BOOL -> from.get() == 0 ? 0 : 1;
            default -> throw new IllegalStateException(this + " is no integer type");
        };
    }

    /** Appends a number in a floating-point type. */
    void put(double value, ByteBuffer to) {
        switch (this) {
            case F64 -> to.putDouble(value);
            case F32 -> to.putFloat((float) value);
            case F16 -> to.putShort(SmallFloats.toHalf(value));
            case BF16 -> to.putShort(SmallFloats.toBrain(value));
            default -> throw new IllegalStateException(this + " is no floating-point type");
        }
    }

    /** Whether a finite number becomes infinite in this floating-point type. */
    boolean overflows(double value) {
        return Double.isFinite(value)
                && switch (this) {
                    case F64 -> false;
                    case F32 -> Float.isInfinite((float) value);
                    case F16 -> Float.isInfinite(SmallFloats.fromHalf(SmallFloats.toHalf(value)));
                    case BF16 -> Float.isInfinite(SmallFloats.fromBrain(SmallFloats.toBrain(value)));
                    default -> throw new IllegalStateException(this + " is no floating-point type");
                };
    }
}
