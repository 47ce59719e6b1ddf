package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies a short row over a whole array, such as a bias of few channels over the outputs of a convolution. As many rows
 * as fit into a chunk are put together once, and written again and again: a copy for each row would take several times
 * as long.
 */
final class RepeatedRow {
    private RepeatedRow() {}

    /** Whether an array is a row that repeats in a shape, and at least two of it fit into a chunk. */
    static boolean fits(INDArray x, Shape shape) {
        if (!DType.of(x).isFloating()
                || x.isEmpty()
                || shape.count() == 0
                || !Shape.of(x).broadcastsTo(shape)) {
            return false;
        }
        BroadcastInput input = BroadcastInput.of(x, shape);
        return input != null && input.repeat() == 1 && input.period() <= Scratch.CHUNK / 2;
    }

    static Kernel of(INDArray x, INDArray y) {
        BroadcastInput row = BroadcastInput.of(x, Shape.of(y));
        Elements to = Elements.of(y);
        int size = to.size();
        int most = Math.min(size, Scratch.CHUNK / row.period() * row.period());
        if (DType.of(y) == DType.FLOAT32) {
            return () -> {
                float[] rows = Scratch.ofThread().floats[0];
                row.read(0, most, rows);
                for (int i = 0; i < size; i += most) {
                    to.write(i, Math.min(most, size - i), rows);
                }
            };
        }
        return () -> {
            double[] rows = Scratch.ofThread().doubles[0];
            row.read(0, most, rows);
            for (int i = 0; i < size; i += most) {
                to.write(i, Math.min(most, size - i), rows);
            }
        };
    }
}
