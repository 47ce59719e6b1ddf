package dev.ravine.optim.kronecker;

import dev.ravine.optim.secondorder.DampingRule;

/** Settings of published programs of K-FAC. */
final class KfacPresets {
    private KfacPresets() {}

    /** Martens' MATLAB program, but block-diagonal. */
    static Kfac.Builder reference(Kfac.Builder builder) {
        double w = Math.pow(0.95, 5);
        builder.factors.cotangents(Cotangents.SAMPLED).averaging(FactorAveraging.MARTENS, 0.95);
        return builder.factorShare(0.125)
                .batchReachingAll(1000, 500)
                .damping(150)
                .dampingRule(5, DampingRule.levenbergMarquardt(1 / w, w), 0)
                .gammaRule(20, Math.pow(0.95, 10), 0, 1)
                .gammaAboveL2()
                .inverses(20, 3)
                .withoutRejection();
    }

    /** kfac-jax with all adaptive settings. */
    static Kfac.Builder kfacJax(Kfac.Builder builder) {
        double w = Math.pow(0.9, 5);
        builder.factors.cotangents(Cotangents.RADEMACHER).averaging(FactorAveraging.WEIGHTED_MEAN, 0.95);
        return builder.factorShare(1)
                .burnIn(10)
                .damping(150)
                .dampingRule(5, DampingRule.levenbergMarquardt(1 / w, w), 1e-8)
                .ratioWithoutDamping()
                .gammaRule(20, 0.5, 0, Double.MAX_VALUE)
                .gammaFollowsDamping()
                .inverses(5, 0)
                .inversePhase(1)
                .withoutRejection();
    }

    /** K-FAC in the paper on K-BFGS. */
    static Kfac.Builder kbfgsPaper(Kfac.Builder builder) {
        builder.factors.cotangents(Cotangents.SAMPLED).averaging(FactorAveraging.EXPONENTIAL, 0.9);
        return builder.batch(1000, 1)
                .factorShare(1)
                .burnInEpoch()
                .averageGradients(0.9)
                .fixed(1, 0)
                .damping(3)
                .gamma(Math.sqrt(3))
                .gammaRule(20, 0.5, 0, Double.MAX_VALUE)
                .factorDamping(FactorDamping.EQUAL)
                .inverses(20, 20);
    }
}
