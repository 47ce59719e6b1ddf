package dev.ravine.optim.newton;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Module;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.ReductionRatio;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Newton's method layer by layer: each group of parameters takes a step with its own diagonal block of the curvature,
 * (B_g + (l2 + damping) I) p_g = -g_g, as if the others stood still. Groups up to a chosen size write their block out
 * and solve by Cholesky's method; the others use conjugate gradients on products with their block, or steepest descent
 * of the length that minimises the model along it. All share one damping.
 *
 * <p>The blocks ignore the curvature between layers. One product with the whole matrix corrects the length: the
 * combined step is scaled to the minimum of the damped model along it, -g'p / p'(B + (l2 + damping) I) p. Then, as in
 * {@link HessianFree}, the reduction ratio on the curvature's examples moves the damping (times 3/2 below 1/4 or after
 * a rejection, times 2/3 above 3/4), and a line search on the gradient's examples, or others
 * ({@link Builder#lossExamples}), accepts or rejects (0.8^j, slope fraction 0.01).
 *
 * <p>A step costs a gradient; a product for each parameter of the written-out groups and for each iteration of the
 * others, on the curvature's examples; and a few values. Memory is 16 n_g^2 bytes for each written-out group and about
 * ten vectors. Made for nets in which some layers are small and badly conditioned. {@link HessianFree} sees more where
 * all layers are large, and {@link ExactNewton} where all are small.
 */
public final class BlockNewton extends DampedOptimizer {
    /** How the step of a group is found. */
    public enum Method {
        /** The block is written out and solved by Cholesky's method. */
        EXACT,
        /** Conjugate gradients on products with the block. */
        CONJUGATE_GRADIENTS,
        /** -g_g times the rate that minimises the block's model along it. */
        STEEPEST_DESCENT
    }

    private final List<ParameterGroup> groups;
    private final List<GroupSolver> solvers = new ArrayList<>();
    private final int exactUpTo;
    private final Method beyond;
    private final int maxIterations;
    private final Acceptance lineSearch = Acceptance.lineSearch(0.8, 0.01, 60);
    private INDArray step;
    private INDArray trial;
    private INDArray scratch;

    private BlockNewton(Builder builder) {
        super(builder, 1);
        this.groups = builder.groups;
        this.exactUpTo = builder.exactUpTo;
        this.beyond = builder.beyond;
        this.maxIterations = builder.maxIterations;
        groups.forEach(group -> solvers.add(builder.solver(group)));
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
     * Begins with the Gauss-Newton matrix, groups of up to 256 parameters written out, the others by at most 50
     * iterations of conjugate gradients, and first damping 1.
     *
     * @param groups which follow one another from the first parameter to the last
     * @return a builder
     * @throws IllegalArgumentException if there is a gap or an overlap
     */
    public static Builder builder(List<ParameterGroup> groups) {
        return new Builder(groups);
    }

    @Override
    protected Attempt attempt(Point at) {
        requireCover(at.objective());
        if (step == null) {
            step = newVector(at.theta());
            trial = newVector(at.theta());
            scratch = newVector(at.theta());
        }
        Scope examples = nextCurvatureScope(at);
        try (Linearization linearization = at.objective().linearize(at.theta(), examples)) {
            QuadraticModel model = new QuadraticModel(
                    at.gradient(),
                    LinearOperator.of(linearization, curvature),
                    at.objective().l2(),
                    damping);
            LinearOperator inverse = preconditioning.inverse(at, examples, model.damping() + model.l2());
            GroupSolver.Report report = solve(model, inverse);
            double best = model.bestRate(step, scratch);
            double scale = best > 0 && Double.isFinite(best) ? best : 1;
            Vectors.scale(scale, step);
            double ratio = ReductionRatio.of(
                            () -> model.predictedChange(step, scratch), StepValues.over(examples, at, trial), step)
                    .value();
            Acceptance.Outcome outcome = lineSearch.choose(StepProposal.of(step), StepValues.around(at, trial));
            moveDamping(outcome.accepted() ? ratio : Double.NEGATIVE_INFINITY);
            return Attempt.at(at, report)
                    .damping(model.damping())
                    .ratio(ratio)
                    .note(preconditioning.note(at.objective()))
                    .tell("scale", scale)
                    .tell("rate", outcome.rate())
                    .along(outcome);
        }
    }

    /** The steps of all groups, each written to its part of the step. */
    private GroupSolver.Report solve(QuadraticModel model, LinearOperator inverse) {
        double shift = model.l2() + model.damping();
        int iterations = 0;
        double smallest = Double.POSITIVE_INFINITY;
        StringJoiner details = new StringJoiner(", ");
        for (int i = 0; i < groups.size(); i++) {
            ParameterGroup group = groups.get(i);
            Shape part = Shape.of(group.size());
            GroupSolver.Report report = solvers.get(i)
                    .solve(
                            model.curvature().diagonalBlock(group.offset(), group.size()),
                            shift,
                            Arena.view(model.gradient(), group.offset(), part),
                            Arena.view(step, group.offset(), part),
                            Arena.view(scratch, 0, part),
                            inverse == null ? null : inverse.diagonalBlock(group.offset(), group.size()));
            iterations += report.iterations();
            smallest = Math.min(smallest, report.smallestCurvature());
            details.add("'" + group.name() + "' " + report.detail());
        }
        return new GroupSolver.Report(iterations, Stop.BY_GROUP, details.toString(), smallest);
    }

    private void requireCover(Objective objective) {
        ParameterGroup last = groups.get(groups.size() - 1);
        if (last.offset() + last.size() != objective.size()) {
            throw new IllegalArgumentException("the groups cover " + (last.offset() + last.size())
                    + " parameters, but the objective has " + objective.size());
        }
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.putAll(
                Map.of("groups", groups, "exact_up_to", exactUpTo, "beyond", beyond, "max_iterations", maxIterations));
        return own;
    }

    @Override
    public String name() {
        return "block-newton(exact<=" + exactUpTo + ", lambda=" + firstDamping + ")";
    }

    @Override
    public void close() {
        solvers.forEach(GroupSolver::close);
        super.close();
    }

    /** Settings of {@link BlockNewton}. */
    public static final class Builder extends DampedSettings<Builder> {
        private final List<ParameterGroup> groups;
        private int exactUpTo = 256;
        private Method beyond = Method.CONJUGATE_GRADIENTS;
        private int maxIterations = 50;

        private Builder(List<ParameterGroup> groups) {
            this.groups = Check.noNulls("the groups", groups);
            long next = 0;
            for (ParameterGroup group : groups) {
                if (group.offset() != next || group.size() < 1 || !group.isContiguous()) {
                    throw new IllegalArgumentException("groups must follow one another from 0 on and not be empty;"
                            + " expected one that begins at " + next + ", found " + group);
                }
                next += group.size();
            }
            if (groups.isEmpty()) {
                throw new IllegalArgumentException("there must be at least one group");
            }
        }

        private GroupSolver solver(ParameterGroup group) {
            if (group.size() <= exactUpTo) {
                return new GroupSolver.Exact();
            }
            return beyond == Method.CONJUGATE_GRADIENTS
                    ? new GroupSolver.Iterative(maxIterations)
                    : new GroupSolver.SteepestDescent();
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
         * The method for larger groups.
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

        /** {@return an optimizer that has not stepped yet} */
        public BlockNewton build() {
            return new BlockNewton(this);
        }
    }
}
