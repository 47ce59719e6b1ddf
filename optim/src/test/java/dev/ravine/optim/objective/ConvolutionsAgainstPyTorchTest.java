package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.AdaptiveAvgPool2d;
import dev.ravine.nn.layers.AvgPool2d;
import dev.ravine.nn.layers.Conv1d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.ConvTranspose2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.Sequential;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nets with convolutions and pooling: outputs, gradients and curvature products are those of PyTorch. */
class ConvolutionsAgainstPyTorchTest {
    private record Case(String name, Module net, DataSet data) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("strided", strided(), ConvolutionFigures.data(5, 6, 2)),
                new Case("groups", groups(), ConvolutionFigures.data(4, 5, 4)),
                new Case("transposed", transposed(), ConvolutionFigures.data(6, 7, 1)),
                new Case("pools", pools(), ConvolutionFigures.data(7, 6, 1)),
                new Case("sequence", sequence(), ConvolutionFigures.data(7, 2)));
    }

    private static Module strided() {
        Window window = Window.of(3, 2).stride(2, 1).padding(1, 0, 2, 1).dilation(1, 2);
        return new Sequential(
                Conv2d.builder(2, 3, window).build(), Activation.tanh(), new Flatten(), new Linear(42, 3));
    }

    private static Module groups() {
        Window window = Window.of(2, 3).stride(1, 2).padding(0, 1, 1, 1);
        return new Sequential(
                Conv2d.builder(4, 6, Window.of(2, 2)).groups(2).withoutBias().build(),
                Activation.tanh(),
                Conv2d.builder(6, 6, window).groups(6).build(),
                Activation.tanh(),
                AdaptiveAvgPool2d.global(),
                new Flatten(),
                new Linear(6, 3));
    }

    private static Module transposed() {
        Window window = Window.of(3, 3).stride(2).padding(1);
        return new Sequential(
                Conv2d.builder(1, 2, window).build(),
                Activation.tanh(),
                ConvTranspose2d.builder(2, 4, window)
                        .outputPadding(1, 1)
                        .groups(2)
                        .build(),
                Activation.tanh(),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(48, 3));
    }

    private static Module pools() {
        return new Sequential(
                Conv2d.builder(1, 3, Window.of(3, 3)).same().build(),
                new MaxPool2d(Window.of(3, 3).stride(2).padding(1)),
                Activation.tanh(),
                new AvgPool2d(Window.of(2, 2).padding(1), false),
                new AvgPool2d(Window.of(3, 3).padding(1), true),
                new AdaptiveAvgPool2d(3, 2),
                new Flatten(),
                new Linear(18, 3));
    }

    private static Module sequence() {
        return new Sequential(
                Conv1d.builder(2, 4, Window.Axis.of(3).padding(4, 0).dilation(2))
                        .build(),
                Activation.tanh(),
                Conv1d.builder(4, 6, Window.Axis.of(2).stride(2).padding(0, 1))
                        .groups(2)
                        .build(),
                Activation.tanh(),
                new MeanOverTime(),
                new Linear(6, 3));
    }

    private static final class MeanOverTime extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return x.mean(1);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesGradientsAndProductsAreThoseOfPyTorch(Case c) throws IOException {
        ConvolutionFigures.start(c.net);
        try (SupervisedObjective objective = SupervisedObjective.builder(c.net, Loss.softmaxCrossEntropy(), c.data)
                .workers(new Workers(2))
                .build()) {
            INDArray theta = objective.theta();
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            double loss = objective.gradient(theta, Scope.all(), g);
            assertThat(Arena.toDoubles(objective.outputs(c.data)))
                    .containsExactly(ConvolutionFigures.of(c.name, "outputs"), within(1e-12));
            assertThat(loss).isCloseTo(ConvolutionFigures.of(c.name, "loss")[0], within(1e-12));
            assertThat(Arena.toDoubles(g)).containsExactly(ConvolutionFigures.of(c.name, "gradient"), within(1e-12));
            try (Linearization at = objective.linearize(theta, Scope.all())) {
                check(c, at, Curvature.HESSIAN, "hessian");
                check(c, at, Curvature.GAUSS_NEWTON, "gaussNewton");
                check(c, at, Curvature.FISHER, "gaussNewton");
                check(c, at, Curvature.EMPIRICAL_FISHER, "empiricalFisher");
            }
        }
    }

    private static void check(Case c, Linearization at, Curvature curvature, String quantity) throws IOException {
        INDArray v = ConvolutionFigures.vector(at.size());
        INDArray product = Arena.create(DType.FLOAT64, Shape.of(at.size()));
        at.product(curvature, v, product);
        assertThat(Arena.toDoubles(product))
                .as("%s of %s", quantity, c)
                .containsExactly(ConvolutionFigures.of(c.name, quantity), within(1e-11));
    }
}
