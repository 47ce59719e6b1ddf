package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.Sequential;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The snippets of docs/convolution.md. */
class ConvolutionPageTest {
    @Test
    void aNetOfConvolutions() {
        Module net = new Sequential(
                new Conv2d(1, 32, 5), // [examples, 28, 28, 1] to [examples, 24, 24, 32]
                Activation.relu(),
                new MaxPool2d(2),
                Conv2d.builder(32, 64, Window.of(3, 3).stride(2)).same().build(),
                Activation.relu(),
                new Flatten(),
                new Linear(6 * 6 * 64, 10));
        net.initialize(1);
        assertThat(net.apply(Tensor.fill(DType.FLOAT32, Shape.of(2, 28, 28, 1), 0.5))
                        .shape())
                .isEqualTo(Shape.of(2, 10));
    }

    private static INDArray random(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        Rng rng = new Rng(seed);
        double[] values = new double[(int) shape.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rng.nextGaussian();
        }
        return Arena.of(DType.FLOAT64, shape, values);
    }

    /** Against the definitions of PyTorch's layers, written as loops over its layouts. */
    @Test
    void weightsOfPyTorchGiveItsOutputs() {
        long c = 2;
        long f = 3;
        long h = 3;
        long w = 2;
        long outputs = 4;
        INDArray kernelOfPyTorch = random(1, f, c, 2, 3);
        INDArray denseOfPyTorch = random(2, outputs, f * h * w);
        INDArray imagesOfPyTorch = random(3, 1, c, h + 1, w + 2);

        Tensor kernel = Tensor.constant(kernelOfPyTorch).permute(2, 3, 1, 0);
        Tensor dense = Tensor.constant(denseOfPyTorch)
                .reshape(outputs, f, h, w)
                .permute(2, 3, 1, 0)
                .reshape(h * w * f, outputs);
        Map<String, INDArray> state = new LinkedHashMap<>();
        state.put("0.weight", kernel.value());
        state.put("2.weight", dense.value());
        Tensor images = Tensor.constant(imagesOfPyTorch).permute(0, 2, 3, 1);

        Module net = new Sequential(
                Conv2d.builder(c, f, Window.of(2, 3)).build(), new Flatten(), new Linear(f * h * w, outputs));
        net.initialize(DType.FLOAT64, 1);
        state.put("0.bias", Arena.create(DType.FLOAT64, Shape.of(f)));
        state.put("2.bias", Arena.create(DType.FLOAT64, Shape.of(outputs)));
        net.loadStateDict(state);
        assertThat(Arena.toDoubles(net.apply(images).value()))
                .containsExactly(outputsOfPyTorch(kernelOfPyTorch, denseOfPyTorch, imagesOfPyTorch), within(1e-12));
    }

    private static double[] outputsOfPyTorch(INDArray kernel, INDArray dense, INDArray images) {
        double[] out = new double[4];
        for (int o = 0; o < 4; o++) {
            for (int i = 0; i < 18; i++) {
                int f = i / 6;
                int y = i / 2 % 3;
                int x = i % 2;
                double hidden = 0;
                for (int c = 0; c < 2; c++) {
                    for (int a = 0; a < 2; a++) {
                        for (int b = 0; b < 3; b++) {
                            hidden += kernel.getDouble(f, c, a, b) * images.getDouble(0, c, y + a, x + b);
                        }
                    }
                }
                out[o] += dense.getDouble(o, i) * hidden;
            }
        }
        return out;
    }
}
