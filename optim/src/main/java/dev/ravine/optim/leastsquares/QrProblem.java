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
import java.util.Arrays;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * By QR of J, once for a point: J = Q B, where B has as many rows as J has rank. Then the step without a radius is that
 * of B, and a damped one that of B stacked on the damping, a small matrix, factorized again for each damping.
 */
final class QrProblem implements LinearizedProblem {
    /** How far ||D p|| may be from the radius, as a fraction. */
    private static final double TOLERANCE = 0.0001;

    private static final int MAX_DAMPINGS = 30;

    private final WrittenJacobian jacobian;
    private final QrFactor tall;
    private final QrFactor stacked;
    private final Arena arena = new Arena("the optimizer");
    private final INDArray square;
    private final INDArray squareRight;
    private double[] norms;
    /** B's columns. */
    private double[][] columns;
    /** Q'r. */
    private double[] right;

    private int rank;

    QrProblem(LeastSquares objective) {
        jacobian = new WrittenJacobian(objective);
        int n = jacobian.n;
        tall = new QrFactor(jacobian.m, n);
        stacked = new QrFactor(n + Math.min(jacobian.m, n), n);
        square = arena.allocate(DType.FLOAT64, Shape.of(n, n));
        squareRight = arena.allocate(DType.FLOAT64, Shape.of(n));
    }

    @Override
    public OptionalDouble evaluate(INDArray theta, INDArray gradient) {
        return jacobian.evaluate(theta, gradient);
    }

    @Override
    public double[] moveTo(Point at) {
        norms = jacobian.moveTo(at.theta());
        columns = null;
        return norms;
    }

    /** B and c; columns of equal norms show the rank. */
    private void factorize() {
        double[] units = Scales.positive(norms);
        tall.clear();
        for (int i = 0; i < jacobian.n; i++) {
            tall.column(i, 0, divided(jacobian.columns[i], units[i]));
        }
        tall.right(0, jacobian.residuals);
        tall.factorize();
        rank = tall.rank(jacobian.n * jacobian.epsilon);
        columns = tall.columns(rank);
        for (int i = 0; i < jacobian.n; i++) {
            columns[i] = scaled(columns[i], units[i]);
        }
        right = tall.right(rank);
    }

    private static double[] scaled(double[] x, double factor) {
        return Arrays.stream(x).map(v -> v * factor).toArray();
    }

    /** The reciprocal of a tiny divisor would be infinite. */
    private static double[] divided(double[] x, double divisor) {
        return Arrays.stream(x).map(v -> v / divisor).toArray();
    }

    @Override
    public Solution solve(double radius, double[] scales, INDArray step) {
        int factorizations = 0;
        if (columns == null) {
            factorize();
            factorizations++;
        }
        double[] p = full(scales);
        double length = length(p, scales);
        double mu = 0;
        if (length > (1 + TOLERANCE) * radius) {
            Damped found = damped(radius, scales, length);
            p = found.step;
            mu = found.damping;
            factorizations += found.factorizations;
        }
        Elements.of(step).write(0, p.length, p);
        double[] jp = jacobian.product(p);
        double curvature = DenseMatrix.dot(jp, jp);
        double shift = mu * Math.pow(length(p, scales), 2);
        boolean isFullRank = rank == p.length;
        Stop inside = isFullRank ? Stop.FULL_RANK : Stop.RANK_DEFICIENT;
        return new Solution(
                mu,
                -curvature / 2 - shift,
                factorizations,
                mu == 0 ? inside : Stop.BOUNDARY,
                isFullRank ? inside.name() : "RANK_" + rank,
                Solution.quotient(curvature + shift, p));
    }

    /** The step without a radius, the shortest in the units of J's columns. */
    private double[] full(double[] scales) {
        int n = jacobian.n;
        double[] units = Scales.positive(norms);
        Vectors.fill(square, 0);
        Vectors.fill(squareRight, 0);
        Elements to = Elements.of(square);
        for (int i = 0; i < n; i++) {
            if (Double.isFinite(scales[i])) {
                to.write(i * n, rank, divided(columns[i], units[i]));
            }
        }
        Elements.of(squareRight).write(0, rank, scaled(right, -1));
        Lapack.leastSquares(square, squareRight, n * jacobian.epsilon);
        double[] p = Arena.toDoubles(squareRight);
        for (int i = 0; i < n; i++) {
            p[i] /= units[i];
        }
        return p;
    }

    /** ||D p||. */
    private static double length(double[] p, double[] scales) {
        double[] scaled = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            scaled[i] = p[i] == 0 ? 0 : p[i] * scales[i];
        }
        return DenseMatrix.norm(scaled);
    }

    /** A damped step, its mu, and how many were tried. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Damped(double[] step, double damping, int factorizations) {}

    /** Newton's method on 1 / radius - 1 / ||D p||, kept between bounds (Moré 1978, algorithm 5.5). */
    private Damped damped(double radius, double[] scales, double fullLength) {
        double slope = slope(scales);
        double low = 0;
        double high = slope / radius;
        double mu = Math.min(slope / fullLength, high);
        for (int tried = 1; ; tried++) {
            double[] q = stack(mu, scales);
            double norm = DenseMatrix.norm(q);
            double excess = norm - radius;
            if (Math.abs(excess) <= TOLERANCE * radius || tried == MAX_DAMPINGS) {
                for (int i = 0; i < q.length; i++) {
                    q[i] /= scales[i];
                }
                return new Damped(q, mu, tried);
            }
            if (excess > 0) {
                low = mu;
            } else {
                high = mu;
            }
            double ratio = norm / DenseMatrix.norm(stacked.solveTransposed(q, q.length));
            double next = mu + excess / radius * ratio * ratio;
            mu = next > low && next < high ? next : Math.max(0.001 * high, Math.sqrt(low * high));
        }
    }

    /** ||D^-1 J'r||. */
    private double slope(double[] scales) {
        double[] slope = new double[scales.length];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = DenseMatrix.dot(columns[i], right) / scales[i];
        }
        return DenseMatrix.norm(slope);
    }

    /**
     * The q with [B D^-1; sqrt(mu) I] q = [-c; 0] in the sense of least squares. The rows of large numbers come first,
     * since reflections lose small numbers above large ones.
     */
    private double[] stack(double mu, double[] scales) {
        stacked.clear();
        int top = mu > 1 ? scales.length : 0;
        int diagonal = mu > 1 ? 0 : rank;
        for (int i = 0; i < scales.length; i++) {
            stacked.column(i, top, divided(columns[i], scales[i]));
            stacked.element(i, diagonal + i, Math.sqrt(mu));
        }
        stacked.right(top, scaled(right, -1));
        stacked.factorize();
        return stacked.solve();
    }

    @Override
    public double predictedChange(INDArray step) {
        return jacobian.predictedChange(step);
    }

    @Override
    public boolean isWithinRounding(INDArray step) {
        return jacobian.isWithinRounding(step, 0);
    }

    @Override
    public double rounding() {
        return jacobian.rounding();
    }

    @Override
    public void close() {
        tall.close();
        stacked.close();
        arena.close();
        jacobian.close();
    }
}
