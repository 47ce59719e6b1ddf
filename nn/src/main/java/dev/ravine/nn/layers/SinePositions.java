package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.nn.Module;

/**
 * Adds sines and cosines of the position to each step of a sequence, from [examples, time, width] to the same shape
 * (Vaswani et al., NIPS 2017, section 3.5): at step t, sin(t / 10000^(2 i / width)) to element 2 i and the cosine of
 * the same to element 2 i + 1. It has no parameters and takes sequences of any length.
 */
public final class SinePositions extends Module {
    private static final double LONGEST = 10_000;

    private final int width;

    /**
     * Makes a layer.
     *
     * @param width of a step
     */
    public SinePositions(int width) {
        this.width = Check.atLeastOne("positions: width", width);
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireSequence("positions", x, width);
        int steps = (int) x.shape().size(1);
        double[] waves = new double[steps * width];
        for (int i = 0; i < waves.length; i++) {
            int element = i % width;
            int step = i / width;
            double angle = step / Math.pow(LONGEST, (double) (element - element % 2) / width);
            waves[i] = element % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
        }
        return x.add(Tensor.constant(x.dtype(), Shape.of(steps, width), waves));
    }
}
