package dev.ravine.core.io;

/**
 * How a file keeps floating-point numbers. Numbers that are narrowed are rounded to the nearest one of the format, to
 * even mantissas at ties. Reading gives back FLOAT32 arrays, or FLOAT64 for {@link #F64}.
 */
public enum FloatFormat {
    /** IEEE 754's half precision: 11 significant bits, magnitudes up to 65,504. */
    F16,
    /** bfloat16: 8 significant bits, magnitudes as in single precision. NumPy's files cannot hold it. */
    BF16,
    /** IEEE single precision. */
    F32,
    /** IEEE double precision. */
    F64;

    /** The element type in a file. */
    ElementType type() {
        return ElementType.valueOf(name());
    }
}
