package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A layer three times: in Ravine, in PyTorch, and as the matrix products that it needs. */
interface Layer {
    /** What it learns, in Ravine's order and layout. */
    default List<Weights> weights() {
        return List.of();
    }

    /** The layer in Ravine. */
    Module ravine();

    /**
     * The layer in PyTorch, as its users write it.
     *
     * @param x what comes in, an image with channels first
     * @param weights its parameters in Ravine's layout
     */
    Tensor pytorch(Tensor x, List<Tensor> weights);

    /** The rows that meet weights, for some examples. */
    default List<Consumption> consumptions(int examples) {
        return List.of();
    }
}
