package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.DampingText;
import dev.ravine.optim.secondorder.ExampleCycle;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of {@link Kfac}.
 *
 * @param <B> the builder itself
 */
abstract class KfacSettings<B extends KfacSettings<B>> implements Cloneable {
    KroneckerFactors.Builder factors =
            KroneckerFactors.builder().cotangents(Cotangents.RADEMACHER).averaging(FactorAveraging.MARTENS, 0.95);
    FactorDamping factorDamping = FactorDamping.TRACE;
    Curvature curvature = Curvature.GAUSS_NEWTON;
    int batch = 500;
    double growth = Math.pow(2, 1.0 / 150);
    double factorShare = 0.25;
    double damping = 3;
    int dampingEvery = 5;
    DampingRule dampingRule = DampingRule.levenbergMarquardt(1 / Math.pow(0.95, 5), Math.pow(0.95, 5));
    double smallestDamping = 1e-8;
    double gamma;
    int gammaEvery = 20;
    double gammaFactor = Math.pow(0.95, 10);
    double smallestGamma = 1e-4;
    double largestGamma = Double.MAX_VALUE;
    int invertEvery = 20;
    int invertFirst = 3;
    boolean rejects = true;
    double rate = Double.NaN;
    double momentum = Double.NaN;
    long seed;

    @SuppressWarnings("unchecked")
    private B self() {
        return (B) this;
    }

    /** The settings as they are now, whatever becomes of these. */
    B copy() {
        try {
            @SuppressWarnings("unchecked")
            B copy = (B) clone();
            copy.factors = factors.copy();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every builder can be cloned", e);
        }
    }

    boolean isFixed() {
        return !Double.isNaN(rate);
    }

    /** The settings by name, besides those that a state holds. */
    Map<String, Object> own() {
        Map<String, Object> own = new HashMap<>(Map.of(
                "factors", factors.toString(),
                "factor_damping", factorDamping,
                "curvature", curvature,
                "factor_share", factorShare,
                "first_damping", damping,
                "damping_every", dampingEvery,
                "damping_rule", DampingText.of(dampingRule),
                "smallest_damping", smallestDamping,
                "first_gamma", gamma,
                "gamma_every", gammaEvery));
        own.putAll(Map.of(
                "gamma_factor", gammaFactor,
                "smallest_gamma", smallestGamma,
                "largest_gamma", largestGamma,
                "invert_every", invertEvery,
                "invert_first", invertFirst,
                "rejects", rejects,
                "rate", rate,
                "momentum", momentum));
        return own;
    }

    ExampleCycle cycle() {
        return new ExampleCycle(batch, 0, 0, growth);
    }

    /**
     * How factors are made: which cotangents, and how they are averaged.
     *
     * @param settings {@link Cotangents#RADEMACHER} and an average with decay 0.95 without it
     * @return this
     */
    public B factors(KroneckerFactors.Builder settings) {
        this.factors = settings.copy();
        return self();
    }

    /**
     * How factors are damped before they are inverted.
     *
     * @param kind {@link FactorDamping#TRACE} without it
     * @return this
     */
    public B factorDamping(FactorDamping kind) {
        this.factorDamping = Objects.requireNonNull(kind, "kind");
        return self();
    }

    /**
     * The exact matrix of the model over rate and momentum.
     *
     * @param matrix Gauss-Newton without it
     * @return this
     */
    public B curvature(Curvature matrix) {
        this.curvature = Objects.requireNonNull(matrix, "matrix");
        return self();
    }

    /**
     * The examples of a step. Steps cycle through the data.
     *
     * @param first of the first steps, at least 1, or 0 for all; 500 without it
     * @param factor their number doubles whenever factor^step has, up to all examples; at least 1, 1.0046 without it,
     *     which doubles it in 150 steps
     * @return this
     */
    public B batch(int first, double factor) {
        this.batch = Check.notNegative("the number of examples", first);
        this.growth = Check.growth("growth", factor);
        return self();
    }

    /**
     * The part of a step's examples from which factors are made.
     *
     * @param share above 0, up to 1; 1/4 without it
     * @return this
     */
    public B factorShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "the share of examples for factors must be above 0 and at most 1, found " + share);
        }
        this.factorShare = share;
        return self();
    }

    /**
     * The first damping lambda of the model over rate and momentum.
     *
     * @param lambda not negative; 3 without it
     * @return this
     */
    public B damping(double lambda) {
        this.damping = Check.notNegative("damping", lambda);
        return self();
    }

    /**
     * How lambda changes. The ratio is measured every few steps, over the examples of the step.
     *
     * @param every how many steps; 5 without it
     * @param rule Levenberg-Marquardt's with 0.95^5 and its inverse without it
     * @param smallest which it does not go below, not negative; 1e-8 without it
     * @return this
     */
    public B dampingRule(int every, DampingRule rule, double smallest) {
        this.dampingEvery = Check.atLeastOne("the number of steps", every);
        this.dampingRule = Objects.requireNonNull(rule, "rule");
        this.smallestDamping = Check.notNegative("the smallest damping", smallest);
        return self();
    }

    /**
     * The first gamma, square root of the damping of the factors.
     *
     * @param first positive; the square root of lambda and L2 without it
     * @return this
     */
    public B gamma(double first) {
        this.gamma = Check.positive("gamma", first);
        return self();
    }

    /**
     * How gamma changes: every few steps the best of gamma, gamma times a factor and gamma over it, by the model.
     *
     * @param every how many steps, a multiple of those between inverses; 20 without it
     * @param factor from 0 to below 1; 0.95^10 without it
     * @param smallest the smallest gamma, as a fraction of the square root of the factors' mean diagonal; 1e-4 without
     *     it
     * @param largest the largest gamma; none without it
     * @return this
     */
    public B gammaRule(int every, double factor, double smallest, double largest) {
        this.gammaEvery = Check.atLeastOne("the number of steps", every);
        this.gammaFactor = Check.fraction("the factor of gamma", factor);
        this.smallestGamma = Check.notNegative("the smallest gamma", smallest);
        this.largestGamma = Check.positive("the largest gamma", largest);
        return self();
    }

    /**
     * When factors are inverted.
     *
     * @param every how many steps an inverse is used; 20 without it
     * @param first how many of the first steps invert anyway; 3 without it
     * @return this
     */
    public B inverses(int every, int first) {
        this.invertEvery = Check.atLeastOne("the number of steps", every);
        this.invertFirst = Check.notNegative("the number of first steps", first);
        return self();
    }

    /**
     * Accepts steps after which the loss over their own examples is higher, as the published code does. It is known at
     * the steps at which damping changes.
     *
     * @return this
     */
    public B withoutRejection() {
        this.rejects = false;
        return self();
    }

    /**
     * Takes the same rate and momentum at every step instead of those that minimise the model. Damping and gamma then
     * stay as they are. A step costs less than half. For small batches, whose noise misleads the model.
     *
     * @param newRate positive
     * @param newMomentum from 0 to below 1
     * @return this
     */
    public B fixed(double newRate, double newMomentum) {
        this.rate = Check.positive("the rate", newRate);
        this.momentum = Check.fraction("momentum", newMomentum);
        return self();
    }

    /**
     * The seed of drawn targets and other noise.
     *
     * @param newSeed 0 without it
     * @return this
     */
    public B seed(long newSeed) {
        this.seed = newSeed;
        return self();
    }
}
