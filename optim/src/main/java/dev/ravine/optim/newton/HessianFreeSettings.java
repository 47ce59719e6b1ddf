package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.secondorder.Acceptance;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of {@link HessianFree} and its relatives.
 *
 * @param <B> the builder itself
 */
abstract class HessianFreeSettings<B extends HessianFreeSettings<B>> extends DampedSettings<B> {
    double growth = 1;
    double structuralDamping;
    double warmStart = 0.95;
    double preconditionerExponent = 0.75;
    boolean allowsOneByOne;
    Start start = Start.LAST_SOLUTION;
    RatioExamples ratioExamples = RatioExamples.CURVATURE;
    int maxIterations = 250;
    int firstIterations = Integer.MAX_VALUE;
    double iterationGrowth = 1;
    StopRule stopRule = StopRule.relativeProgress(5e-4);
    Acceptance lineSearch = Acceptance.lineSearch(0.8, 0.01, 60);

    @Override
    Map<String, Object> own() {
        Map<String, Object> own = super.own();
        own.putAll(Map.of(
                "warm_start", warmStart,
                "preconditioner", preconditionerExponent,
                "squares_one_by_one", allowsOneByOne,
                "max_iterations", maxIterations,
                "first_iterations", firstIterations,
                "iteration_growth", iterationGrowth,
                "stop_rule", stopRule,
                "line_search", lineSearch));
        own.put("start", start);
        own.put("structural_damping", structuralDamping);
        own.put("ratio_examples", ratioExamples);
        return own;
    }

    /**
     * Geometric growth of the numbers of examples: cheap, noisy steps at first, exact ones in the end (Byrd, Chin,
     * Nocedal and Wu, Mathematical Programming 134, 2012). They double whenever factor^step has, up to all examples.
     *
     * @param factor at least 1; 1 without it
     * @return this
     */
    public B growth(double factor) {
        this.growth = Check.growth("growth", factor);
        return self();
    }

    /**
     * Structural damping, for recurrent nets (Martens and Sutskever, ICML 2011): conjugate gradients solve with the
     * matrix A + damping (I + mu S), where S measures how far a step moves the hidden states ({@link
     * Curvature#STRUCTURAL}). So its weight mu damping moves with the damping. Each iteration takes one more product,
     * which costs about as much as that with A.
     *
     * @param mu not negative; 0 without it, for no structural damping; Martens and Sutskever use 0.001 to 0.03, with
     *     the hidden states summed over units and steps
     * @return this
     */
    public B structuralDamping(double mu) {
        this.structuralDamping = Check.notNegative("the weight of structural damping", mu);
        return self();
    }

    /**
     * The fraction of the last solution that conjugate gradients begin from.
     *
     * @param decay from 0, for a cold start, to below 1; 0.95 without it
     * @return this
     */
    public B warmStart(double decay) {
        this.warmStart = Check.fraction("the decay of the warm start", decay);
        return self();
    }

    /**
     * Where conjugate gradients begin.
     *
     * @param where the last solution without it; {@link Start#KRONECKER_STEP} is for
     *     {@link #kroneckerPreconditioner} alone
     * @return this
     */
    public B start(Start where) {
        this.start = Objects.requireNonNull(where, "where");
        return self();
    }

    /**
     * Over which examples the reduction ratio compares.
     *
     * @param which the curvature's without it
     * @return this
     */
    public B ratioExamples(RatioExamples which) {
        this.ratioExamples = Objects.requireNonNull(which, "which");
        return self();
    }

    /**
     * Preconditions conjugate gradients by the diagonal (g2 + damping + l2)^exponent, with g2 the mean over examples
     * of squared gradients (Martens, ICML 2010, section 4.7).
     *
     * @param exponent 0.75 without it; 0 for no preconditioning
     * @return this
     */
    public B preconditioner(double exponent) {
        if (!(exponent >= 0 && exponent <= 1)) {
            throw new IllegalArgumentException("the exponent must be from 0 to 1, found " + exponent);
        }
        this.preconditionerExponent = exponent;
        this.factors = null;
        return self();
    }

    /** Refuses settings that do not belong together. */
    void requireConsistent() {
        if (structuralDamping > 0 && start == Start.KRONECKER_STEP) {
            throw new IllegalStateException(
                    "K-FAC's step knows nothing of structural damping; set structuralDamping(0),"
                            + " or start from the last solution");
        }
        if (start == Start.KRONECKER_STEP && factors == null) {
            throw new IllegalStateException("to start from K-FAC's step there must be Kronecker factors, found none;"
                    + " set kroneckerPreconditioner, or start from the last solution");
        }
        if (start == Start.LAST_SOLUTION && maxIterations == 0) {
            throw new IllegalStateException("to start from the last solution there must be at least 1 iteration, found"
                    + " 0; set maxIterations, or start from K-FAC's step");
        }
    }

    @Override
    Preconditioning preconditioning() {
        return factors != null || preconditionerExponent == 0
                ? super.preconditioning()
                : new DiagonalPreconditioning(preconditionerExponent, allowsOneByOne);
    }

    /**
     * Allows one pass for each example where an operation of the model does not let squared gradients come from the
     * gradient's own pass ({@link dev.ravine.autodiff.Op#rows}). Without it such a model is an error that names the
     * operation. A step's report says when this happens.
     *
     * @return this
     */
    public B allowSquaredGradientsOneByOne() {
        this.allowsOneByOne = true;
        return self();
    }

    /**
     * The limit of conjugate gradients.
     *
     * @param iterations at least 1, or 0 for the step of {@link Start#KRONECKER_STEP} as it is; 250 without it
     * @return this
     */
    public B maxIterations(int iterations) {
        this.maxIterations = Check.notNegative("the limit of iterations", iterations);
        return self();
    }

    /**
     * A lower limit of conjugate gradients that grows with the examples. Solving the model of few examples too well
     * fits those examples and no others. The limit is multiplied whenever {@link #growth(double)} has doubled the
     * examples, and goes on growing after all are in use, up to {@link #maxIterations(int)}.
     *
     * @param first the limit of the first steps, at least 1
     * @param factor at least 1
     * @return this
     */
    public B growingIterations(int first, double factor) {
        this.firstIterations = Check.atLeastOne("the first limit of iterations", first);
        this.iterationGrowth = Check.growth("the growth of iterations", factor);
        return self();
    }

    /**
     * When conjugate gradients stop before the limit.
     *
     * @param rule relative progress of 0.0005 without it
     * @return this
     */
    public B stopRule(StopRule rule) {
        this.stopRule = Objects.requireNonNull(rule, "rule");
        return self();
    }

    /**
     * How far to go along the chosen iterate.
     *
     * @param rule a line search of 60 rates 0.8^j and slope fraction 0.01 without it
     * @return this
     */
    public B lineSearch(Acceptance rule) {
        this.lineSearch = Objects.requireNonNull(rule, "rule");
        return self();
    }
}
