package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.ExampleCycle;
import java.util.Objects;

/**
 * Settings of a damped method that takes gradients, losses and curvature over different examples.
 *
 * @param <B> the builder itself
 */
abstract class DampedSettings<B extends DampedSettings<B>> {
    Curvature curvature = Curvature.GAUSS_NEWTON;
    int gradientExamples;
    int lossExamples;
    int curvatureExamples;
    double damping = 1;
    DampingRule dampingRule = DampingRule.levenbergMarquardt(3.0 / 2, 2.0 / 3);
    long seed;

    @SuppressWarnings("unchecked")
    B self() {
        return (B) this;
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
        this.curvature = Objects.requireNonNull(matrix, "matrix");
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
