package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Forwarding;
import dev.ravine.optim.problems.Points;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class SharpnessAwareTest extends TrajectoryContract {
    SharpnessAwareTest() {
        super(variants(), "sharpness-aware-trajectories.txt");
    }

    private static Map<String, Supplier<? extends Optimizer>> variants() {
        Map<String, Supplier<? extends Optimizer>> all = new LinkedHashMap<>();
        all.put("sam-sgd", () -> around(Sgd.builder().learningRate(2e-4)).build());
        all.put(
                "sam-momentum",
                () -> around(Sgd.builder().learningRate(1e-4).momentum(0.9).weightDecay(0.5))
                        .rho(0.02)
                        .build());
        all.put(
                "sam-adamw",
                () -> around(Adam.adamW().learningRate(0.01).weightDecay(0.5))
                        .rho(0.1)
                        .build());
        all.put(
                "sam-clipped",
                () -> around(Adam.builder().learningRate(0.01).clipNorm(50)).build());
        all.put(
                "asam-sgd",
                () -> around(Sgd.builder().learningRate(2e-4))
                        .adaptive(true)
                        .rho(0.1)
                        .build());
        all.put(
                "asam-adam",
                () -> around(Adam.builder().learningRate(0.01))
                        .adaptive(true)
                        .eta(0)
                        .rho(0.5)
                        .build());
        return all;
    }

    private static SharpnessAware.Builder around(FirstOrder.Builder<?> base) {
        return SharpnessAware.builder(base.build());
    }

    /** With one example weight w and loss w^2 / 2: the gradient at w + rho is w + rho. */
    @Test
    void reportsTheLossAtThetaAndHowItRises() {
        INDArray theta = Points.vector(3);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 1, x -> x.square().mul(0.5).sum());
                Optimizer optimizer =
                        around(Sgd.builder().learningRate(0.1)).rho(0.5).build()) {
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.loss()).isEqualTo(4.5);
            assertThat(report.gradientNorm()).isCloseTo(3.5, within(1e-15));
            assertThat(report.telemetry().get("sharpness")).isCloseTo(3.5 * 3.5 / 2 - 4.5, within(1e-14));
            assertThat(theta.getDouble(0)).isCloseTo(3 - 0.35, within(1e-15));
        }
    }

    @Test
    void everythingButTheGradientIsThatOfTheObjectiveBehindIt() throws ReflectiveOperationException {
        Forwarding.check(
                objective -> new PerturbedObjective(objective, new Ascent(0.1, false, 0.01), Points.vector(0, 0)));
    }

    /** Its examples are not known, so that the gradient at another point cannot be taken. */
    @Test
    void theGradientOfAnotherLinearizationIsRefused() {
        INDArray theta = Points.vector(3);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 1, x -> x.square().sum());
                Linearization other = objective.linearize(theta, Scope.all())) {
            var perturbed = new PerturbedObjective(objective, new Ascent(0.1, false, 0.01), Points.vector(0));
            assertThatThrownBy(() -> perturbed.gradient(other, theta, Points.vector(0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("linearize again");
        }
    }

    @Test
    void aStepCostsTwoGradientsOfItsBatch() {
        var net = new Sequential(new Linear(2, 4), new Dropout(0.5), new Linear(4, 2));
        net.initialize(DType.FLOAT32, 1);
        var moons = Generators.twoMoons(80, 0.1, 1).as(DType.FLOAT32);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons);
                Optimizer plain = Sgd.builder().batchSize(20).build();
                Optimizer aware = around(Sgd.builder().batchSize(20)).build()) {
            assertThat(plain.step(objective, objective.theta()).cost()).isCloseTo(0.25, within(1e-12));
            assertThat(aware.step(objective, objective.theta()).cost()).isCloseTo(0.5, within(1e-12));
        }
    }

    @Test
    void aGradientOfZeroIsNoDirection() {
        INDArray theta = Points.vector(0, 0);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 2, x -> x.square().sum());
                Optimizer optimizer = around(Sgd.builder()).build()) {
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(Arena.toDoubles(theta)).containsExactly(0, 0);
        }
    }

    @Test
    void aLossThatIsNotFiniteUphillIsFoundThere() {
        INDArray theta = Points.vector(-0.01);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 1, x -> x.neg().log().neg().sum());
                Optimizer optimizer = around(Sgd.builder()).build()) {
            assertThatThrownBy(() -> optimizer.step(objective, theta))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("at the perturbed point: log");
            assertThat(Arena.toDoubles(theta)).containsExactly(-0.01);
        }
    }

    @Test
    void itsNameAndSettingsTellWhatItWraps() {
        try (Optimizer optimizer = around(Sgd.builder()).adaptive(true).rho(0.5).build()) {
            assertThat(optimizer.name()).isEqualTo("sgd(lr=0.1), sharpness-aware rho=0.5 adaptive eta=0.01");
            assertThat(optimizer.settings())
                    .containsEntry("kind", "Sgd")
                    .containsEntry("sharpness_aware", "Ascent(rho=0.5, adaptive=true, eta=0.01)");
        }
    }

    @Test
    void settingsAreChecked() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> around(Sgd.builder()).rho(bad)).hasMessageContaining("rho");
        }
        assertThatThrownBy(() -> around(Sgd.builder()).eta(-1)).hasMessageContaining("eta");
    }

    /** All elements share one way of length rho. */
    @Test
    void theNormIsThatOfTheWholeGradient() {
        Tensor c = Tensor.constant(Points.vector(3, 4));
        INDArray theta = Points.vector(1, 1);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        2,
                        x -> x.mul(c).sum().add(x.square().sum().mul(0)));
                Optimizer optimizer =
                        around(Sgd.builder().learningRate(1)).rho(5).build()) {
            StepReport report = optimizer.step(objective, theta);
            // A linear loss rises by rho ||g||.
            assertThat(report.telemetry().get("sharpness")).isCloseTo(25, within(1e-12));
        }
    }
}
