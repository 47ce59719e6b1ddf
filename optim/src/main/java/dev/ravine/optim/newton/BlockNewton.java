package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Module;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.CgResult;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.ExampleCycle;
import dev.ravine.optim.secondorder.ParameterGroup;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Newton's method layer by layer: each group of parameters takes a step with its own diagonal block of the curvature,
 * (B_g + (l2 + damping) I) p_g = -g_g, as if the others stood still. Groups up to a chosen size write their block out and
 * solve by Cholesky's method; the others use conjugate gradients on products with their block, or steepest descent of the
 * length that the model likes best. All share one damping.
 *
 * <p>What the blocks ignore between layers, one product with the whole matrix puts right: the combined step is scaled to
 * the minimum of the damped model along it, -g'p / p'(B + (l2 + damping) I) p. Then, as in {@link HessianFree}, the
 * reduction ratio on the curvature's examples moves the damping (times 3/2 below 1/4 or after a rejection, times 2/3 above
 * 3/4), and a line search on the gradient's examples (0.8^j, slope fraction 0.01) accepts or rejects.
 *
 * <p>A step costs a gradient; a product for each parameter of the written-out groups and for each iteration of the others,
 * on the curvature's examples; and a few values. Memory is 16 n_g^2 bytes for each written-out group and about ten vectors.
 * Made for nets in which some layers are small and badly conditioned. Where all are large, {@link HessianFree} sees more; where
 * all are small, {@link ExactNewton} does.
 */
public final class BlockNewton extends SecondOrder {
    /** What a group's step was made by. */
    public enum Method {
        /** The block was written out and solved by Cholesky's method. */
        EXACT,
        /** Conjugate gradients on products with the block. */
        CONJUGATE_GRADIENTS,
        /** -g_g times the rate that minimises the block's model along it. */
        STEEPEST_DESCENT
    }

    private final List<ParameterGroup> groups;
    private final Curvature curvature;
    private final int exactUpTo;
    private final Method beyond;
    private final ExampleCycle data;
    private final DampingRule dampingRule;
    private final double firstDamping;
    private final long seed;
    private final Acceptance lineSearch = Acceptance.lineSearch(0.8, 0.01, 60);
    private final ConjugateGradient[] solvers;
    private final DenseMatrix[] blocks;
    private double damping;
    private INDArray step;
    private INDArray trial;
    private INDArray scratch;

    private BlockNewton(Builder builder) {
        this.groups = builder.groups;
        this.curvature = builder.curvature;
        this.exactUpTo = builder.exactUpTo;
        this.beyond = builder.beyond;
        this.data = new ExampleCycle(builder.gradientExamples, builder.lossExamples, builder.curvatureExamples, 1);
        this.dampingRule = builder.dampingRule;
        this.firstDamping = builder.damping;
        this.damping = builder.damping;
        this.seed = builder.seed;
        this.solvers = new ConjugateGradient[groups.size()];
        this.blocks = new DenseMatrix[groups.size()];
        for (int i = 0; i < solvers.length; i++) {
            if (!isExact(groups.get(i)) && beyond == Method.CONJUGATE_GRADIENTS) {
                solvers[i] = new ConjugateGradient(builder.maxIterations, StopRule.relativeProgress(5e-4));
            }
        }
    }

    /**
     * Begins with the layers of a module as groups.
     *
     * @param module initialized
     * @return a builder
     */
    public static Builder builder(Module module) {
        return builder(ParameterGroup.layersOf(module));
    }

    /**
     * Begins with the Gauss-Newton matrix, groups of up to 256 parameters written out, the others by at most 50 iterations
     * of conjugate gradients, and first damping 1.
     *
     * @param groups which follow one another from the first parameter to the last
     * @return a builder
     * @throws IllegalArgumentException if there is a gap or an overlap
     */
    public static Builder builder(List<ParameterGroup> groups) {
        return new Builder(groups);
    }

    /** What one group got. */
    private record Share(Method method, int iterations, String stopped, double smallestCurvature) {}

    @Override
    protected Scope nextScope(Objective objective) {
        return data.gradient(
                objective, Scope.all().withNoise(new Rng(seed).split(steps()).nextLong()), steps());
    }

    @Override
    protected Scope lossScope(Objective objective, Scope scope) {
        return data.loss(objective, scope, steps());
    }

    @Override
    protected Attempt attempt(Point at) {
        requireCover(at.objective());
        if (step == null) {
            step = newVector(at.theta());
            trial = newVector(at.theta());
            scratch = newVector(at.theta());
        }
        Scope chunk = data.curvature(at.objective(), at.scope(), steps() - 1);
        data.advance(at.objective(), at.scope(), steps() - 1);
        Share[] shares = new Share[groups.size()];
        double usedDamping = damping;
        double ratio;
        double scale;
        Acceptance.Outcome outcome;
        try (Linearization linearization = at.objective().linearize(at.theta(), chunk)) {
            QuadraticModel model = new QuadraticModel(
                    at.gradient(),
                    LinearOperator.of(linearization, curvature),
                    at.objective().l2(),
                    damping);
            for (int i = 0; i < shares.length; i++) {
                shares[i] = share(i, model);
            }
            scale = bestScale(model);
            Vectors.scale(scale, step);
            ratio = QuadraticModel.reductionRatio(at, chunk, step, trial, () -> model.predictedChange(step, scratch));
            outcome = lineSearch.choose(StepProposal.of(step), StepValues.around(at, trial));
        }
        damping = dampingRule.next(damping, outcome.accepted() ? ratio : Double.NEGATIVE_INFINITY);
        Map<String, Double> telemetry = new LinkedHashMap<>();
        telemetry.put("scale", scale);
        telemetry.put("rate", outcome.rate());
        return new Attempt(
                step,
                outcome.rate(),
                outcome.value(),
                describe(shares) + "; " + outcome.reason(),
                new ModelReport(
                        usedDamping,
                        ratio,
                        Arrays.stream(shares).mapToInt(Share::iterations).sum(),
                        describe(shares),
                        Arrays.stream(shares)
                                .mapToDouble(Share::smallestCurvature)
                                .min()
                                .orElseThrow()),
                telemetry);
    }

    private String describe(Share[] shares) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < shares.length; i++) {
            text.add("'" + groups.get(i).name() + "' " + shares[i].method + " " + shares[i].stopped);
        }
        return text.toString();
    }

    private boolean isExact(ParameterGroup group) {
        return group.size() <= exactUpTo;
    }

    /** The step of one group, written to its part of the step. */
    private Share share(int i, QuadraticModel model) {
        ParameterGroup group = groups.get(i);
        Shape part = Shape.of(group.size());
        INDArray g = Arena.view(model.gradient(), group.offset(), part);
        INDArray p = Arena.view(step, group.offset(), part);
        LinearOperator block = model.curvature().diagonalBlock(group.offset(), group.size());
        double shift = model.l2() + model.damping();
        if (isExact(group)) {
            return exact(i, block, g, p, shift);
        }
        LinearOperator damped = block.shifted(shift);
        return beyond == Method.CONJUGATE_GRADIENTS ? byConjugateGradients(i, damped, g, p) : descend(damped, g, p);
    }

    private Share exact(int i, LinearOperator block, INDArray g, INDArray p, double shift) {
        int n = (int) g.length();
        if (blocks[i] == null) {
            blocks[i] = new DenseMatrix(n);
        }
        blocks[i].assign(block, DType.of(g));
        if (!blocks[i].isFinite()) {
            Vectors.fill(p, 0);
            return new Share(Method.EXACT, 0, "NON_FINITE", Double.NaN);
        }
        double used = shift;
        int factorizations = 1;
        while (!blocks[i].factorize(used)) {
            // Damping may have shrunk far below the rounding of the block.
            used = Math.max(2 * used, Math.max(n * Math.ulp(1.0) * largestOnDiagonal(blocks[i]), Double.MIN_NORMAL));
            factorizations++;
        }
        double[] x =
                Arrays.stream(blocks[i].solve(Arena.toDoubles(g))).map(v -> -v).toArray();
        Elements.of(p).write(0, n, x);
        double along = blocks[i].curvatureAlong(x) + used;
        return new Share(Method.EXACT, factorizations, used == shift ? "SOLVED" : "SHIFTED by " + used, along);
    }

    private static double largestOnDiagonal(DenseMatrix block) {
        return IntStream.range(0, block.size())
                .mapToDouble(k -> Math.abs(block.get(k, k)))
                .max()
                .orElseThrow();
    }

    private Share byConjugateGradients(int i, LinearOperator damped, INDArray g, INDArray p) {
        Vectors.copy(g, p);
        Vectors.scale(-1, p);
        INDArray zero = Arena.view(scratch, 0, Shape.of(g.length()));
        Vectors.fill(zero, 0);
        CgResult cg = solvers[i].solve(damped, p, zero, null);
        Vectors.copy(cg.x(), p);
        return new Share(
                Method.CONJUGATE_GRADIENTS, cg.iterations(), cg.reason().name(), cg.smallestCurvature());
    }

    private Share descend(LinearOperator damped, INDArray g, INDArray p) {
        INDArray product = Arena.view(scratch, 0, Shape.of(g.length()));
        damped.apply(g, product);
        double square = Vectors.dot(g, g);
        double along = Vectors.dot(g, product) / square;
        boolean isUsable = along > 0 && Double.isFinite(along);
        Vectors.copy(g, p);
        Vectors.scale(isUsable ? -1 / along : 0, p);
        String stopped = isUsable ? "MINIMUM_ALONG" : square == 0 ? "NO_GRADIENT" : "NONPOSITIVE_CURVATURE";
        return new Share(Method.STEEPEST_DESCENT, 1, stopped, square == 0 ? Double.POSITIVE_INFINITY : along);
    }

    /** Where the damped model has its minimum along the step; 1 if it has none. */
    private double bestScale(QuadraticModel model) {
        double slope = Vectors.dot(model.gradient(), step);
        double undamped = 2 * (model.predictedChange(step, scratch) - slope);
        double along = undamped + model.damping() * Vectors.dot(step, step);
        double scale = -slope / along;
        return scale > 0 && Double.isFinite(scale) ? scale : 1;
    }

    private void requireCover(Objective objective) {
        ParameterGroup last = groups.get(groups.size() - 1);
        if (last.offset() + last.size() != objective.size()) {
            throw new IllegalArgumentException("the groups cover " + (last.offset() + last.size())
                    + " parameters, but the objective has " + objective.size());
        }
    }

    /**
     * The damping that the next step will use.
     *
     * @return lambda
     */
    public double damping() {
        return damping;
    }

    @Override
    public String name() {
        return "block-newton(exact<=" + exactUpTo + ", lambda=" + firstDamping + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(data.stateNumbers());
        numbers.put("damping", damping);
        numbers.put("seed", (double) seed);
        return numbers;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.number("damping");
        state.requireSetting("seed", (double) seed);
        data.restoreState(state);
        damping = restored;
    }

    @Override
    public void close() {
        for (int i = 0; i < solvers.length; i++) {
            if (solvers[i] != null) {
                solvers[i].close();
            }
            if (blocks[i] != null) {
                blocks[i].close();
            }
        }
        super.close();
    }

    /** Settings of {@link BlockNewton}. */
    public static final class Builder {
        private final List<ParameterGroup> groups;
        private Curvature curvature = Curvature.GAUSS_NEWTON;
        private int exactUpTo = 256;
        private Method beyond = Method.CONJUGATE_GRADIENTS;
        private int maxIterations = 50;
        private int gradientExamples;
        private int lossExamples;
        private int curvatureExamples;
        private double damping = 1;
        private DampingRule dampingRule = DampingRule.levenbergMarquardt(3.0 / 2, 2.0 / 3);
        private long seed;

        private Builder(List<ParameterGroup> groups) {
            this.groups = List.copyOf(groups);
            long next = 0;
            for (ParameterGroup group : groups) {
                if (group.offset() != next || group.size() < 1) {
                    throw new IllegalArgumentException("groups must follow one another from 0 on and not be empty;"
                            + " expected one that begins at " + next + ", found " + group);
                }
                next += group.size();
            }
            if (groups.isEmpty()) {
                throw new IllegalArgumentException("there must be at least one group");
            }
        }

        /**
         * The matrix whose blocks are used.
         *
         * @param matrix Gauss-Newton without it; blocks of an indefinite one are shifted until they are positive definite
         * @return this
         */
        public Builder curvature(Curvature matrix) {
            this.curvature = Objects.requireNonNull(matrix, "matrix");
            return this;
        }

        /**
         * The size up to which groups write out their block.
         *
         * @param size from 1 to 16,383; 256 without it
         * @return this
         */
        public Builder exactUpTo(int size) {
            this.exactUpTo = Check.order(size);
            return this;
        }

        /**
         * What larger groups do.
         *
         * @param method conjugate gradients without it, or steepest descent
         * @return this
         * @throws IllegalArgumentException if it is {@link Method#EXACT}, for which there is {@link #exactUpTo}
         */
        public Builder beyond(Method method) {
            if (method == Method.EXACT) {
                throw new IllegalArgumentException("to solve larger groups exactly, raise exactUpTo");
            }
            this.beyond = Objects.requireNonNull(method, "method");
            return this;
        }

        /**
         * The limit of conjugate gradients for a group.
         *
         * @param iterations at least 1; 50 without it
         * @return this
         */
        public Builder maxIterations(int iterations) {
            this.maxIterations = Check.atLeastOne("the limit of iterations", iterations);
            return this;
        }

        /**
         * Over how many examples gradients go, in cycles.
         *
         * @param examples at least 1, or 0 for all
         * @return this
         */
        public Builder gradientExamples(int examples) {
            this.gradientExamples = Check.notNegative("the number of examples", examples);
            return this;
        }

        /**
         * Over how many examples the values go that choose and judge a step: backtracking, line search, and the loss of the report.
         * They begin with the gradient's first example. More examples than the gradient has guard against steps that suit only
         * these; fewer make trials cheaper.
         *
         * @param examples at least 1, or 0 for the gradient's, whose loss comes with it
         * @return this
         */
        public Builder lossExamples(int examples) {
            this.lossExamples = Check.notNegative("the number of examples", examples);
            return this;
        }

        /**
         * Over how many of the gradient's examples the curvature goes, in cycles.
         *
         * @param examples at least 1, or 0 for a tenth, but at least 2,000 if there are as many
         * @return this
         */
        public Builder curvatureExamples(int examples) {
            this.curvatureExamples = Check.notNegative("the number of examples", examples);
            return this;
        }

        /**
         * The damping of the first step.
         *
         * @param lambda positive
         * @return this
         */
        public Builder damping(double lambda) {
            this.damping = Check.positive("damping", lambda);
            return this;
        }

        /**
         * How damping learns.
         *
         * @param rule Levenberg-Marquardt's without it
         * @return this
         */
        public Builder dampingRule(DampingRule rule) {
            this.dampingRule = Objects.requireNonNull(rule, "rule");
            return this;
        }

        /**
         * The seed of noise.
         *
         * @param newSeed 0 without it
         * @return this
         */
        public Builder seed(long newSeed) {
            this.seed = newSeed;
            return this;
        }

        /**
         * Makes the optimizer.
         *
         * @return an optimizer that has not stepped yet
         */
        public BlockNewton build() {
            return new BlockNewton(this);
        }
    }
}
