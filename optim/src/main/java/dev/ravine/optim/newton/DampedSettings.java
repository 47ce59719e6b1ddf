package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.ExampleCycle;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of a damped method that takes gradients, losses and curvature over different examples.
 *
 * @param <B> the builder itself
 */
abstract class DampedSettings<B extends DampedSettings<B>> extends FluentBuilder<B> {
    Curvature curvature = Curvature.GAUSS_NEWTON;
    int gradientExamples;
    int lossExamples;
    int curvatureExamples;
    double damping = 1;
    DampingRule dampingRule = DampingRule.levenbergMarquardt(3.0 / 2, 2.0 / 3);
    double smallestDamping;
    KroneckerFactors.Builder factors;
    FactorDamping factorDamping;
    double factorShare = 1;
    int invertEvery = 1;
    long seed;

    /** The settings by name, besides those that a state holds. */
    Map<String, Object> own() {
        Map<String, Object> own = new HashMap<>(
                Map.of("smallest_damping", smallestDamping, "factor_share", factorShare, "invert_every", invertEvery));
        own.put("factors", factors == null ? null : factors.toString());
        own.put("factor_damping", factorDamping);
        return own;
    }

    /** The preconditioner of conjugate gradients. */
    Preconditioning preconditioning() {
        return factors == null
                ? Preconditioning.NONE
                : new KroneckerPreconditioning(
                        new KroneckerSettings(factors.copy(), factorDamping, factorShare, invertEvery));
    }

    ExampleCycle cycle(double growth) {
        return new ExampleCycle(gradientExamples, lossExamples, curvatureExamples, growth);
    }

    /**
     * The matrix of the quadratic model.
     *
     * @param matrix Gauss-Newton without it. With the Hessian, which may be indefinite, conjugate gradients end at the
     *     first direction of nonpositive curvature and keep the iterate before it; blocks that are written out are
     *     shifted until they are positive definite
     * @return this
     */
    public B curvature(Curvature matrix) {
        if (!Curvature.ofLoss().contains(Objects.requireNonNull(matrix, "matrix"))) {
            throw new IllegalArgumentException(matrix + " is no second derivative of a loss, so no model is made of it;"
                    + " take one of " + Curvature.ofLoss());
        }
        this.curvature = matrix;
        return self();
    }

    /**
     * The number of examples used for a gradient. Steps cycle through the data.
     *
     * @param examples at least 1, or 0 for all
     * @return this
     */
    public B gradientExamples(int examples) {
        this.gradientExamples = Check.notNegative("the number of examples", examples);
        return self();
    }

    /**
     * The number of examples used to evaluate candidate steps and for the reported loss. They begin with the gradient's
     * first example. More examples than the gradient has guard against steps that suit only the gradient's; fewer make
     * trials cheaper.
     *
     * @param examples at least 1, or 0 for the gradient's, whose loss comes with it
     * @return this
     */
    public B lossExamples(int examples) {
        this.lossExamples = Check.notNegative("the number of examples", examples);
        return self();
    }

    /**
     * The number of examples used for curvature, out of the gradient's. Steps cycle through them.
     *
     * @param examples at least 1, or 0 for a tenth, but at least 2,000 if there are that many
     * @return this
     */
    public B curvatureExamples(int examples) {
        this.curvatureExamples = Check.notNegative("the number of examples", examples);
        return self();
    }

    /**
     * The damping of the first step.
     *
     * @param lambda positive; for an objective that is a mean, 1 is large for classifiers and small for autoencoders
     * @return this
     */
    public B damping(double lambda) {
        this.damping = Check.positive("damping", lambda);
        return self();
    }

    /**
     * How damping changes from step to step.
     *
     * @param rule Levenberg-Marquardt's with 3/2 and 2/3 without it
     * @return this
     */
    public B dampingRule(DampingRule rule) {
        this.dampingRule = Objects.requireNonNull(rule, "rule");
        return self();
    }

    /**
     * The smallest damping. A model of few examples can look better and better while steps fit those examples alone; a
     * floor keeps them short.
     *
     * @param lambda which damping does not go below, not negative; 0 without it
     * @return this
     */
    public B smallestDamping(double lambda) {
        this.smallestDamping = Check.notNegative("the smallest damping", lambda);
        return self();
    }

    /**
     * Preconditions conjugate gradients by the damped inverse of Kronecker factors, made from the curvature's examples
     * at each step, with the damping and L2 of the step. They need several times fewer iterations than with a diagonal:
     * see {@code docs/optimizers.md}.
     *
     * @param settings how factors are made; an average over steps ({@link KroneckerFactors.Builder#averaging}) is kept
     *     in the state
     * @param kind how they are damped
     * @return this
     */
    public B kroneckerPreconditioner(KroneckerFactors.Builder settings, FactorDamping kind) {
        this.factors = settings.copy();
        this.factorDamping = Objects.requireNonNull(kind, "kind");
        return self();
    }

    /**
     * How much is computed for the preconditioner of Kronecker factors.
     *
     * @param share the part of the curvature's examples that factors are made from, above 0, up to 1; 1 without it
     * @param every how many steps an inverse is used, at least 1; 1 without it. The first three steps invert anyway
     * @return this
     */
    public B factorUpdates(double share, int every) {
        this.factorShare = Check.share("the share of the curvature's examples for factors", share);
        this.invertEvery = Check.atLeastOne("the number of steps", every);
        return self();
    }

    /**
     * The seed of noise.
     *
     * @param newSeed 0 without it
     * @return this
     */
    public B seed(long newSeed) {
        this.seed = newSeed;
        return self();
    }
}
