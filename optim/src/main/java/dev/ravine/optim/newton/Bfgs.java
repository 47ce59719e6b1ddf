package dev.ravine.optim.newton;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Rounding;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * BFGS with the approximation B of the inverse Hessian written out (Broyden, Fletcher, Goldfarb and Shanno, 1970;
 * Nocedal and Wright, Numerical Optimization, algorithm 6.1): the direction is -B g, then comes a {@link WolfeSearch}
 * with c1 = 0.0001 and c2 = 0.9 from rate 1. For the step s and the gradient's change y along it,
 *
 * <pre>{@code
 * B' = (I - s y'/y's) B (I - y s'/y's) + s s'/y's
 * }</pre>
 *
 * <p>Before the first of these updates B is (s'y / y'y) I. The first step is along -g, of length 1 at most, unless that
 * is too short to change theta. A pair whose s'y is not clearly positive changes nothing. If a search fails, or eight
 * steps in a row change the objective by rounding only, B is forgotten, and the step is one of steepest descent.
 *
 * <p>A step costs a gradient over all examples for each rate of the line search, mostly one, and 6 n^2 operations;
 * memory is n^2 / 2 numbers in double precision. {@link Lbfgs} forgets old pairs and needs a few vectors only; beyond a
 * thousand parameters it is the better choice.
 */
public final class Bfgs extends QuasiNewton {
    private static final int MOST_INVISIBLE = 8;

    private final int limit;
    private INDArray s;
    private INDArray y;

    /** The lower triangle of B, row by row; null for the identity. */
    private double[][] inverse;

    private int updates;

    /** The objective where the last step began; not a number before the first one. */
    private double lastLoss = Double.NaN;

    /** How many steps in a row changed the objective by rounding only. */
    private int invisible;

    /** How the direction was made. */
    private record Used(int iterations, String detail) implements SolverReport {
        @Override
        public Stop stopped() {
            return Stop.ALL_PAIRS;
        }

        @Override
        public double smallestCurvature() {
            return Double.POSITIVE_INFINITY;
        }
    }

    private Bfgs(Builder builder) {
        super(builder.curvatureFraction, "the approximation");
        this.limit = builder.limit;
    }

    /**
     * Begins with c2 = 0.9 and at most 4,096 parameters.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    SolverReport report(String how) {
        return new Used(updates, how);
    }

    @Override
    long work() {
        return inverse == null ? 0 : 6L * inverse.length * inverse.length;
    }

    @Override
    void allocate(INDArray theta) {
        if (direction == null) {
            requireOrder(theta.length());
            s = newVector(theta);
            y = newVector(theta);
        }
        super.allocate(theta);
    }

    private void requireOrder(long n) {
        if (n > limit) {
            throw new IllegalArgumentException(name() + " with n = " + n + " parameters would write out a matrix of"
                    + " n x n / 2 doubles; the limit is n = " + limit
                    + ": raise it with limit(n), or take Lbfgs, which needs a few vectors");
        }
        if (inverse != null && inverse.length != n) {
            throw new IllegalArgumentException("the state is of a model with " + inverse.length
                    + " parameters, this one has " + n + "; go on with the model of the saved run, or begin anew");
        }
    }

    @Override
    boolean isKnown() {
        return inverse != null;
    }

    @Override
    void forget() {
        inverse = null;
        updates = 0;
        invisible = 0;
    }

    @Override
    void learn(LastPoint from, Point at) {
        boolean isVisible = !(Math.abs(at.loss() - lastLoss)
                <= Rounding.invisible(at.loss(), at.objective().dtype()));
        invisible = isVisible ? 0 : invisible + 1;
        lastLoss = at.loss();
        if (invisible >= MOST_INVISIBLE) {
            forget();
            from.forget();
            return;
        }
        double product = from.change(at, s, y);
        if (!LastPoint.isCurved(product, s, y)) {
            return;
        }
        double[] step = Arena.toDoubles(s);
        double[] change = Arena.toDoubles(y);
        if (inverse == null) {
            inverse = new double[step.length][];
            double scale = overSquare(product, y);
            for (int i = 0; i < step.length; i++) {
                inverse[i] = new double[i + 1];
                inverse[i][i] = scale;
            }
        }
        double[] by = product(change);
        double yby = 0;
        for (int i = 0; i < by.length; i++) {
            yby += change[i] * by[i];
        }
        double along = (1 + yby / product) / product;
        for (int i = 0; i < by.length; i++) {
            for (int j = 0; j <= i; j++) {
                inverse[i][j] += along * step[i] * step[j] - (by[i] * step[j] + step[i] * by[j]) / product;
            }
        }
        updates++;
    }

    private double[] product(double[] x) {
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double[] row = inverse[i];
            double sum = row[i] * x[i];
            for (int j = 0; j < i; j++) {
                sum += row[j] * x[j];
                product[j] += row[j] * x[i];
            }
            product[i] += sum;
        }
        return product;
    }

    @Override
    void direct(INDArray gradient) {
        double[] product = product(Arena.toDoubles(gradient));
        for (int i = 0; i < product.length; i++) {
            product[i] = -product[i];
        }
        Elements.of(direction).write(0, product.length, product);
    }

    /** A matrix from a time when what is frozen now was not would move it. */
    @Override
    void restrict(List<Span> spans) {
        if (inverse != null && !isDiagonalOutside(spans)) {
            forget();
        }
    }

    private boolean isDiagonalOutside(List<Span> spans) {
        boolean[] isTrained = new boolean[inverse.length];
        for (Span span : spans) {
            Arrays.fill(isTrained, span.from(), Math.min(span.to(), isTrained.length), true);
        }
        for (int i = 0; i < inverse.length; i++) {
            for (int j = 0; j < i; j++) {
                if (inverse[i][j] != 0 && !(isTrained[i] && isTrained[j])) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of("curvature_fraction", curvatureFraction);
    }

    @Override
    public String name() {
        return "bfgs";
    }

    @Override
    public boolean hasOwnArrays() {
        return true;
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = super.stateNumbers();
        numbers.put("updates", (double) updates);
        numbers.put("last_loss", lastLoss);
        numbers.put("invisible", (double) invisible);
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = super.stateVectors();
        if (inverse != null) {
            int n = inverse.length;
            double[] packed = new double[n * (n + 1) / 2];
            for (int i = 0; i < n; i++) {
                System.arraycopy(inverse[i], 0, packed, i * (i + 1) / 2, i + 1);
            }
            vectors.put("inverse", Arena.of(DType.FLOAT64, Shape.of(packed.length), packed));
        }
        return vectors;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        int restoredUpdates = state.count("updates", Integer.MAX_VALUE);
        double[][] restored = state.vectors().containsKey("inverse") ? unpacked(state.vector("inverse")) : null;
        super.restoreState(state);
        updates = restoredUpdates;
        lastLoss = state.numbers().getOrDefault("last_loss", Double.NaN);
        invisible = state.numbers().containsKey("invisible") ? state.count("invisible", MOST_INVISIBLE) : 0;
        inverse = restored;
    }

    private static double[][] unpacked(INDArray vector) {
        double[] packed = Arena.toDoubles(vector);
        int n = (int) ((Math.sqrt(8.0 * packed.length + 1) - 1) / 2);
        if (n * (n + 1) / 2 != packed.length) {
            throw new IllegalArgumentException(
                    "the state's 'inverse' must be a triangle of n (n + 1) / 2 numbers, found " + packed.length
                            + "; it is damaged, or belongs to another kind of optimizer");
        }
        double[][] rows = new double[n][];
        for (int i = 0; i < n; i++) {
            rows[i] = new double[i + 1];
            System.arraycopy(packed, i * (i + 1) / 2, rows[i], 0, i + 1);
        }
        return rows;
    }

    /** Settings of {@link Bfgs}. */
    public static final class Builder extends WolfeSettings<Builder> {
        private int limit = 4096;

        private Builder() {
            super(QUASI_NEWTON);
        }

        /**
         * The largest number of parameters to write the matrix out for.
         *
         * @param n from 1 to 16,383; 4,096 without it
         * @return this
         */
        public Builder limit(int n) {
            this.limit = Check.order(n);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public Bfgs build() {
            return new Bfgs(this);
        }
    }
}
