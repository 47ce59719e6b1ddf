package dev.ravine.cli.study;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.examples.MnistSubset;
import java.io.IOException;

/** Handwritten digits with fewer pixels: the means of square patches. */
final class SmallDigits {
    private static final int SIDE = 28;

    private SmallDigits() {}

    /** The first digits of the training set, each of (28 / patch)^2 numbers in [0, 1]. */
    static DataSet load(int examples, int patch, DType dtype) throws IOException {
        DataSet digits = MnistSubset.load().train().range(0, examples);
        double[] pixels = Arena.toDoubles(digits.features());
        int side = SIDE / patch;
        double[] means = new double[examples * side * side];
        for (int i = 0; i < pixels.length; i++) {
            int row = i / SIDE % SIDE;
            int example = i / (SIDE * SIDE);
            int to = (example * side + row / patch) * side + i % SIDE / patch;
            means[to] += pixels[i] / (patch * patch);
        }
        return DataSet.of(Arena.of(dtype, Shape.of(examples, means.length / examples), means), digits.targets());
    }
}
