package dev.ravine.optim.objective;

import dev.ravine.core.DType;

/** How far values of an objective may be from the truth. */
public final class Rounding {
    /** Values at 58 to 180 units from the truth were met at the ends of curve fits. */
    private static final int POSSIBLE = 1024;

    private static final int INVISIBLE = 4;

    private Rounding() {}

    /**
     * {@return the size up to which a difference of two values may be rounding, 1024 units in the last place of the
     * value, or 4 in single precision, where slopes are no better} Slopes should decide where a difference is within
     * it.
     *
     * @param value the objective
     * @param dtype in which it is computed
     */
    public static double possible(double value, DType dtype) {
        return units(dtype == DType.FLOAT32 ? INVISIBLE : POSSIBLE, value, dtype);
    }

    /**
     * {@return the size up to which a difference of two values says nothing, four units in the last place}
     *
     * @param value the objective
     * @param dtype in which it is computed
     */
    public static double invisible(double value, DType dtype) {
        return units(INVISIBLE, value, dtype);
    }

    private static double units(int count, double value, DType dtype) {
        return count * (dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0)) * Math.abs(value);
    }
}
