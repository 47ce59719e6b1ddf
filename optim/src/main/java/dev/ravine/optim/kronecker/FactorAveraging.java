package dev.ravine.optim.kronecker;

/** How factors of earlier steps are kept. */
public enum FactorAveraging {
    /**
     * new factors = f old + (1 - f) present, with f = min(1 - 1/k, decay) at update k from 1 (Martens and Grosse,
     * 2015).
     */
    MARTENS {
        @Override
        double kept(long k, long alike, double decay) {
            return Math.min(1 - 1.0 / k, decay);
        }
    },
    /** The mean of all updates with weights decay^age, as in kfac-jax. */
    WEIGHTED_MEAN {
        @Override
        double kept(long k, long alike, double decay) {
            long later = k - alike;
            double past = Math.pow(decay, (double) later);
            double weights = decay == 1 ? (double) k : past * alike + (1 - past) / (1 - decay);
            return 1 - 1 / weights;
        }
    },
    /** new factors = decay old + (1 - decay) present, from the first update on. */
    EXPONENTIAL {
        @Override
        double kept(long k, long alike, double decay) {
            return k == 1 ? 0 : decay;
        }
    };

    /**
     * The weight of the old factors at an update after those that count alike.
     *
     * @param k the number of the update, from 1
     * @param alike how many of the first updates count alike
     * @param decay from 0 to 1
     */
    abstract double kept(long k, long alike, double decay);
}
