package dev.ravine.core.io;

import dev.ravine.core.DType;

/**
 * How a file keeps floating-point numbers. Numbers that are narrowed are rounded to the nearest one of the format, to
 * even mantissas at ties. Reading gives back FLOAT32 arrays, or FLOAT64 for {@link #F64}.
 */
public enum FloatFormat {
    /** That of each array: numbers stay as they are. */
    OWN,
    /** IEEE 754's half precision: 11 significant bits, magnitudes up to 65,504. */
    F16,
    /** bfloat16: 8 significant bits, magnitudes as in single precision. NumPy's files cannot hold it. */
    BF16,
    /** IEEE single precision. */
    F32,
    /** IEEE double precision. */
    F64;

    /** The element type of an array in a file; integers stay as they are. */
    ElementType typeOf(DType dtype) {
        return this == OWN || !dtype.isFloating() ? ElementType.of(dtype) : ElementType.valueOf(name());
    }
}
