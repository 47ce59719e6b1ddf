package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program of convolutions has as many products as one of dense layers. */
class ConvolutionProgramTest {
    private static boolean isProduct(Computation op) {
        return op instanceof AddableProduct || op instanceof AddableProduct.PlusProduct;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void productsAreAsFewAsTheoryAllows(int layers) {
        Window window = Window.of(3, 2).padding(1, 1, 0, 1);
        List<Tensor> parameters = new ArrayList<>();
        Tensor h = Tensor.fill(DType.FLOAT64, Shape.of(2, 4, 5, 2), 0.3).add(numbers(Shape.of(2, 4, 5, 2)));
        for (int l = 0; l < layers; l++) {
            parameters.add(
                    Tensor.variable("w" + l, numbers(Shape.of(3, 2, 2, 2)).value()));
            parameters.add(Tensor.variable("b" + l, numbers(Shape.of(2)).value()));
            h = h.conv2d(parameters.get(2 * l), window, 1).add(parameters.get(2 * l + 1));
            h = l < layers - 1 ? h.tanh() : h;
        }
        Tensor outputs = h;
        Tensor loss = outputs.square().square().sum();
        List<Tensor> directions = parameters.stream()
                .map(p -> Tensor.input("v", p.dtype(), p.shape()))
                .toList();
        Tensor v = directions.get(0);
        try (Program gradient = Program.of(parameters, Autodiff.gradient(loss, parameters));
                Program hvp = Program.of(directions, Autodiff.hvp(loss, parameters, directions));
                Program gnv =
                        Program.of(directions, Autodiff.gaussNewtonVector(loss, outputs, parameters, directions))) {
            assertThat(gradient.plannedOps(ConvolutionProgramTest::isProduct)).isEqualTo(3 * layers - 1);
            assertThat(hvp.plannedOps(ConvolutionProgramTest::isProduct, v)).isEqualTo(6 * layers - 4);
            assertThat(gnv.plannedOps(ConvolutionProgramTest::isProduct, v)).isEqualTo(4 * layers - 2);
        }
    }

    private static Tensor numbers(Shape shape) {
        double[] values = new double[(int) shape.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sin(0.7 * i + 0.1);
        }
        return Tensor.constant(Arena.of(DType.FLOAT64, shape, values));
    }
}
