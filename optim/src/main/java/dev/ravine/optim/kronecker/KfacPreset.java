package dev.ravine.optim.kronecker;

import dev.ravine.optim.secondorder.DampingRule;

/** Settings of published programs of K-FAC. */
enum KfacPreset {
    /** Those of {@link Kfac#builder}. */
    NONE {
        @Override
        <B extends KfacSettings<B>> B applyTo(B builder) {
            return builder;
        }
    },
    /** Martens' MATLAB program. */
    REFERENCE {
        @Override
        <B extends KfacSettings<B>> B applyTo(B builder) {
            double w = Math.pow(0.95, 5);
            builder.factors
                    .cotangents(Cotangents.SAMPLED)
                    .averaging(FactorAveraging.MARTENS, 0.95)
                    .tridiagonal(true);
            return published(builder)
                    .factorShare(0.125)
                    .batchReachingAll(1000, 500)
                    .damping(150)
                    .dampingRule(5, DampingRule.levenbergMarquardt(1 / w, w), 0)
                    .gammaRule(20, Math.pow(0.95, 10), 0, 1)
                    .gammaAboveL2()
                    .inverses(20, 3)
                    .withoutRejection();
        }
    },
    /** kfac-jax with all adaptive settings. */
    KFAC_JAX {
        @Override
        <B extends KfacSettings<B>> B applyTo(B builder) {
            double w = Math.pow(0.9, 5);
            builder.factors.cotangents(Cotangents.RADEMACHER).averaging(FactorAveraging.WEIGHTED_MEAN, 0.95);
            return published(builder)
                    .factorShare(1)
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
    },
    /** K-FAC in the paper on K-BFGS. */
    KBFGS {
        @Override
        <B extends KfacSettings<B>> B applyTo(B builder) {
            builder.factors.cotangents(Cotangents.SAMPLED).averaging(FactorAveraging.EXPONENTIAL, 0.9);
            return published(builder)
                    .batch(1000, 1)
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
    };

    /** Gives a builder these settings. */
    abstract <B extends KfacSettings<B>> B applyTo(B builder);

    /** Batches without overlap, the model over all of them, and momentum of either sign. */
    private static <B extends KfacSettings<B>> B published(B builder) {
        return builder.overlap(0).modelExamples(1, 1).negativeMomentum();
    }
}
