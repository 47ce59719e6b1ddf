package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps with the diagonal preconditioner are good steps in every unit of the loss, though it squares gradients. */
class HessianFreeUnitsTest {
    private static HessianFree optimizer(Curvature curvature, double damping) {
        return HessianFree.builder()
                .curvature(curvature)
                .damping(damping)
                .preconditioner(0.75)
                .build();
    }

    private static double[] after(int steps, Objective objective, INDArray theta, HessianFree optimizer) {
        for (int i = 0; i < steps; i++) {
            assertThat(optimizer.step(objective, theta).accepted())
                    .as("step %d", i + 1)
                    .isTrue();
        }
        return Arena.toDoubles(theta);
    }

    /** A stretched bowl with a quartic part. */
    private static double[] bowl(double unit) {
        Tensor stretch = Tensor.constant(DType.FLOAT64, Shape.of(4), 1, 10, 100, 1000);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        4,
                        x -> x.square()
                                .mul(stretch)
                                .add(x.square().square())
                                .sum()
                                .mul(unit));
                HessianFree optimizer = optimizer(Curvature.HESSIAN, unit)) {
            return after(4, objective, Arena.of(DType.FLOAT64, Shape.of(4), 1, 2, -1, 0.5), optimizer);
        }
    }

    /** Four iterations solve four equations, whatever the preconditioner. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-200, 1e-160, 1e160, 1e200})
    void ofABowl(double unit) {
        assertThat(bowl(unit)).containsExactly(bowl(1), within(1e-9));
    }

    /** A small net whose outputs are in another unit. */
    private static final class Scaled extends Module {
        private final Module part =
                child("part", new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 2)));
        private final double unit;

        Scaled(double unit) {
            this.unit = unit;
        }

        @Override
        public Tensor forward(Tensor x) {
            return part.apply(x).mul(unit);
        }
    }

    /** The loss after some steps over the first one; loss, gradients and curvature have the square of the unit. */
    private static double share(DType dtype, double unit) {
        DataSet points = Generators.twoMoons(40, 0.1, 1).as(dtype);
        INDArray targets = Arena.copyOf(points.features());
        Vectors.scale(unit, targets);
        Module net = new Scaled(unit);
        net.initialize(dtype, 3);
        try (SupervisedObjective objective =
                        SupervisedObjective.of(net, Loss.meanSquaredError(), DataSet.of(points.features(), targets));
                HessianFree optimizer = optimizer(Curvature.GAUSS_NEWTON, 0.1 * unit * unit)) {
            double first = objective.value(objective.theta(), Scope.all());
            after(6, objective, objective.theta(), optimizer);
            return objective.value(objective.theta(), Scope.all()) / first;
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-90, 1, 1e90})
    void ofANet(double unit) {
        assertThat(share(DType.FLOAT64, unit)).isLessThan(0.1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 1, 1e12})
    void ofANetInSinglePrecision(double unit) {
        assertThat(share(DType.FLOAT32, unit)).isLessThan(0.1);
    }
}
