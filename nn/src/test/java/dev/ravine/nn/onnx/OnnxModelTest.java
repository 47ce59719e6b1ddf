package dev.ravine.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv1d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.MultiheadAttention;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be written is an error that names the layer. The module onnx tests what is written. */
class OnnxModelTest {
    private static void assertRefused(String message, Module net, long... example) {
        net.initialize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxModel.of(net, example))
                .withMessageContaining(message);
    }

    @Test
    void anotherLayerIsNamedWithItsPath() {
        assertRefused(
                "Sequential.1.body: a layer of dev.ravine.nn.layers.MultiheadAttention cannot be written as ONNX;"
                        + " expected Sequential, Residual or one of Linear, Activation, ",
                new Sequential(new Linear(4, 4), new Residual(new MultiheadAttention(4, 2))),
                3,
                4);
    }

    @Test
    void anotherFunctionIsNamedWithItsPath() {
        assertRefused(
                "Sequential.1: this activation has a function of its own",
                new Sequential(
                        new Linear(2, 2), new Activation("tanh", x -> x.tanh().square())),
                2);
        assertRefused(
                "Rnn: this Rnn has a function of its own as activation",
                new Rnn(RecurrentSettings.of(2, 3), x -> x.square()),
                4,
                2);
    }

    @Test
    void sizesThatDoNotFitAreNamedWithTheirLayer() {
        assertRefused(
                "in layer 'Sequential.1': linear: needs examples whose last axis has 5, found examples of [4]",
                new Sequential(new Linear(3, 4), new Linear(5, 2)),
                3);
        assertRefused("conv2d: needs examples with 3 axes", new Conv2d(1, 2, 3), 28, 28);
        assertRefused("a window of size 3", new Conv2d(1, 2, 3), 2, 2, 1);
        assertRefused("lstm: needs sequences [examples, time, 3], found examples of [3]", new Lstm(3, 4), 3);
        assertRefused("the body must keep the shape", new Residual(new Linear(3, 2)), 3);
        assertRefused("must be at least 1, or -1 for any, found [0]", new Linear(3, 2), 0);
    }

    @Test
    void anyLengthIsRefusedWhereTheLayerNeedsOne() {
        assertRefused("flatten: needs examples of fixed sizes", new Flatten(), OnnxModel.ANY, 2);
        assertRefused(
                "conv1d with \"same\" padding and a stride",
                Conv1d.builder(2, 2, Window.Axis.of(3).stride(2)).same().build(),
                OnnxModel.ANY,
                2);
    }

    @Test
    void probabilitiesNeedOneRowOfOutputs() {
        Module net = new Linear(2, 3);
        net.initialize(1);
        assertThatThrownBy(() -> OnnxModel.builder(net, 4, 2).probabilities().build())
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("found outputs of sizes [4, 3]");
    }

    @Test
    void numbersArePermutedAndJoinedAsInNumPy() {
        float[] values = new float[24];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Numbers numbers = new Numbers(values, 2, 3, 4);
        // np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)
        Numbers turned = numbers.permuted(2, 0, 1);
        assertThat(turned.sizes()).containsExactly(4, 2, 3);
        assertThat(Arrays.copyOf(turned.values(), 8)).containsExactly(0, 4, 8, 12, 16, 20, 1, 5);
        assertThat(new Numbers(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
                        .reordered(List.of(2, 0, 1))
                        .values())
                .containsExactly(5, 6, 1, 2, 3, 4);
        assertThat(Numbers.stacked(Numbers.row(1, 2), Numbers.row(3, 4)).sizes())
                .containsExactly(2, 2);
        assertThat(Numbers.joined(Numbers.row(1, 2), Numbers.row(3)).values()).containsExactly(1, 2, 3);
    }
}
