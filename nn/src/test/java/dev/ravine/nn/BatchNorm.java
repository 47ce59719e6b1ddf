package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;

/** Standardizes each column by the batch's mean and variance in training, and passes everything in evaluation. */
final class BatchNorm extends Module {
    private final Parameter gain;

    BatchNorm(long width) {
        gain = parameter("gain", Initializer.ones(), width);
    }

    @Override
    public Tensor forward(Tensor x) {
        return (isTraining() ? standardized(x) : x).mul(gain.tensor());
    }

    static Tensor standardized(Tensor x) {
        Tensor centered = x.sub(x.meanKeeping(0));
        return centered.div(centered.square().meanKeeping(0).add(1e-2).sqrt());
    }

    @Override
    public boolean rowsMix() {
        return isTraining();
    }
}
