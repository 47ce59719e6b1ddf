package dev.ravine.optim.matrix;

/** The factor by which {@link Muon} multiplies a step, by the shape of the flattened weight [inputs, outputs]. */
public enum MuonAdjustment {
    /** sqrt(max(1, outputs / inputs)): Keller Jordan's. */
    ORIGINAL {
        @Override
        double factor(int inputs, int outputs) {
            return Math.sqrt(Math.max(1, (double) outputs / inputs));
        }
    },
    /**
     * 0.2 sqrt(max(inputs, outputs)): the root mean square of a step is then about that of AdamW, so that learning rate
     * and weight decay of AdamW carry over (Liu et al., "Muon is scalable for LLM training", 2025).
     */
    MATCH_RMS_ADAMW {
        @Override
        double factor(int inputs, int outputs) {
            return 0.2 * Math.sqrt(Math.max(inputs, outputs));
        }
    };

    abstract double factor(int inputs, int outputs);
}
