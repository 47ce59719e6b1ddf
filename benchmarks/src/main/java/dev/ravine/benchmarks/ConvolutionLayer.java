package dev.ravine.benchmarks;

import dev.ravine.core.Window;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Conv2d;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution with a square window and stride 1.
 *
 * @param size of the window
 * @param padding on each side
 * @param in channels
 * @param out channels
 * @param outSize lines and columns of the result
 */
record ConvolutionLayer(int size, int padding, int in, int out, int outSize) implements Layer {
    /** Patches that a product takes at once: as many numbers as fit into a processor's own cache. */
    private static final int NUMBERS = 1 << 18;

    @Override
    public List<Weights> weights() {
        return List.of(Weights.normal(size, size, in, out), Weights.bias(out));
    }

    @Override
    public Module ravine() {
        Window window = Window.of(size, size).padding(padding, padding, padding, padding);
        return Conv2d.builder(in, out, window).build();
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        long[] padded = {padding, padding};
        return torch.conv2d(
                x,
                weights.get(0).permute(3, 2, 0, 1),
                new TensorOptional(weights.get(1)),
                new long[] {1, 1},
                padded,
                new long[] {1, 1},
                1);
    }

    /** Products of patches that lie in the cache, which is kinder than a real net is. */
    @Override
    public List<Consumption> consumptions(int examples) {
        int all = examples * outSize * outSize;
        int patch = size * size * in;
        int chunk = Math.max(1, NUMBERS / patch);
        List<Consumption> parts = new ArrayList<>();
        if (all >= chunk) {
            parts.add(new Consumption(chunk, patch, out, all / chunk, true));
        }
        if (all % chunk > 0) {
            parts.add(new Consumption(all % chunk, patch, out, 1, true));
        }
        return parts;
    }

    @Override
    public String toString() {
        return "conv:" + out + "," + size + (padding > 0 ? ",same" : "");
    }
}
