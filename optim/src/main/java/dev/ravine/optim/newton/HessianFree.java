package dev.ravine.optim.newton;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorAveraging;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.ReductionRatio;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Hessian-free optimization (Martens, "Deep learning via Hessian-free optimization", ICML 2010): minimises a damped
 * quadratic model of the objective by conjugate gradients, whose matrix is known by its products only. One step:
 *
 * <ol>
 *   <li>the gradient over all examples (or a large batch), and a linearization over a part of them, which cycles;
 *   <li>conjugate gradients on (A + l2 I + damping I) p = -g from 0.95 times the last solution, preconditioned by a
 *       power of the mean squared gradient of single examples, or by Kronecker factors
 *       ({@link Builder#kroneckerPreconditioner}), until the model's relative progress is small;
 *   <li>backtracking over stored iterates on the gradient's examples, or others ({@link Builder#lossExamples});
 *   <li>the reduction ratio on the curvature's examples, actual change over the model's without damping, which moves
 *       the damping;
 *   <li>a line search on the same examples as backtracking, which may reject the step.
 * </ol>
 *
 * <p>Examples, dropout masks and all other randomness are frozen within a step. A step that would make the objective
 * infinite or not a number is rejected and damping raised. If the damping alone makes a step too short to change theta, or
 * hardly longer, it falls as far as the step must grow.
 *
 * <p>After a rejection the next step begins from zero, since the rejected solution may have misled the search, and
 * damping is raised whatever the ratio. On the curvature's examples the ratio may be good even if the loss got worse;
 * the same step would then be tried again with less damping. If conjugate gradients stop before their first iteration,
 * the step is just the decayed previous solution. Its ratio carries no information about the matrix, so damping is
 * raised too.
 *
 * <p>All constants are those of Martens' published code (250 iterations, progress 0.0005, warm start 0.95, exponent
 * 3/4, storing from iteration 5 by factors of 1.3, ratio bounds 1/4 and 3/4, damping factors 3/2 and 2/3, line search
 * 0.8^j up to 60 times with slope fraction 0.01), and can be set. {@link MartensReference} is that code without our
 * changes.
 *
 * <p>For recurrent nets there is {@linkplain Builder#structuralDamping structural damping}, which keeps a step from
 * moving the hidden states far. It adds little to the cost of an iteration.
 *
 * <p>With the Hessian, which can be indefinite, conjugate gradients end at the first direction of nonpositive
 * curvature, and the iterate before it is the most ambitious candidate. If it is the very first direction, the step is
 * the warm start; it is rejected unless the objective falls along it.
 *
 * <p>Squared gradients come from the gradient's own pass. A model with an operation that does not allow that is
 * refused, unless {@link Builder#allowSquaredGradientsOneByOne} allows a pass for each example.
 *
 * <p>A step costs a gradient over the gradient's examples, one product over the curvature's examples for each iteration
 * (about 4/3 of a gradient over them), and some ten values. Memory is eleven vectors and up to fifteen stored iterates,
 * besides the linearization, which holds all activations of the curvature's examples. For nets that are badly
 * conditioned, such as deep autoencoders. With much data and a well-conditioned net, thousands of cheap steps of Adam
 * or SGD get further; {@link Builder#growth} begins with steps nearly as cheap.
 */
public class HessianFree extends DampedOptimizer {
    /**
     * After which iterations of conjugate gradients the iterate is a candidate for backtracking; the last one always
     * is.
     */
    static final IntPredicate STORED = ConjugateGradient.spacedGeometrically(5, 1.3);

    private final double warmStart;
    private final double structuralDamping;
    private final Start startsFrom;
    private final RatioExamples ratioExamples;
    private final ConjugateGradient solver;
    private final int maxIterations;
    private final int firstIterations;
    private final double iterationGrowth;
    private final Acceptance backtracking = Acceptance.backtracking();
    private final Acceptance lineSearch;
    private INDArray solution;
    private INDArray start;
    private INDArray scratch;
    private INDArray trial;

    HessianFree(HessianFreeSettings<?> settings) {
        super(settings, settings.growth);
        settings.requireConsistent();
        this.warmStart = settings.warmStart;
        this.structuralDamping = settings.structuralDamping;
        this.startsFrom = settings.start;
        this.ratioExamples = settings.ratioExamples;
        this.lineSearch = settings.lineSearch;
        this.firstIterations = settings.firstIterations;
        this.iterationGrowth = settings.iterationGrowth;
        this.maxIterations = settings.maxIterations;
        this.solver = new ConjugateGradient(Math.max(1, maxIterations), settings.stopRule, STORED);
    }

    /**
     * Begins with Martens' settings: Gauss-Newton, at most 250 iterations, relative progress 0.0005, warm start 0.95,
     * preconditioner exponent 0.75, damping times 3/2 or 2/3, line search 0.8^j with slope fraction 0.01. First damping
     * 1.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder(HessianFree::new);
    }

    /**
     * Begins between K-FAC and Hessian-free: each step is K-FAC's, improved by a few iterations of conjugate gradients
     * that are preconditioned by the same factors. 500 examples for gradients and half of them for curvature at first,
     * which double in 116 steps; two iterations; damping 1, judged by the gradient's examples, and never below 0.01;
     * factors of random signs from half of the curvature's examples, averaged with decay 0.95 and inverted every 20
     * steps.
     *
     * @return a builder
     */
    public static Builder kronecker() {
        return builder()
                .damping(1)
                .smallestDamping(0.01)
                .gradientExamples(500)
                .curvatureExamples(250)
                .growth(1.006)
                .maxIterations(20)
                .growingIterations(2, 1)
                .start(Start.KRONECKER_STEP)
                .ratioExamples(RatioExamples.LOSS)
                .kroneckerPreconditioner(
                        KroneckerFactors.builder()
                                .cotangents(Cotangents.RADEMACHER)
                                .averaging(FactorAveraging.MARTENS, 0.95),
                        FactorDamping.TRACE)
                .factorUpdates(0.5, 20);
    }

    /** Settings of {@link HessianFree}. */
    public static final class Builder extends HessianFreeSettings<Builder> {
        private final Function<Builder, HessianFree> maker;

        Builder(Function<Builder, HessianFree> maker) {
            this.maker = maker;
        }

        /** {@return an optimizer that has not stepped yet} */
        public HessianFree build() {
            return maker.apply(this);
        }
    }

    @Override
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        allocate(objective.dtype(), objective.size());
        return preconditioning.gradient(objective, theta, scope, out);
    }

    @Override
    protected Attempt attempt(Point at) {
        Objective objective = at.objective();
        Scope examples = nextCurvatureScope(at);
        try (Linearization linearization = objective.linearize(at.theta(), examples)) {
            QuadraticModel model = model(at, linearization);
            LinearOperator inverse = preconditioning.inverse(at, examples, model.damping() + model.l2());
            ConjugateGradient.Result cg = startsFrom == Start.KRONECKER_STEP
                    ? fromKroneckerStep(model, linearization, inverse, at.step())
                    : fromLastSolution(model, inverse, at.step());
            Vectors.copy(cg.x(), solution);
            return choose(at, examples, model, cg);
        }
    }

    /** With structural damping, a product of conjugate gradients is still one. */
    private QuadraticModel model(Point at, Linearization linearization) {
        LinearOperator matrix = LinearOperator.of(linearization, curvature);
        LinearOperator stiffened = structuralDamping == 0
                ? matrix
                : LinearOperator.of(linearization, curvature, structuralDamping * damping);
        return new QuadraticModel(at.gradient(), matrix, at.objective().l2(), damping, stiffened);
    }

    private ConjugateGradient.Result fromLastSolution(QuadraticModel model, LinearOperator inverse, long step) {
        Vectors.copy(solution, start);
        Vectors.scale(warmStart, start);
        return solver.minimise(model.damped(), model.gradient(), start, inverse, iterations(step));
    }

    private ConjugateGradient.Result fromKroneckerStep(
            QuadraticModel model, Linearization linearization, LinearOperator inverse, long step) {
        double change = KroneckerStart.compute(model, linearization, curvature, inverse, solution, start)
                .change();
        int limit = iterations(step);
        return limit > 0
                ? solver.minimise(model.damped(), model.gradient(), start, inverse, limit)
                : new ConjugateGradient.Result(
                        start,
                        start,
                        0,
                        Stop.MAX_ITERATIONS,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        List.of(change),
                        List.of(new ConjugateGradient.Iterate(0, start)));
    }

    /** Chooses among the stored iterates, goes along the chosen one, and moves the damping. */
    Attempt choose(Point at, Scope examples, QuadraticModel model, ConjugateGradient.Result cg) {
        StepValues values = StepValues.around(at, trial);
        List<ConjugateGradient.Iterate> iterates = cg.iterates();
        Acceptance.Outcome candidate = backtracking.choose(
                new StepProposal(
                        iterates.stream().map(ConjugateGradient.Iterate::x).toList()),
                values);
        double ratio = ratioExamples == RatioExamples.LOSS
                ? ReductionRatio.of(
                                predictedChange(model, cg, iterates.get(candidate.candidate())),
                                values,
                                candidate.step())
                        .value()
                : ratio(at, examples, model, candidate.step());
        Acceptance.Outcome outcome = lineSearch.choose(StepProposal.of(candidate.step()), values);
        prepareNext(cg, outcome, ratio);
        boolean isSeen = outcome.accepted()
                ? LineSearchOptimizer.isSeen(at, Vectors.norm(candidate.step()))
                : values.moves(candidate.step(), 1);
        if (!isSeen) {
            loosen(at, candidate.step(), model.damping());
        }
        return Attempt.at(at, cg)
                .damping(model.damping())
                .ratio(ratio)
                .note(preconditioning.note(at.objective()))
                .tell("backtracked_to", iterates.get(candidate.candidate()).iteration())
                .tell("rate", outcome.rate())
                .tell("phi", cg.lastPhi())
                .along(outcome);
    }

    /** Actual over predicted change, on the curvature's examples. */
    double ratio(Point at, Scope examples, QuadraticModel model, INDArray step) {
        return ReductionRatio.of(() -> model.predictedChange(step, scratch), StepValues.over(examples, at, trial), step)
                .value();
    }

    /** The model's change without damping, from the solver's own value, which saves a product. */
    private double predictedChange(QuadraticModel model, ConjugateGradient.Result cg, ConjugateGradient.Iterate at) {
        if (cg.phi().isEmpty() || model.isStiffened()) {
            return model.predictedChange(at.x(), scratch);
        }
        double phi = cg.phi().get(Math.max(0, at.iteration() - 1));
        return phi - model.damping() / 2 * Vectors.dot(at.x(), at.x());
    }

    /** Sets the solution from which the next step begins, and its damping. */
    void prepareNext(ConjugateGradient.Result cg, Acceptance.Outcome outcome, double ratio) {
        if (!outcome.accepted()) {
            Vectors.fill(solution, 0);
        }
        boolean isBlind = cg.iterations() == 0 && cg.stopped() == Stop.NONPOSITIVE_CURVATURE;
        moveDamping(isBlind || !outcome.accepted() ? Double.NEGATIVE_INFINITY : ratio);
    }

    /** The next step begins from what is left of the solution. */
    @Override
    protected void trainableChanged(List<Span> spans) {
        if (solution != null) {
            Span.clearOutside(spans, solution);
        }
        super.trainableChanged(spans);
    }

    private int iterations(long step) {
        double grown = firstIterations * Math.pow(iterationGrowth, data.doublings(step));
        return (int) Math.min(grown, maxIterations);
    }

    private void allocate(DType dtype, long size) {
        if (solution == null) {
            solution = newVector(dtype, size);
            start = newVector(dtype, size);
            scratch = newVector(dtype, size);
            trial = newVector(dtype, size);
        }
    }

    /** The last iterate of conjugate gradients, from which the next step begins. */
    final INDArray solution() {
        return solution;
    }

    /** Where conjugate gradients began in this step. */
    final INDArray start() {
        return start;
    }

    /** A vector for products. */
    final INDArray scratch() {
        return scratch;
    }

    /** A vector for points where the objective is evaluated. */
    final INDArray trial() {
        return trial;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = new HashMap<>(super.stateVectors());
        if (solution != null) {
            vectors.put("solution", solution);
        }
        return vectors;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        super.restoreState(state);
        if (state.steps() > 0) {
            INDArray saved = state.vector("solution");
            allocate(DType.of(saved), saved.length());
            Vectors.copy(saved, solution);
        }
    }

    @Override
    public String name() {
        return "hf(lambda=" + firstDamping + ")";
    }

    @Override
    public void close() {
        solver.close();
        super.close();
    }
}
