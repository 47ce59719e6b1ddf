package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.spectrum.Extremes.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Extreme eigenvalues of a matrix that is written out and decomposed by LAPACK.
 *
 * @param largest how many at the upper end
 * @param smallest how many at the lower end
 * @param withVectors whether the eigenvectors are wanted too
 */
record DenseSpectrum(int largest, int smallest, boolean withVectors) {
    private static final double ROUNDING_UNITS = 16;

    Extremes find(LinearOperator a, DType dtype) {
        int n = (int) a.size();
        try (DenseMatrix matrix = new DenseMatrix(n)) {
            matrix.assign(a, dtype);
            if (!matrix.isFinite()) {
                Requirements.finite("an element", Double.NaN);
            }
            DenseMatrix.Eigen eigen = matrix.eigen();
            double floor = ROUNDING_UNITS
                    * Tridiagonalization.rounding(dtype)
                    * Math.max(Math.abs(eigen.values()[0]), Math.abs(eigen.values()[n - 1]));
            List<Eigenvalue> top = new ArrayList<>();
            List<Eigenvalue> bottom = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                if (i < smallest) {
                    bottom.add(eigenvalue(a, eigen, i, floor, dtype));
                }
                if (i < largest) {
                    top.add(eigenvalue(a, eigen, n - 1 - i, floor, dtype));
                }
            }
            return new Extremes(new Extremes.End(top, true), new Extremes.End(bottom, true), Method.DENSE, n);
        }
    }

    /** The decomposition is exact to the last digits; the matrix that was written out is only as exact as its dtype. */
    private Eigenvalue eigenvalue(LinearOperator a, DenseMatrix.Eigen eigen, int i, double floor, DType dtype) {
        double value = eigen.values()[i];
        INDArray x = Arena.of(dtype, Shape.of(a.size()), eigen.vectors()[i]);
        double residual = Requirements.residual(a, value, x) + floor;
        return new Eigenvalue(value, residual, true, withVectors ? Optional.of(x) : Optional.empty());
    }
}
