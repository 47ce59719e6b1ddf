package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.LayoutKernels;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays of a data set in another precision. */
final class Precision {
    private Precision() {}

    /** A copy in another precision; integers stay as they are. */
    static INDArray of(INDArray array, DType dtype) {
        return DType.of(array).isFloating() ? converted(array, dtype) : array;
    }

    private static INDArray converted(INDArray array, DType dtype) {
        INDArray out = Arena.create(dtype, Shape.of(array));
        LayoutKernels.copy(array, out).run();
        if (Vectors.firstNonFinite(out) >= 0) {
            requireHeld(array, dtype);
        }
        return out;
    }

    /** A number that is finite must not become infinite without a word. */
    private static void requireHeld(INDArray array, DType dtype) {
        double[] values = Arena.toDoubles(array);
        for (int i = 0; i < values.length; i++) {
            try {
                dtype.checked(values[i]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "data set: row " + i / Math.max(1, values.length / array.size(0)) + ": " + e.getMessage(), e);
            }
        }
    }
}
