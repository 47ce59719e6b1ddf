package dev.ravine.optim.newton;

import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Limited-memory BFGS (Nocedal, Mathematics of Computation 35, 1980; Nocedal and Wright, Numerical Optimization,
 * algorithms 7.4 and 7.5): the direction is -B g, where B approximates the inverse Hessian by the last m pairs of steps
 * s = theta' - theta and gradient changes y = g' - g, beginning with (s'y / y'y) I of the newest pair; then a
 * {@link WolfeSearch} with c1 = 0.0001 and c2 = 0.9 from rate 1. The first step is of length 1 at most, unless that is
 * too short to change theta. A pair whose s'y is not clearly positive is not stored. If the search fails, all pairs are
 * forgotten, and the step is one of steepest descent.
 *
 * <p>A step costs a gradient over all examples for each rate of the line search, mostly one, since the gradient where a
 * search ends serves the next step; memory is 2 m + 8 vectors. For deterministic functions with cheap gradients;
 * curvature comes from noise-free differences of gradients, so it needs all examples, or a large batch, at every step.
 */
public final class Lbfgs extends QuasiNewton {
    private final int memory;
    private final boolean isScaled;
    private final List<Pair> pairs = new ArrayList<>();
    private final Deque<INDArray> spare = new ArrayDeque<>();

    /** A step and the change of the gradient along it. */
    private record Pair(INDArray s, INDArray y, double product) {}

    /** The direction was made of some pairs, if any. */
    private record Used(int iterations, double smallestCurvature, String detail) implements SolverReport {
        @Override
        public Stop stopped() {
            return Stop.ALL_PAIRS;
        }
    }

    private Lbfgs(Builder builder) {
        super(builder.curvatureFraction, "the pairs");
        this.memory = builder.memory;
        this.isScaled = builder.isScaled;
    }

    /**
     * Begins with a memory of 10 pairs.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The one-step secant method (Battiti, "First- and second-order methods for learning: between steepest descent and
     * Newton's method", Neural Computation 4, 1992): one pair, and I in place of (s'y / y'y) I. The direction is then
     *
     * <pre>{@code
     * -g + A s + B y,   A = -(1 + y'y / s'y) s'g / s'y + y'g / s'y,   B = s'g / s'y
     * }</pre>
     *
     * @return a builder with a memory of 1, not scaled
     */
    public static Builder oneStepSecant() {
        return new Builder().memory(1).scaled(false);
    }

    @Override
    SolverReport report(String how) {
        return new Used(pairs.size(), smallestCurvature(), how);
    }

    @Override
    boolean isKnown() {
        return !pairs.isEmpty();
    }

    private double smallestCurvature() {
        double smallest = Double.POSITIVE_INFINITY;
        for (Pair pair : pairs) {
            smallest = Math.min(smallest, overSquare(pair.product, pair.s));
        }
        return smallest;
    }

    /** Adds the pair from the last point to this one; the oldest one makes room. */
    @Override
    void learn(LastPoint from, Point at) {
        INDArray s = spareOrNew(at.theta());
        INDArray y = spareOrNew(at.theta());
        double product = from.change(at, s, y);
        Pair pair = new Pair(s, y, product);
        if (LastPoint.isCurved(product, s, y)) {
            pairs.add(pair);
            if (pairs.size() > memory) {
                recycle(pairs.remove(0));
            }
        } else {
            recycle(pair);
        }
    }

    private INDArray spareOrNew(INDArray like) {
        return spare.isEmpty() ? newVector(like) : spare.pop();
    }

    private void recycle(Pair pair) {
        spare.push(pair.s);
        spare.push(pair.y);
    }

    /** Pairs from a time when what is frozen now was not would move it. */
    @Override
    void restrict(List<Span> spans) {
        pairs.removeIf(pair -> {
            boolean isMisleading = !Span.isZeroOutside(spans, pair.s) || !Span.isZeroOutside(spans, pair.y);
            if (isMisleading) {
                recycle(pair);
            }
            return isMisleading;
        });
    }

    @Override
    void forget() {
        pairs.forEach(this::recycle);
        pairs.clear();
    }

    /** direction = -B g, by the two loops over the pairs. */
    @Override
    void direct(INDArray gradient) {
        Vectors.copy(gradient, direction);
        Vectors.scale(-1, direction);
        double[] a = new double[pairs.size()];
        for (int i = pairs.size() - 1; i >= 0; i--) {
            Pair pair = pairs.get(i);
            a[i] = Vectors.dot(pair.s, direction) / pair.product;
            Vectors.axpy(-a[i], pair.y, direction);
        }
        if (isScaled && !pairs.isEmpty()) {
            Pair newest = pairs.get(pairs.size() - 1);
            Vectors.scale(overSquare(newest.product, newest.y), direction);
        }
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            double b = Vectors.dot(pair.y, direction) / pair.product;
            Vectors.axpy(a[i] - b, pair.s, direction);
        }
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = new HashMap<>(Map.of("memory", memory));
        if (!isScaled || curvatureFraction != QUASI_NEWTON) {
            own.put("scaled", isScaled);
            own.put("curvature_fraction", curvatureFraction);
        }
        return own;
    }

    @Override
    public String name() {
        return "lbfgs(memory=" + memory + (isScaled ? "" : ", unscaled") + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = super.stateNumbers();
        numbers.put("pairs", (double) pairs.size());
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = super.stateVectors();
        for (int i = 0; i < pairs.size(); i++) {
            vectors.put("s" + i, pairs.get(i).s);
            vectors.put("y" + i, pairs.get(i).y);
        }
        return vectors;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        int count = state.count("pairs", memory);
        super.restoreState(state);
        forget();
        for (int i = 0; i < count; i++) {
            INDArray s = spareOrNew(state.vector("s" + i));
            INDArray y = spareOrNew(state.vector("y" + i));
            Vectors.copy(state.vector("s" + i), s);
            Vectors.copy(state.vector("y" + i), y);
            pairs.add(new Pair(s, y, Vectors.dot(s, y)));
        }
    }

    /** Settings of {@link Lbfgs}. */
    public static final class Builder extends WolfeSettings<Builder> {
        private int memory = 10;
        private boolean isScaled = true;

        private Builder() {
            super(QUASI_NEWTON);
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

        /**
         * Whether the approximation begins with (s'y / y'y) I of the newest pair or with I.
         *
         * @param scaled true without it
         * @return this
         */
        public Builder scaled(boolean scaled) {
            this.isScaled = scaled;
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public Lbfgs build() {
            return new Lbfgs(this);
        }
    }
}
