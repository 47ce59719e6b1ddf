package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.CgResult;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.ExampleCycle;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Hessian-free optimization (Martens, "Deep learning via Hessian-free optimization", ICML 2010): minimises a damped
 * quadratic model of the objective by conjugate gradients, whose matrix is known by its products only. One step:
 *
 * <ol>
 *   <li>the gradient over all examples (or a large batch), and a linearization over a chunk of them, which cycles;
 *   <li>conjugate gradients on (A + l2 I + damping I) p = -g from 0.95 times the last solution, preconditioned by a
 *       power of the mean squared gradient of single examples, until the model's relative progress is small;
 *   <li>backtracking over stored iterates on the gradient's examples, or others ({@link Builder#lossExamples});
 *   <li>the reduction ratio on the chunk, actual change over the model's without damping, which moves the damping;
 *   <li>a line search on the same examples, which may reject the step.
 * </ol>
 *
 * <p>Examples, dropout masks and all other randomness are frozen within a step. A step that would make the objective
 * infinite or not a number is rejected and damping raised.
 *
 * <p>All constants are those of Martens' published code (250 iterations, progress 0.0005, warm start 0.95, exponent 3/4, storing
 * from iteration 5 by factors of 1.3, ratio bounds 1/4 and 3/4, damping factors 3/2 and 2/3, line search 0.8^j up to 60 times
 * with slope fraction 0.01), and settings here. {@link #builder} is safer than that code where it has a flaw;
 * {@link #reference} does exactly what it does.
 *
 * <p>With the Hessian, which can be indefinite, conjugate gradients end at the first direction of nonpositive curvature and
 * the last iterate before it is the most ambitious candidate; if it is the very first direction, the step is the warm start, which
 * is rejected unless the objective falls along it, and damping rises.
 *
 * <p>A step costs a gradient over the gradient's examples, one product over the curvature's examples for each iteration (about
 * 4/3 of a gradient over them), and some ten values. Memory is eleven vectors and up to fifteen stored iterates, besides the
 * linearization, which holds all activations of the curvature's examples. For nets that are badly conditioned, such as deep
 * autoencoders. With much data and a well-conditioned net, thousands of cheap steps of {@link Adam} or {@link Sgd} get further;
 * {@link Builder#growth} begins with steps nearly as cheap.
 */
public final class HessianFree extends SecondOrder {
    /** What enters the reduction ratio other than in the published code; implementations differ in all four. */
    public enum RatioChoice {
        /** The predicted change has the damping term too. */
        WITH_DAMPING,
        /** The predicted change counts from where conjugate gradients began, not from zero. */
        FROM_WARM_START,
        /** The step that is judged is the last iterate, not the one that backtracking chose. */
        OF_LAST_ITERATE,
        /** The actual change is that over the gradient's examples, not the curvature's. */
        ON_GRADIENT_EXAMPLES
    }

    private final Curvature curvature;
    private final ExampleCycle data;
    private final double warmStartDecay;
    private final double preconditionerExponent;
    private final DampingRule dampingRule;
    private final ConjugateGradient solver;
    private final int firstIterations;
    private final double iterationGrowth;
    private final Acceptance backtracking = Acceptance.backtracking();
    private final boolean keepsSolutionWhenRejected;
    private final boolean raisesDampingWhenRejected;
    private final Acceptance lineSearch;
    private final Set<RatioChoice> ratioChoices;
    private final long seed;
    private final double firstDamping;
    private double damping;
    private INDArray negated;
    private INDArray solution;
    private INDArray start;
    private INDArray trial;
    private INDArray squares;
    private INDArray diagonal;

    private HessianFree(Builder builder) {
        this.curvature = builder.curvature;
        this.data = new ExampleCycle(
                builder.gradientExamples, builder.lossExamples, builder.curvatureExamples, builder.growth);
        this.firstDamping = builder.damping;
        this.damping = builder.damping;
        this.warmStartDecay = builder.warmStartDecay;
        this.preconditionerExponent = builder.preconditionerExponent;
        this.dampingRule = builder.dampingRule;
        this.lineSearch = builder.lineSearch;
        this.keepsSolutionWhenRejected = builder.keepsSolutionWhenRejected;
        this.raisesDampingWhenRejected = builder.raisesDampingWhenRejected;
        this.ratioChoices = builder.ratioChoices;
        this.seed = builder.seed;
        this.firstIterations = builder.firstIterations;
        this.iterationGrowth = builder.iterationGrowth;
        this.solver = new ConjugateGradient(
                builder.maxIterations,
                builder.stopRule,
                ConjugateGradient.spacedGeometrically(5, 1.3),
                builder.keepsLastAtNegativeCurvature);
    }

    /**
     * Begins with Martens' settings: Gauss-Newton, at most 250 iterations, relative progress 0.0005, warm start 0.95,
     * preconditioner exponent 0.75, damping times 3/2 or 2/3, line search 0.8^j with slope fraction 0.01. First damping
     * 1.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins with all choices as Martens' published MATLAB demonstration makes them. It differs from {@link #builder} in
     * what happens where a step goes wrong:
     *
     * <ul>
     *   <li>its line search tests Armijo's condition alone, also along a direction that does not descend, where it can
     *       accept a worse objective ({@link Acceptance#armijo});
     *   <li>after a rejection the next step begins from the rejected solution all the same;
     *   <li>after a rejection damping follows from the ratio as always, so it may fall.
     * </ul>
     *
     * <p>Also as there: where negative curvature ends conjugate gradients at an iteration that would be stored, the last iterate
     * is not among the candidates; if there is none at all the published code fails, and this rejects the step. The first
     * damping is problem specific: 45 for the deep autoencoders of the paper.
     *
     * @return a builder with first damping 45
     */
    public static Builder reference() {
        return new Builder()
                .damping(45)
                .lineSearch(Acceptance.armijo(0.8, 0.01, 60))
                .keepLastAtNegativeCurvature(false)
                .keepSolutionWhenRejected(true)
                .raiseDampingWhenRejected(false);
    }

    @Override
    protected Scope nextScope(Objective objective) {
        allocate(objective.dtype(), objective.size());
        Scope noisy = Scope.all().withNoise(new Rng(seed).split(steps()).nextLong());
        return data.gradient(objective, noisy, steps());
    }

    @Override
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return preconditionerExponent == 0
                ? objective.gradient(theta, scope, out)
                : objective.gradient(theta, scope, out, SquaredGradients.inOnePass(), squares);
    }

    @Override
    protected Scope lossScope(Objective objective, Scope scope) {
        return data.loss(objective, scope, steps());
    }

    @Override
    protected Attempt attempt(Point at) {
        Objective objective = at.objective();
        Scope chunk = data.curvature(objective, at.scope(), steps() - 1);
        data.advance(objective, at.scope(), steps() - 1);
        StepValues values = StepValues.around(at, trial);
        Map<String, Double> telemetry = new LinkedHashMap<>();
        double usedDamping = damping;
        CgResult cg;
        double ratio;
        Acceptance.Outcome outcome;
        try (Linearization linearization = objective.linearize(at.theta(), chunk)) {
            QuadraticModel model = new QuadraticModel(
                    at.gradient(), LinearOperator.of(linearization, curvature), objective.l2(), damping);
            cg = solve(model);
            Vectors.copy(cg.x(), solution);
            if (cg.iterates().isEmpty()) {
                return withoutIterate(at, cg);
            }
            Acceptance.Outcome candidate = backtracking.choose(
                    new StepProposal(
                            cg.iterates().stream().map(CgResult.Iterate::x).toList()),
                    values);
            INDArray judged = ratioChoices.contains(RatioChoice.OF_LAST_ITERATE) ? solution : candidate.step();
            ratio = reductionRatio(at, chunk, model, judged);
            outcome = lineSearch.choose(StepProposal.of(candidate.step()), values);
            telemetry.put("backtracked_to", (double)
                    cg.iterates().get(candidate.candidate()).iteration());
            telemetry.put("rate", outcome.rate());
            telemetry.put("phi", cg.phi().isEmpty() ? 0.0 : cg.phi().get(cg.iterations() - 1));
        }
        if (!outcome.accepted() && !keepsSolutionWhenRejected) {
            Vectors.fill(solution, 0);
        }
        boolean isBlind = cg.iterations() == 0 && cg.reason() == CgResult.Reason.NONPOSITIVE_CURVATURE;
        boolean isRaised = (isBlind || !outcome.accepted()) && raisesDampingWhenRejected;
        damping = dampingRule.next(damping, isRaised ? Double.NEGATIVE_INFINITY : ratio);
        return new Attempt(
                outcome.step(),
                outcome.rate(),
                outcome.value(),
                "conjugate gradients: " + cg.reason() + "; " + outcome.reason(),
                new ModelReport(usedDamping, ratio, cg.iterations(), cg.reason().name(), cg.smallestCurvature()),
                telemetry);
    }

    /** Conjugate gradients met negative curvature where the last iterate is not to be kept, and had stored none before. */
    private Attempt withoutIterate(Point at, CgResult cg) {
        ModelReport report = new ModelReport(
                damping, Double.NaN, cg.iterations(), cg.reason().name(), cg.smallestCurvature());
        damping = dampingRule.next(damping, Double.NEGATIVE_INFINITY);
        String reason = "conjugate gradients: " + cg.reason() + "; rejected: no iterate was stored";
        return new Attempt(solution, 0, at.loss(), reason, report, Map.of());
    }

    private double reductionRatio(Point at, Scope chunk, QuadraticModel model, INDArray step) {
        Scope examples = ratioChoices.contains(RatioChoice.ON_GRADIENT_EXAMPLES) ? at.scope() : chunk;
        double origin = ratioChoices.contains(RatioChoice.FROM_WARM_START) ? predicted(model, start) : 0;
        return QuadraticModel.reductionRatio(at, examples, step, trial, () -> predicted(model, step) - origin);
    }

    private double predicted(QuadraticModel model, INDArray step) {
        double undamped = model.predictedChange(step, negated);
        return ratioChoices.contains(RatioChoice.WITH_DAMPING)
                ? undamped + model.damping() / 2 * Vectors.dot(step, step)
                : undamped;
    }

    private CgResult solve(QuadraticModel model) {
        Vectors.copy(solution, start);
        Vectors.scale(warmStartDecay, start);
        Vectors.copy(model.gradient(), negated);
        Vectors.scale(-1, negated);
        return solver.solve(model.damped(), negated, start, preconditioner(model), iterations());
    }

    private int iterations() {
        double grown = firstIterations * Math.pow(iterationGrowth, data.doublings(steps() - 1));
        return (int) Math.min(grown, Integer.MAX_VALUE);
    }

    /** The inverse of (g2 + damping + l2)^exponent, element by element. */
    private LinearOperator preconditioner(QuadraticModel model) {
        if (preconditionerExponent == 0) {
            return null;
        }
        double shift = model.damping() + model.l2();
        Vectors.map(squares, diagonal, g2 -> Math.pow(g2 + shift, preconditionerExponent));
        return LinearOperator.inverseOfDiagonal(diagonal);
    }

    private void allocate(DType dtype, long size) {
        if (negated == null) {
            negated = newVector(dtype, size);
            solution = newVector(dtype, size);
            start = newVector(dtype, size);
            trial = newVector(dtype, size);
            squares = newVector(dtype, size);
            diagonal = newVector(dtype, size);
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
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(data.stateNumbers());
        numbers.put("damping", damping);
        numbers.put("seed", (double) seed);
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        return solution == null ? Map.of() : Map.of("solution", solution);
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.number("damping");
        state.requireSetting("seed", (double) seed);
        data.restoreState(state);
        if (state.steps() > 0) {
            INDArray learned = state.vector("solution");
            allocate(DType.of(learned), learned.length());
            Vectors.copy(learned, solution);
        }
        damping = restored;
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

    /** Settings of {@link HessianFree}. */
    public static final class Builder {
        private Curvature curvature = Curvature.GAUSS_NEWTON;
        private int gradientExamples;
        private int lossExamples;
        private int curvatureExamples;
        private double growth = 1;
        private double damping = 1;
        private double warmStartDecay = 0.95;
        private double preconditionerExponent = 0.75;
        private int maxIterations = 250;
        private int firstIterations = Integer.MAX_VALUE;
        private double iterationGrowth = 1;
        private StopRule stopRule = StopRule.relativeProgress(5e-4);
        private DampingRule dampingRule = DampingRule.levenbergMarquardt(3.0 / 2, 2.0 / 3);
        private Acceptance lineSearch = Acceptance.lineSearch(0.8, 0.01, 60);
        private Set<RatioChoice> ratioChoices = Set.of();
        private boolean keepsLastAtNegativeCurvature = true;
        private boolean keepsSolutionWhenRejected;
        private boolean raisesDampingWhenRejected = true;
        private long seed;

        private Builder() {}

        /**
         * The matrix of the quadratic model. With the Hessian, conjugate gradients end at the first direction of
         * nonpositive curvature and keep the iterate before it.
         *
         * @param matrix Gauss-Newton without it
         * @return this
         */
        public Builder curvature(Curvature matrix) {
            this.curvature = matrix;
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
         * Geometric growth of the numbers of examples: cheap, noisy steps at first, exact ones in the end (Byrd, Chin,
         * Nocedal and Wu, Mathematical Programming 134, 2012). They double whenever factor^steps has, up to all examples.
         *
         * @param factor at least 1; 1 without it
         * @return this
         */
        public Builder growth(double factor) {
            this.growth = Check.growth("growth", factor);
            return this;
        }

        /**
         * The damping of the first step.
         *
         * @param lambda positive; the objective being a mean, 1 is large for classifiers and small for autoencoders
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
            this.dampingRule = rule;
            return this;
        }

        /**
         * How much of the last solution conjugate gradients begin from.
         *
         * @param decay from 0, for a cold start, to below 1
         * @return this
         */
        public Builder warmStart(double decay) {
            this.warmStartDecay = Check.fraction("the decay of the warm start", decay);
            return this;
        }

        /**
         * Preconditions conjugate gradients by the diagonal (g2 + damping + l2)^exponent, with g2 the mean over examples
         * of squared gradients (Martens, ICML 2010, section 4.7).
         *
         * @param exponent 0.75 without it; 0 for no preconditioning
         * @return this
         */
        public Builder preconditioner(double exponent) {
            if (!(exponent >= 0 && exponent <= 1)) {
                throw new IllegalArgumentException("the exponent must be from 0 to 1, found " + exponent);
            }
            this.preconditionerExponent = exponent;
            return this;
        }

        /**
         * The limit of conjugate gradients.
         *
         * @param iterations at least 1
         * @return this
         */
        public Builder maxIterations(int iterations) {
            this.maxIterations = Check.atLeastOne("the limit of iterations", iterations);
            return this;
        }

        /**
         * A lower limit of conjugate gradients that grows with the examples: steps over few examples that solve their model
         * far fit those examples and nothing else. It is multiplied whenever {@link #growth} has doubled, also after all
         * examples are in use, up to {@link #maxIterations}.
         *
         * @param first the limit of the first steps, at least 1
         * @param factor at least 1
         * @return this
         */
        public Builder growingIterations(int first, double factor) {
            this.firstIterations = Check.atLeastOne("the first limit of iterations", first);
            this.iterationGrowth = Check.growth("the growth of iterations", factor);
            return this;
        }

        /**
         * When conjugate gradients stop before the limit.
         *
         * @param rule relative progress of 0.0005 without it
         * @return this
         */
        public Builder stopRule(StopRule rule) {
            this.stopRule = rule;
            return this;
        }

        /**
         * How far to go along the chosen iterate.
         *
         * @param rule a line search of 60 rates 0.8^j and slope fraction 0.01 without it
         * @return this
         */
        public Builder lineSearch(Acceptance rule) {
            this.lineSearch = rule;
            return this;
        }

        /**
         * What enters the ratio that moves the damping. Without it: the actual change over the curvature's examples of the
         * step that backtracking chose, over the change of the undamped model from zero.
         *
         * @param choices ways in which to differ
         * @return this
         */
        public Builder ratio(RatioChoice... choices) {
            this.ratioChoices = Set.of(choices);
            return this;
        }

        /**
         * Whether the last iterate is always among the candidates when conjugate gradients end at negative curvature, also at
         * an iteration that is due to be stored.
         *
         * @param keeps true without it
         * @return this
         */
        public Builder keepLastAtNegativeCurvature(boolean keeps) {
            this.keepsLastAtNegativeCurvature = keeps;
            return this;
        }

        /**
         * Whether the step after a rejected one begins from the rejected solution. It may be what misled the search, so
         * by default that step begins from zero.
         *
         * @param keeps false without it
         * @return this
         */
        public Builder keepSolutionWhenRejected(boolean keeps) {
            this.keepsSolutionWhenRejected = keeps;
            return this;
        }

        /**
         * Whether a rejected step raises damping whatever its ratio, and so does one whose first direction had nonpositive
         * curvature. On a chunk of the examples the ratio may be good though the objective over all of them got worse; then
         * the same step would be tried again with less damping. A step without an iteration is what the warm start left of
         * the last one: its ratio says nothing of the matrix, which needs more damping to become positive definite.
         *
         * @param raises true without it
         * @return this
         */
        public Builder raiseDampingWhenRejected(boolean raises) {
            this.raisesDampingWhenRejected = raises;
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
        public HessianFree build() {
            return new HessianFree(this);
        }
    }
}
