package dev.ravine.optim.newton;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.PowerOfTwo;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Bounds;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * L-BFGS with a lower and an upper bound for each parameter, known as L-BFGS-B (Byrd, Lu, Nocedal and Zhu, SIAM Journal
 * on Scientific Computing 16, 1995; Morales and Nocedal, ACM Transactions on Mathematical Software 38, 2011). The
 * quadratic model has the matrix that BFGS makes of the last m pairs of steps and gradient changes. A step
 *
 * <ol>
 *   <li>walks along the path of steepest descent, which bends at bounds, to the model's first minimum there; parameters
 *       that met a bound on the way are fixed;
 *   <li>minimises the model over the others, and clips the outcome to the bounds;
 *   <li>searches between the point and that end for the strong Wolfe conditions with c1 = 0.0001 and c2 = 0.9, from
 *       rate 1, up to the next bound. The very first rate is for a length of 1 at most, unless that is too short to
 *       change theta.
 * </ol>
 *
 * <p>If the search fails, all pairs are forgotten, and the step goes along the projected gradient. No value is asked
 * for outside of the bounds.
 *
 * <p>At a solution, the gradient vanishes except where it leads out of the bounds: {@link #project} leaves the
 * rest, and {@link dev.ravine.optim.Minimize} ends by its norm. A step's report has the norm of the whole gradient.
 *
 * <p>A step costs a gradient over all examples for each rate of the search, mostly one, and some m^2 n operations in
 * double precision; memory is 2 m + 8 vectors. For smooth deterministic functions.
 */
public final class BoundedLbfgs extends LineSearchOptimizer {
    /** The square of a gradient's norm may overflow from here on. */
    private static final double LARGE = 0x1p500;

    private final int memory;
    private final Bounds given;
    private Bounds box;
    private final List<double[]> steps = new ArrayList<>();
    private final List<double[]> changes = new ArrayList<>();
    private double[] lastTheta;
    private double[] lastGradient;

    private BoundedLbfgs(Builder builder) {
        super(QUASI_NEWTON);
        this.memory = builder.memory;
        this.given = builder.box;
    }

    /**
     * Begins with a memory of 10 pairs.
     *
     * @param lower the lowest value of each parameter; minus infinity where there is none
     * @param upper the highest value of each parameter; infinity where there is none
     * @return a builder
     * @throws IllegalArgumentException if there are not as many lower as upper bounds, or a lower one is not at most
     *     the upper one
     */
    public static Builder builder(double[] lower, double[] upper) {
        return new Builder(new Bounds(lower, upper));
    }

    /** The direction was made of some pairs. */
    private record Used(int iterations, double smallestCurvature, String detail) implements SolverReport {
        @Override
        public Stop stopped() {
            return Stop.ALL_PAIRS;
        }
    }

    @Override
    protected Attempt attempt(Point at) {
        boxFor(at.theta());
        if (direction == null) {
            direction = newVector(at.theta());
        }
        double[] x = Arena.toDoubles(at.theta());
        double[] g = Arena.toDoubles(at.gradient());
        remember(x, g);
        if (!steps.isEmpty()) {
            WolfeSearch.Result found = search(at, x, g);
            if (found.accepted()) {
                return end(at, x, g, "", found);
            }
            forget();
            return end(at, x, g, "projected gradient, as the pairs did not lead down", search(at, x, g));
        }
        return end(at, x, g, "projected gradient", search(at, x, g));
    }

    /** The bounds in theta's precision. */
    private void boxFor(INDArray theta) {
        given.require(theta);
        if (box == null) {
            box = given.as(DType.of(theta));
        }
        box.require(theta);
    }

    private WolfeSearch.Result search(Point at, double[] x, double[] g) {
        // The model in other units has the same minimum, and squares in the range of numbers.
        double unit = PowerOfTwo.unitOf(DenseMatrix.norm(changes.isEmpty() ? g : changes.get(changes.size() - 1)));
        double size = PowerOfTwo.unitOf(DenseMatrix.norm(steps.isEmpty() ? x : steps.get(steps.size() - 1)));
        double[] from = over(size, x);
        double[] scaled = over(unit, g);
        CompactHessian matrix = new CompactHessian(
                steps.stream().map(s -> over(size, s)).toList(),
                changes.stream().map(y -> over(unit, y)).toList(),
                firstScale(at, size, unit));
        CauchyPoint cauchy = CauchyPoint.from(box.over(size), matrix, from, scaled);
        double[] change = over(1 / size, fromCauchyPoint(matrix, cauchy, from, scaled));
        double[] corner = over(1 / size, cauchy.x());
        double slope = direct(x, clipped(corner, change), g);
        if (!(slope < 0)) {
            slope = direct(x, corner, g);
        }
        double length = DenseMatrix.norm(Arena.toDoubles(direction));
        double largestRate = box.largestRate(x, Arena.toDoubles(direction));
        double firstRate = steps.isEmpty() && length > 0 ? Math.min(firstRate(at, length), largestRate) : 1;
        return search.search(at, slope, direction, firstRate, largestRate);
    }

    private static double[] over(double unit, double[] v) {
        return unit == 1 ? v : Arrays.stream(v).map(each -> each / unit).toArray();
    }

    /**
     * The matrix without pairs, in units of theta and gradient: 1, but less where a step of -g would be too short to
     * change theta, and more where its slope would overflow.
     */
    private static double firstScale(Point at, double size, double unit) {
        double norm = at.gradientNorm();
        double length = Vectors.norm(at.theta());
        if (norm > LARGE || (length > 0 && norm > LARGE * length)) {
            return norm / unit / (Math.max(1, shortest(at)) / size);
        }
        return norm == 0 || isSeen(at, norm) ? size / unit : norm / unit / (shortest(at) / size);
    }

    /** The model's minimum over the parameters that have not met a bound, seen from the Cauchy point. */
    private static double[] fromCauchyPoint(CompactHessian matrix, CauchyPoint cauchy, double[] x, double[] g) {
        double[] r = new double[x.length];
        double[] solved = matrix.solve(cauchy.coordinates());
        for (int i = 0; i < x.length; i++) {
            r[i] = g[i] + matrix.scale() * (cauchy.x()[i] - x[i]) - DenseMatrix.dot(matrix.row(i), solved);
        }
        return matrix.minimise(r, cauchy.isFree());
    }

    private double[] clipped(double[] from, double[] d) {
        double[] end = new double[from.length];
        for (int i = 0; i < end.length; i++) {
            end[i] = box.clip(i, from[i] + d[i]);
        }
        return end;
    }

    /** Makes the direction that leads to an end; returns its slope. */
    private double direct(double[] x, double[] end, double[] g) {
        Elements d = Elements.of(direction);
        double slope = 0;
        for (int i = 0; i < x.length; i++) {
            d.set(i, end[i] - x[i]);
            d.set(i, box.shortened(i, x[i], d.get(i)));
            slope += d.get(i) * g[i];
        }
        return slope;
    }

    private Attempt end(Point at, double[] x, double[] g, String how, WolfeSearch.Result found) {
        end(found);
        if (found.accepted()) {
            lastTheta = x;
            lastGradient = g;
        }
        return Attempt.at(at, new Used(steps.size(), smallestCurvature(), how)).along(direction, found);
    }

    private double smallestCurvature() {
        double smallest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < steps.size(); k++) {
            double[] s = steps.get(k);
            smallest = Math.min(smallest, DenseMatrix.dot(s, changes.get(k)) / DenseMatrix.dot(s, s));
        }
        return smallest;
    }

    /** Adds the pair from the last point to this one; the oldest one makes room. */
    private void remember(double[] x, double[] g) {
        if (lastTheta == null) {
            return;
        }
        double[] s = minus(x, lastTheta);
        double[] y = minus(g, lastGradient);
        double slope = DenseMatrix.dot(s, lastGradient);
        lastTheta = null;
        lastGradient = null;
        // Both sides have the unit of the objective, so the scale of theta does not matter.
        if (DenseMatrix.dot(s, y) > Math.ulp(1.0) * -slope) {
            steps.add(s);
            changes.add(y);
            if (steps.size() > memory) {
                steps.remove(0);
                changes.remove(0);
            }
        }
    }

    private static double[] minus(double[] x, double[] y) {
        double[] difference = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            difference[i] = x[i] - y[i];
        }
        return difference;
    }

    private void forget() {
        steps.clear();
        changes.clear();
    }

    @Override
    protected void trainableChanged(List<Span> spans) {
        forget();
        lastTheta = null;
    }

    /** Pairs from a time when what is frozen now was not would move it. */
    @Override
    protected void trainableRestored(List<Span> spans) {
        if (lastTheta != null && !Span.isZeroOutside(spans, vector(lastGradient))) {
            lastTheta = null;
        }
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (!Span.isZeroOutside(spans, vector(steps.get(i)))
                    || !Span.isZeroOutside(spans, vector(changes.get(i)))) {
                steps.remove(i);
                changes.remove(i);
            }
        }
    }

    @Override
    public boolean fitsAnyUnits() {
        return false;
    }

    /**
     * Leaves of each element what steps can follow: the distance to the bound ahead if that is shorter.
     *
     * @param theta the point, within the bounds
     * @param gradient there; changed in place
     * @throws IllegalArgumentException if the point is not within the bounds
     */
    @Override
    public void project(INDArray theta, INDArray gradient) {
        boxFor(theta);
        double[] projected = box.projected(Arena.toDoubles(theta), Arena.toDoubles(gradient));
        Elements.of(gradient).write(0, projected.length, projected);
    }

    @Override
    public String name() {
        return "bounded-lbfgs(memory=" + memory + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("pairs", (double) steps.size(), "has_last", lastTheta == null ? 0.0 : 1.0);
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            vectors.put("s" + i, vector(steps.get(i)));
            vectors.put("y" + i, vector(changes.get(i)));
        }
        if (lastTheta != null) {
            vectors.put("last_theta", vector(lastTheta));
            vectors.put("last_gradient", vector(lastGradient));
        }
        return vectors;
    }

    private static INDArray vector(double[] x) {
        return Arena.of(DType.FLOAT64, Shape.of(x.length), x);
    }

    @Override
    protected void restoreState(OptimizerState state) {
        int count = (int) state.number("pairs");
        boolean hasLast = state.number("has_last") == 1;
        forget();
        for (int i = 0; i < count; i++) {
            steps.add(Arena.toDoubles(state.vector("s" + i)));
            changes.add(Arena.toDoubles(state.vector("y" + i)));
        }
        lastTheta = hasLast ? Arena.toDoubles(state.vector("last_theta")) : null;
        lastGradient = hasLast ? Arena.toDoubles(state.vector("last_gradient")) : null;
    }

    /** Settings of {@link BoundedLbfgs}. */
    public static final class Builder {
        private final Bounds box;
        private int memory = 10;

        private Builder(Bounds box) {
            this.box = box;
        }

        /**
         * How many pairs to keep.
         *
         * @param pairs at least 1
         * @return this
         */
        public Builder memory(int pairs) {
            this.memory = Check.atLeastOne("the memory", pairs);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public BoundedLbfgs build() {
            return new BoundedLbfgs(this);
        }
    }
}
