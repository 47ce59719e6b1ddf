package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.secondorder.Point;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Jacobian as its transpose, and the residuals, in double precision. */
final class WrittenJacobian implements AutoCloseable {
    /** The number of parameters. */
    final int n;
    /** The number of residuals. */
    final int m;
    /** J's columns. */
    final double[][] columns;

    final double[] residuals;

    private final Arena arena = new Arena("the optimizer");
    private final INDArray ownColumns;
    private final INDArray ownResiduals;

    WrittenJacobian(LeastSquares objective) {
        n = (int) objective.size();
        m = Math.toIntExact(objective.residuals());
        ownColumns = arena.allocate(objective.dtype(), Shape.of(n, m));
        ownResiduals = arena.allocate(objective.dtype(), Shape.of(m));
        columns = new double[n][m];
        residuals = new double[m];
    }

    /** Evaluates both; returns the norms of J's columns. */
    double[] moveTo(Point at) {
        ((LeastSquares) at.objective()).jacobian(at.theta(), ownResiduals, ownColumns);
        Elements.of(ownResiduals).read(0, m, residuals);
        Elements from = Elements.of(ownColumns);
        for (int i = 0; i < n; i++) {
            from.read(i * m, m, columns[i]);
        }
        return Arrays.stream(columns).mapToDouble(DenseMatrix::norm).toArray();
    }

    /** J p. */
    double[] product(double[] p) {
        double[] jp = new double[m];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < m; k++) {
                jp[k] += p[i] * columns[i][k];
            }
        }
        return jp;
    }

    @Override
    public void close() {
        arena.close();
    }
}
