package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Plateau;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** N steps, a saved state, and N more in a new optimizer are 2 N steps, bit for bit. */
class ResumeTest {
    private static final int STEPS = 7;

    private record Case(String name, DType dtype, Supplier<Optimizer> optimizer) {
        @Override
        public String toString() {
            return name + " " + dtype;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(
                        new Case(
                                "sgd",
                                dtype,
                                () -> Sgd.builder().batchSize(48).seed(3).build()),
                        new Case(
                                "momentum",
                                dtype,
                                () -> Sgd.builder().momentum(0.9).batchSize(48).build()),
                        new Case(
                                "nesterov",
                                dtype,
                                () -> Sgd.builder().nesterov(0.9).batchSize(48).build()),
                        new Case(
                                "adam",
                                dtype,
                                () -> Adam.builder().batchSize(48).build()),
                        new Case(
                                "sgd with all settings",
                                dtype,
                                () -> Sgd.builder()
                                        .learningRate(Schedule.warmUp(3, 0.1, Schedule.cosine(0.1, 0.01, 10)))
                                        .momentum(Schedule.oneCycleMomentum(0.85, 0.95, 14))
                                        .dampening(0.1)
                                        .weightDecay(0.01)
                                        .clipNorm(0.1)
                                        .batchSize(48)
                                        .build()),
                        new Case(
                                "plateau",
                                dtype,
                                () -> Sgd.builder()
                                        .learningRate(1)
                                        .plateau(new Plateau(0.5, 0, 0.9, 1, 0.01))
                                        .batchSize(80)
                                        .build()),
                        new Case(
                                "adagrad",
                                dtype,
                                () -> Adagrad.builder().batchSize(48).build()),
                        new Case(
                                "rmsprop",
                                dtype,
                                () -> RmsProp.builder().batchSize(48).build()),
                        new Case(
                                "rmsprop, centered, with momentum",
                                dtype,
                                () -> RmsProp.builder()
                                        .centered(true)
                                        .momentum(0.9)
                                        .clipValue(0.01)
                                        .batchSize(48)
                                        .build()),
                        new Case(
                                "adamw",
                                dtype,
                                () -> Adam.adamW()
                                        .batchSize(48)
                                        .measureLossAfter(true)
                                        .build()),
                        new Case(
                                "hf",
                                dtype,
                                () -> HessianFree.builder()
                                        .curvatureExamples(80)
                                        .seed(5)
                                        .build()),
                        new Case(
                                "hf on batches",
                                dtype,
                                () -> HessianFree.builder()
                                        .gradientExamples(120)
                                        .curvatureExamples(70)
                                        .build()),
                        new Case(
                                "trust-newton",
                                dtype,
                                () -> TrustRegionNewton.builder().build()),
                        new Case("newton", dtype, () -> ExactNewton.builder().build()),
                        new Case(
                                "newton-cg",
                                dtype,
                                () -> LineSearchNewton.builder().build()),
                        new Case("lbfgs", dtype, () -> Lbfgs.builder().memory(5).build()),
                        new Case(
                                "lm by normal equations",
                                dtype,
                                () -> LevenbergMarquardt.builder()
                                        .solver(LeastSquaresSolver.NORMAL_EQUATIONS)
                                        .build()),
                        new Case(
                                "lm by conjugate gradients",
                                dtype,
                                () -> LevenbergMarquardt.builder()
                                        .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                                        .build()),
                        new Case(
                                "gauss-newton",
                                dtype,
                                () -> GaussNewton.builder()
                                        .solver(LeastSquaresSolver.NORMAL_EQUATIONS)
                                        .build()),
                        new Case(
                                "block newton on batches",
                                dtype,
                                () -> BlockNewton.builder(List.of(
                                                new ParameterGroup("first", 0, 24), new ParameterGroup("last", 24, 18)))
                                        .exactUpTo(20)
                                        .gradientExamples(120)
                                        .curvatureExamples(70)
                                        .build())));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnExactly(Case c) {
        DataSet moons = Generators.twoMoons(200, 0.1, 1).as(c.dtype);
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Dropout(0.2), new Linear(8, 2));
        INDArray start = Arena.copyOf(net.initialize(c.dtype, 1).array());
        try (var objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), moons)
                .l2(1e-4)
                .build()) {
            double[] undisturbed;
            try (Optimizer whole = c.optimizer.get()) {
                run(whole, objective, 2 * STEPS);
                undisturbed = Arena.toDoubles(objective.theta());
            }
            net.parameterVector().set(start);
            OptimizerState state;
            try (Optimizer first = c.optimizer.get()) {
                run(first, objective, STEPS);
                state = first.state();
            }
            try (Optimizer second = c.optimizer.get()) {
                second.restore(state);
                run(second, objective, STEPS);
            }
            assertThat(Arena.toDoubles(objective.theta())).isEqualTo(undisturbed);
            assertThat(undisturbed).isNotEqualTo(Arena.toDoubles(start));
        }
    }

    private static void run(Optimizer optimizer, SupervisedObjective objective, int steps) {
        for (int i = 0; i < steps; i++) {
            optimizer.step(objective, objective.theta());
        }
    }

    @Test
    void refusesTheStateOfAnotherKind() {
        try (Optimizer adam = Adam.builder().build();
                Optimizer hf = HessianFree.builder().build()) {
            assertThatThrownBy(() -> hf.restore(adam.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no 'damping'");
        }
    }

    @Test
    void anOptimizerIsForOneObjective() {
        try (Lbfgs lbfgs = Lbfgs.builder().build()) {
            Minimize.of(t -> t.square().sum()).from(1, 2, 3).with(lbfgs);
            assertThatThrownBy(
                            () -> Minimize.of(t -> t.square().sum()).from(1, 2).with(lbfgs))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("vectors of 3 elements, found an objective of FLOAT64 and 2")
                    .hasMessageContaining("one objective");
        }
    }

    @Test
    void aPlainFunctionHasNoGaussNewtonMatrix() {
        try (HessianFree hf = HessianFree.builder().build()) {
            assertThatThrownBy(
                            () -> Minimize.of(t -> t.square().sum()).from(1, 2).with(hf))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("or take the curvature HESSIAN");
        }
        try (LevenbergMarquardt lm = LevenbergMarquardt.builder().build()) {
            assertThatThrownBy(
                            () -> Minimize.of(t -> t.square().sum()).from(1, 2).with(lm))
                    .hasMessageContaining("give residuals to Minimize.leastSquares");
        }
    }
}
