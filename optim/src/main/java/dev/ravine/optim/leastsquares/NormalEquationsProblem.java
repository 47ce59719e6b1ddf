package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.MoreSorensen;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Point;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** D^-1 J'J D^-1 is written out, and Moré's and Sorensen's method finds the minimiser in the ball. */
final class NormalEquationsProblem implements LinearizedProblem {
    /** Along what dependent columns leave open, a step is rounding over the shift; so much of it is left. */
    private static final double ROUNDING = 1000;

    private final WrittenSquare written;
    private final DenseMatrix square;
    private final DenseMatrix scaled;
    private boolean isScaled;
    /** What rounding made necessary to add to the scaled matrix. */
    private double shift;
    /** What damping added to the predicted change of the last solution. */
    private double damped;

    NormalEquationsProblem(Objective objective) {
        written = new WrittenSquare(objective);
        square = written.matrix;
        scaled = new DenseMatrix((int) objective.size());
    }

    @Override
    public OptionalDouble evaluate(INDArray theta, INDArray into) {
        return written.evaluate(theta, into);
    }

    @Override
    public double[] moveTo(Point at) {
        written.moveTo(at);
        isScaled = false;
        int n = square.size();
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(Math.max(0, square.get(i, i)));
        }
        return norms;
    }

    @Override
    public Solution solve(double radius, double[] scales, INDArray step) {
        int factorizations = isScaled ? 0 : scale(scales);
        isScaled = true;
        double[] gradient = written.gradient;
        double[] right = new double[gradient.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = gradient[i] / scales[i];
        }
        MoreSorensen.Result found = MoreSorensen.solve(scaled, right, radius);
        double[] q = found.step();
        double[] p = new double[q.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = q[i] / scales[i];
        }
        Elements.of(step).write(0, p.length, p);
        double damping = shift + found.multiplier();
        double curvature = DenseMatrix.dot(p, square.product(p));
        damped = damping * DenseMatrix.dot(q, q);
        Stop inside = shift == 0 ? Stop.POSITIVE_DEFINITE : Stop.RAISED_DAMPING;
        return new Solution(
                damping,
                -curvature / 2 - damped,
                factorizations + found.iterations(),
                found.atBoundary() ? Stop.BOUNDARY : inside,
                inside.name(),
                Solution.quotient(curvature + damped, p));
    }

    /** Writes the scaled matrix, and raises its diagonal until it is positive definite; returns the factorizations. */
    private int scale(double[] scales) {
        int n = square.size();
        double largest = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scaled.set(i, j, square.get(i, j) / scales[i] / scales[j]);
            }
            largest = Math.max(largest, scaled.get(i, i));
        }
        // Columns may be far shorter than they were when the scales were set.
        double unit = largest > 0 ? largest : 1;
        for (int i = 0; i < n; i++) {
            if (Double.isInfinite(scales[i])) {
                scaled.set(i, i, unit);
            }
        }
        shift = 0;
        int factorizations = 1;
        while (!scaled.factorize(shift)) {
            shift = Math.max(4 * shift, ROUNDING * n * Math.ulp(unit));
            factorizations++;
        }
        scaled.addToDiagonal(shift);
        return factorizations;
    }

    @Override
    public double predictedChange(INDArray step) {
        return square.modelChange(written.gradient, Arena.toDoubles(step));
    }

    @Override
    public boolean isWithinRounding(INDArray step) {
        return written.jacobian != null && written.jacobian.isWithinRounding(step, 2 * damped);
    }

    @Override
    public double rounding() {
        return written.jacobian == null ? 0 : written.jacobian.rounding();
    }

    @Override
    public void close() {
        written.close();
        scaled.close();
    }
}
