package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An optimizer stays with the number of parameters and examples that it began with. */
class SameObjectiveTest {
    static Stream<String> kinds() {
        return OptimizerCatalogue.load().kinds().stream().map(OptimizerKind::name);
    }

    private static SupervisedObjective objective(Module net, int examples) {
        return SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), Generators.twoMoons(examples, 0.1, 1));
    }

    private static Module net() {
        Module net = new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 2));
        net.initialize(DType.FLOAT64, 3);
        return net;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void moreOrFewerExamplesAreRefused(String kind) {
        Module net = net();
        for (int other : new int[] {4, 10}) {
            try (SupervisedObjective six = objective(net, 6);
                    SupervisedObjective objective = objective(net, other);
                    Optimizer optimizer = OptimizerCatalogue.load().kind(kind).make(Map.of(), net, 1)) {
                optimizer.step(six, six.theta());
                double[] before = Arena.toDoubles(six.theta());
                assertThatThrownBy(() -> optimizer.step(objective, objective.theta()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("6 examples")
                        .hasMessageContaining("one of " + other)
                        .hasMessageContaining(optimizer.name());
                assertThat(Arena.toDoubles(six.theta())).isEqualTo(before);
                assertThat(optimizer.step(six, six.theta()).step()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aStateOfAnotherObjectiveMakesItGoOnThere(String kind) {
        Module net = net();
        try (SupervisedObjective six = objective(net, 6);
                SupervisedObjective ten = objective(net, 10);
                Optimizer first = OptimizerCatalogue.load().kind(kind).make(Map.of(), net, 1);
                Optimizer second = OptimizerCatalogue.load().kind(kind).make(Map.of(), net, 1)) {
            first.step(ten, ten.theta());
            second.step(six, six.theta());
            second.restore(first.state());
            assertThat(second.step(ten, ten.theta()).step()).isEqualTo(2);
        }
    }

    /** Both have the same size, version and start, so only the object tells them apart. */
    @Test
    void aGradientIsNotRememberedForAnotherFunction() {
        for (Optimizer optimizer :
                List.of(Lbfgs.builder().build(), LineSearchNewton.builder().build())) {
            try (optimizer;
                    FunctionObjective one = new FunctionObjective(
                            DType.FLOAT64, 2, t -> t.sub(1).square().sum());
                    FunctionObjective other = new FunctionObjective(
                            DType.FLOAT64, 2, t -> t.square().sum().mul(3))) {
                INDArray theta = Points.vector(3, -4);
                optimizer.step(one, theta);
                double[] x = Arena.toDoubles(theta);
                StepReport report = optimizer.step(other, theta);
                assertThat(report.loss()).isEqualTo(3 * (x[0] * x[0] + x[1] * x[1]));
            }
        }
    }

    /** The residuals of the first one are not those of the second, of which there are more. */
    @Test
    void leastSquaresFollowAnotherObjective() {
        for (Optimizer optimizer : List.of(
                LevenbergMarquardt.builder().build(),
                LevenbergMarquardt.builder()
                        .solver(LeastSquaresSolver.NORMAL_EQUATIONS)
                        .build(),
                LevenbergMarquardt.builder()
                        .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                        .build(),
                GaussNewton.builder().build(),
                DampedGaussNewton.builder().mu(1e-12).build())) {
            INDArray theta = Points.vector(3, -4);
            try (optimizer) {
                try (ResidualObjective one = new ResidualObjective(DType.FLOAT64, 2, t -> t.sub(1))) {
                    optimizer.step(one, theta);
                }
                try (ResidualObjective other = new ResidualObjective(
                        DType.FLOAT64,
                        2,
                        t -> Tensor.concat(
                                0, t.add(7), t.add(7), t.slice(0, 0, 1).add(7)))) {
                    for (int i = 0; i < 6; i++) {
                        optimizer.step(other, theta);
                    }
                }
            }
            assertThat(Arena.toDoubles(theta)).as("%s", optimizer).containsExactly(new double[] {-7, -7}, within(1e-6));
        }
    }

    @Test
    void anotherSizeIsRefused() {
        try (Optimizer optimizer = Lbfgs.builder().build();
                FunctionObjective two = new FunctionObjective(DType.FLOAT64, 2, SameObjectiveTest::square);
                FunctionObjective three = new FunctionObjective(DType.FLOAT64, 3, SameObjectiveTest::square)) {
            optimizer.step(two, Points.vector(1, 2));
            assertThatThrownBy(() -> optimizer.step(three, Points.vector(1, 2, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("vectors of 2 elements")
                    .hasMessageContaining("and 3");
        }
    }

    private static Tensor square(Tensor t) {
        return t.square().sum();
    }
}
