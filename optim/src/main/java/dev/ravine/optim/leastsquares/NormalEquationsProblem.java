package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Point;
import org.nd4j.linalg.api.ndarray.INDArray;

/** (D^-1 J'J D^-1 + mu I) q = -D^-1 g by Cholesky's method, p = D^-1 q. */
final class NormalEquationsProblem implements DampedLeastSquares {
    /** Null where the objective does not write its Jacobian out. */
    private final WrittenJacobian jacobian;

    private final DenseMatrix square;
    private final DenseMatrix scaled;
    private double[] gradient;

    NormalEquationsProblem(Objective objective) {
        jacobian = objective instanceof LeastSquares squares ? new WrittenJacobian(squares) : null;
        square = new DenseMatrix((int) objective.size());
        scaled = new DenseMatrix((int) objective.size());
    }

    @Override
    public double[] moveTo(Point at) {
        gradient = Arena.toDoubles(at.gradient());
        int n = square.size();
        double[] norms = new double[n];
        if (jacobian != null) {
            jacobian.moveTo(at);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    double product = DenseMatrix.dot(jacobian.columns[i], jacobian.columns[j]);
                    square.set(i, j, product);
                    square.set(j, i, product);
                }
            }
        } else {
            try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
                square.assign(
                        LinearOperator.of(linearization, Curvature.GAUSS_NEWTON),
                        at.objective().dtype());
            }
            square.addToDiagonal(at.objective().l2());
        }
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(Math.max(0, square.get(i, i)));
        }
        return norms;
    }

    @Override
    public Solution solve(double mu, double[] scales, INDArray step) {
        int n = square.size();
        double[] right = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scaled.set(i, j, square.get(i, j) / scales[i] / scales[j]);
            }
            right[i] = -gradient[i] / scales[i];
        }
        double used = mu;
        int factorizations = 1;
        while (!scaled.factorize(used)) {
            used = Math.max(4 * used, n * Math.ulp(1.0));
            factorizations++;
        }
        double[] p = scaled.solve(right);
        double shift = used * DenseMatrix.dot(p, p);
        for (int i = 0; i < n; i++) {
            p[i] /= scales[i];
        }
        Elements.of(step).write(0, n, p);
        double quadratic = DenseMatrix.dot(p, square.product(p));
        Stop stopped = used == mu ? Stop.POSITIVE_DEFINITE : Stop.RAISED_DAMPING;
        return new Solution(
                used,
                DenseMatrix.dot(gradient, p) + quadratic / 2,
                factorizations,
                stopped,
                stopped.name(),
                Solution.quotient(quadratic + shift, p));
    }

    @Override
    public void close() {
        square.close();
        scaled.close();
        if (jacobian != null) {
            jacobian.close();
        }
    }
}
