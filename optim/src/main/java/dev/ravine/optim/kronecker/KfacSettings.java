package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.DampingText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;

/**
 * Settings of {@link Kfac}.
 *
 * @param <B> the builder itself
 */
abstract class KfacSettings<B extends KfacSettings<B>> extends KfacExamples<B> {
    KroneckerFactors.Builder factors =
            KroneckerFactors.builder().cotangents(Cotangents.RADEMACHER).averaging(FactorAveraging.MARTENS, 0.95);
    FactorDamping factorDamping = FactorDamping.TRACE;
    Curvature curvature = Curvature.GAUSS_NEWTON;
    double damping = 0.1;
    int dampingEvery = 5;
    DampingRule dampingRule = DampingRule.levenbergMarquardt(1 / Math.pow(0.95, 5), Math.pow(0.95, 5));
    double smallestDamping = 1e-4;
    double gamma;
    int gammaEvery = 20;
    double gammaFactor = Math.pow(0.95, 10);
    double smallestGamma = 1e-4;
    double largestGamma = Double.MAX_VALUE;
    int invertEvery = 20;
    int invertFirst = 3;
    int updateEvery = 1;
    boolean rejects = true;
    long seed;

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

    /** Whether a step, counted from 1, computes an inverse even if no gamma is chosen. */
    boolean inverts(long k) {
        return k % invertEvery == inversePhase % invertEvery || k <= invertFirst;
    }

    /** Whether a step, counted from 1, updates the factors: every few steps, and before each inverse. */
    boolean updates(long k) {
        return k % updateEvery == inversePhase % updateEvery || inverts(k) || choosesGamma(k);
    }

    /** Whether a step, counted from 1, chooses among three gammas. */
    boolean choosesGamma(long k) {
        return !isFixed() && !followsDamping() && k > 1 && k % gammaEvery == 0;
    }

    /** Whether gamma is the root of lambda and L2 at each inverse. */
    boolean followsDamping() {
        return gammaFollowsDamping || (dampingSchedule != null && gamma == 0);
    }

    /** The settings by name, besides those that a state holds. */
    Map<String, Object> own() {
        Map<String, Object> own = new HashMap<>(Map.of(
                "factors", factors.toString(),
                "factor_damping", factorDamping,
                "curvature", curvature,
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
                "rejects", rejects));
        if (updateEvery > 1) { // which earlier versions did not have, so that their checkpoints go on
            own.put("update_every", updateEvery);
        }
        own.putAll(examples());
        own.putAll(variants());
        return own;
    }

    /** Lambda after a ratio. */
    double nextDamping(double lambda, double ratio) {
        return Math.max(dampingRule.next(lambda, ratio), smallestDamping);
    }

    /** Below it an inverse is that of rounding. */
    double smallestGamma(double meanDiagonal, double l2) {
        double ofL2 = gammaAboveL2 ? Math.sqrt(l2) : 0;
        return Math.max(Math.max(smallestGamma * Math.sqrt(meanDiagonal), ofL2), Math.sqrt(Double.MIN_NORMAL));
    }

    /** The three gammas of a choice. */
    List<Double> gammas(double present, double smallest) {
        return DoubleStream.of(present * gammaFactor, present, present / gammaFactor)
                .map(wanted -> Math.max(smallest, Math.min(largestGamma, wanted)))
                .boxed()
                .toList();
    }

    /** Factors without the parameters that a first-order rule trains. */
    KroneckerFactors.Builder factorsOf() {
        return rest == null ? factors : factors.copy().leaveOut(restGroups);
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
     * Whether inverses know the cross moments of each layer with the next one, as
     * {@link KroneckerFactors.Builder#tridiagonal}.
     *
     * @param on false without it
     * @return this
     */
    public B tridiagonal(boolean on) {
        factors.tridiagonal(on);
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
     * The first damping lambda of the model over rate and momentum, in place of {@link #damping(Schedule) a schedule}.
     *
     * @param lambda not negative; 0.1 without it
     * @return this
     */
    public B damping(double lambda) {
        this.damping = Check.notNegative("damping", lambda);
        this.dampingSchedule = null;
        return self();
    }

    /**
     * How lambda changes. The ratio is measured every few steps, over the examples of the step.
     *
     * @param every how many steps; 5 without it
     * @param rule Levenberg-Marquardt's with 0.95^5 and its inverse without it
     * @param smallest which it does not go below, not negative; 1e-4 without it
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
     * @param largest the largest gamma that is chosen; none without it; a larger first gamma stays until then
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
     * When factors are updated. An inverse is always that of updated factors.
     *
     * @param every how many steps factors are used; 1 without it. The average over steps has a longer memory then
     * @return this
     */
    public B updates(int every) {
        this.updateEvery = Check.atLeastOne("the number of steps", every);
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
