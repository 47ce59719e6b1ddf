package dev.ravine.optim.kronecker;

/** How factors of earlier steps are kept. */
public enum FactorAveraging {
    /** new factors = f old + (1 - f) present, with f = min(1 - 1/k, decay) at update k from 1 (Martens and Grosse, 2015). */
    MARTENS {
        @Override
        double kept(long k, double decay) {
            return Math.min(1 - 1.0 / k, decay);
        }
    },
    /** The mean of all updates with weights decay^age, as in kfac-jax. */
    WEIGHTED_MEAN {
        @Override
        double kept(long k, double decay) {
            double weights = decay == 1 ? (double) k : (1 - Math.pow(decay, (double) k)) / (1 - decay);
            return 1 - 1 / weights;
        }
    };

    /**
     * The weight of the old factors.
     *
     * @param k the number of the update, from 1
     * @param decay from 0 to 1
     */
    abstract double kept(long k, double decay);
}
