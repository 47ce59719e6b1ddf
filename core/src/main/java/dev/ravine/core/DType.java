package dev.ravine.core;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The element types of Ravine: two floating-point types to compute in, and one integer type for labels and indices. */
public enum DType {
    /** IEEE single precision, the default of training. */
    FLOAT32(DataType.FLOAT, 4),
    /** IEEE double precision, for tests of derivatives and ill-conditioned problems. */
    FLOAT64(DataType.DOUBLE, 8),
    /** Signed 64-bit integers: class labels and row indices. They carry no derivative. */
    INT64(DataType.INT64, 8);

    private final DataType nd4j;
    private final int bytes;

    DType(DataType nd4j, int bytes) {
        this.nd4j = nd4j;
        this.bytes = bytes;
    }

    /**
     * The dtype of an array.
     *
     * @param array any array
     * @return its dtype
     * @throws IllegalArgumentException if the array holds a type Ravine does not compute in
     */
    public static DType of(INDArray array) {
        return switch (array.dataType()) {
            case FLOAT -> FLOAT32;
            case DOUBLE -> FLOAT64;
            case LONG -> INT64;
            default ->
                throw new IllegalArgumentException("array has dtype " + array.dataType()
                        + ", expected FLOAT, DOUBLE or LONG; convert it with castTo(DataType.FLOAT) first");
        };
    }

    /** {@return whether numbers of this type can be differentiated: true for {@link #FLOAT32} and {@link #FLOAT64}} */
    public boolean isFloating() {
        return this != INT64;
    }

    /**
     * {@return a number that this type holds: rounded perhaps, but neither cut nor made infinite}
     *
     * @param value a number
     * @throws IllegalArgumentException if it is finite and beyond {@link #FLOAT32}, or not a whole number for
     *     {@link #INT64}
     */
    public double checked(double value) {
        if (this == FLOAT32 && Float.isInfinite((float) value) && !Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    value + " is beyond FLOAT32, whose largest number is " + Float.MAX_VALUE + "; use FLOAT64");
        }
        if (this == INT64 && !(value == Math.rint(value) && Math.abs(value) <= 0x1p53)) {
            throw new IllegalArgumentException(value + " is not a whole number of at most 2^53, which INT64 needs here;"
                    + " round it, or use a floating-point type or Arena.ofIntegers");
        }
        return value;
    }

    /** {@return the size of one element, in bytes} */
    public int bytes() {
        return bytes;
    }

    /** {@return ND4J's name for this type, for arrays made by the caller} */
    public DataType toNd4j() {
        return nd4j;
    }
}
