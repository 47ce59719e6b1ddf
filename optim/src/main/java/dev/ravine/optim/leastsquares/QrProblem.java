package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.secondorder.Point;
import org.nd4j.linalg.api.ndarray.INDArray;

/** [J D^-1; sqrt(mu) I] q = [-r; 0] in the sense of least squares by QR, p = D^-1 q. */
final class QrProblem implements DampedLeastSquares {
    private final WrittenJacobian jacobian;
    private final Arena arena = new Arena("the optimizer");
    private final INDArray stacked;
    private final INDArray right;

    QrProblem(LeastSquares objective) {
        jacobian = new WrittenJacobian(objective);
        stacked = arena.allocate(DType.FLOAT64, Shape.of(jacobian.n, jacobian.m + jacobian.n));
        right = arena.allocate(DType.FLOAT64, Shape.of(jacobian.m + jacobian.n));
    }

    @Override
    public double[] moveTo(Point at) {
        return jacobian.moveTo(at);
    }

    @Override
    public Solution solve(double mu, double[] scales, INDArray step) {
        int n = jacobian.n;
        stack(mu, scales);
        int rank = Lapack.leastSquares(stacked, right, n * Math.ulp(1.0));
        double[] p = new double[n];
        Elements.of(right).read(0, n, p);
        double shift = mu * DenseMatrix.dot(p, p);
        for (int i = 0; i < n; i++) {
            p[i] /= scales[i];
        }
        Elements.of(step).write(0, n, p);
        double[] jp = jacobian.product(p);
        double square = DenseMatrix.dot(jp, jp);
        return new Solution(
                mu,
                DenseMatrix.dot(jp, jacobian.residuals) + square / 2,
                1,
                rank == n ? Stop.FULL_RANK : Stop.RANK_DEFICIENT,
                rank == n ? Stop.FULL_RANK.name() : "RANK_" + rank,
                Solution.quotient(square + shift, p));
    }

    /** Writes the matrix and the right-hand side. */
    private void stack(double mu, double[] scales) {
        int n = jacobian.n;
        int m = jacobian.m;
        Vectors.fill(stacked, 0);
        Vectors.fill(right, 0);
        Elements to = Elements.of(stacked);
        double[] column = new double[m];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < m; k++) {
                column[k] = jacobian.columns[i][k] / scales[i];
            }
            to.write(i * (m + n), m, column);
            to.set(i * (m + n) + m + i, Math.sqrt(mu));
        }
        for (int k = 0; k < m; k++) {
            column[k] = -jacobian.residuals[k];
        }
        Elements.of(right).write(0, m, column);
    }

    @Override
    public void close() {
        arena.close();
        jacobian.close();
    }
}
