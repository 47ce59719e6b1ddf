package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * Adds a learned row to each step of a sequence, from [examples, time, width] to the same shape. Its parameter is
 * {@code weight} [length, width], which begins with numbers from N(0, 0.02^2), as in GPT-2. A sequence may be shorter
 * than the length, but not longer.
 */
public final class LearnedPositions extends Module {
    private final long length;
    private final long width;
    private final Parameter weight;

    /**
     * Makes a layer.
     *
     * @param length of the longest sequence
     * @param width of a step
     */
    public LearnedPositions(long length, long width) {
        this.length = Check.atLeastOne("positions: length", length);
        this.width = Check.atLeastOne("positions: width", width);
        weight = parameter("weight", Initializer.normal(0.02), new Fans(1, width), length, width);
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireSequence("positions", x, width);
        long steps = x.shape().size(1);
        requireRoom(steps, length, x);
        return x.add(steps == length ? weight.tensor() : firstRows(x.shape().size(0), steps));
    }

    static void requireRoom(long steps, long length, Tensor x) {
        if (steps > length) {
            throw new ShapeException("positions: there are " + length + " positions, but the sequences of " + x.shape()
                    + " have " + steps + " steps; make the layer for " + steps + " positions, or cut the sequences");
        }
    }

    /** For each example, so that statistics can tell the examples' gradients apart. */
    private Tensor firstRows(long examples, long steps) {
        long[] rows = new long[Math.toIntExact(examples * steps)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i % steps;
        }
        Tensor indices = Tensor.constant(Arena.ofIntegers(rows)).reshape(examples, steps);
        return weight.tensor().gather(indices);
    }
}
