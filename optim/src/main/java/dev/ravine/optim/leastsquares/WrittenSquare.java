package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Point;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Gauss-Newton matrix J'J of an objective at a point, written out, and the gradient beside it. */
final class WrittenSquare implements AutoCloseable {
    /** Null where the objective does not write its Jacobian out. */
    final WrittenJacobian jacobian;

    final DenseMatrix matrix;
    double[] gradient;

    WrittenSquare(Objective objective) {
        jacobian = objective instanceof LeastSquares squares ? new WrittenJacobian(squares) : null;
        matrix = new DenseMatrix((int) objective.size());
    }

    /** See {@link LinearizedProblem#evaluate}. */
    OptionalDouble evaluate(INDArray theta, INDArray into) {
        return jacobian == null ? OptionalDouble.empty() : jacobian.evaluate(theta, into);
    }

    /** Writes the matrix, L2 included: from the Jacobian, or by one product for each parameter. */
    void moveTo(Point at) {
        gradient = Arena.toDoubles(at.gradient());
        if (jacobian != null) {
            jacobian.moveTo(at.theta());
            multiply();
            return;
        }
        try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
            matrix.assign(
                    LinearOperator.of(linearization, Curvature.GAUSS_NEWTON),
                    at.objective().dtype());
        }
        matrix.addToDiagonal(at.objective().l2());
    }

    private void multiply() {
        for (int i = 0; i < gradient.length; i++) {
            // In double precision, as J'J is, so that dependent columns stay so.
            gradient[i] = jacobian.slope(i);
            for (int j = 0; j <= i; j++) {
                double product = DenseMatrix.dot(jacobian.columns[i], jacobian.columns[j]);
                matrix.set(i, j, product);
                matrix.set(j, i, product);
            }
        }
    }

    @Override
    public void close() {
        matrix.close();
        if (jacobian != null) {
            jacobian.close();
        }
    }
}
