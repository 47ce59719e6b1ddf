package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is special about the relatives of Adam, and how they and all first-order optimizers behave at worst. */
class VariantsTest {
    private static final Map<String, Supplier<FirstOrder.Builder<?>>> BUILDERS = builders();

    private record Case(String name, DType dtype, String function) {}

    private static Map<String, Supplier<FirstOrder.Builder<?>>> builders() {
        Map<String, Supplier<FirstOrder.Builder<?>>> all = new LinkedHashMap<>();
        all.put("sgd", Sgd::builder);
        all.put("adagrad", Adagrad::builder);
        all.put("rmsprop", () -> RmsProp.builder().centered(true));
        all.put("adam", Adam::builder);
        all.put("amsgrad", () -> Adam.adamW().amsGrad(true));
        all.put("nadam", NAdam::builder);
        all.put("radam", RAdam::builder);
        all.put("adamax", Adamax::builder);
        all.put("adadelta", Adadelta::builder);
        all.put("rprop", Rprop::builder);
        all.put("lion", Lion::builder);
        all.put("schedule-free", ScheduleFreeAdamW::builder);
        return all;
    }

    private static Map<String, UnaryOperator<Tensor>> functions() {
        Map<String, UnaryOperator<Tensor>> all = new LinkedHashMap<>();
        all.put("constant", x -> x.mul(0).sum());
        all.put("tiny", x -> x.square().sum().mul(1e-30));
        all.put("huge", x -> x.square().sum().mul(1e15));
        all.put(
                "condition 1e12",
                x -> x.mul(Tensor.constant(x.dtype(), Shape.of(3), 1e6, 1, 1e-6))
                        .square()
                        .sum());
        all.put("a kink", x -> x.abs().sum());
        all.put("steep exponentials", x -> x.mul(20).exp().sum());
        all.put("falls without a bound", x -> x.square().mul(-1).sum());
        all.put("the edge of a logarithm", x -> x.log().neg().sum());
        return all;
    }

    static Stream<Case> cases() {
        return BUILDERS.keySet().stream()
                .flatMap(name -> functions().keySet().stream()
                        .flatMap(function ->
                                Stream.of(DType.FLOAT32, DType.FLOAT64).map(dtype -> new Case(name, dtype, function))));
    }

    /** Every point is finite; what ends the search is an error that leaves the point before it. */
    @ParameterizedTest
    @MethodSource("cases")
    void staysFinite(Case c) {
        INDArray theta = Arena.of(c.dtype, Shape.of(3), 1, 1e-4, 2);
        try (FunctionObjective objective =
                        new FunctionObjective(c.dtype, 3, functions().get(c.function));
                Optimizer optimizer = BUILDERS.get(c.name).get().build()) {
            for (int i = 0; i < 40; i++) {
                INDArray before = Arena.copyOf(theta);
                try {
                    StepReport report = optimizer.step(objective, theta);
                    assertThat(report.accepted()).isEqualTo(!Vectors.equal(theta, before));
                } catch (NonFiniteLossException e) {
                    assertThat(Vectors.equal(theta, before)).isTrue();
                    assertThat(c.function).isNotIn("constant", "tiny", "a kink");
                    break;
                }
                assertThat(Vectors.firstNonFinite(theta)).isNegative();
            }
        }
        if (c.function.equals("constant") && !c.name.equals("amsgrad")) {
            assertThat(Arena.toDoubles(theta)).isEqualTo(Arena.toDoubles(Arena.of(c.dtype, Shape.of(3), 1, 1e-4, 2)));
        }
    }

    static Stream<String> names() {
        return BUILDERS.keySet().stream();
    }

    /** A part with factor 0 stands still, one with a decay of its own shrinks by that, and rates are reported. */
    @ParameterizedTest
    @MethodSource("names")
    void groupsHaveRatesAndDecaysOfTheirOwn(String name) {
        INDArray grouped = Points.vector(1, 1, 1);
        INDArray plain = Points.vector(1, 1, 1);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 3, x -> x.sub(3).square().sum());
                Optimizer some = BUILDERS.get(name)
                        .get()
                        .weightDecay(0.3)
                        .group(new ParameterGroup("still", 0, 1), g -> g.rateFactor(0))
                        .group(new ParameterGroup("free", 1, 1), g -> g.weightDecay(0))
                        .build();
                Optimizer all = BUILDERS.get(name).get().weightDecay(0.3).build();
                Optimizer none = BUILDERS.get(name).get().weightDecay(0).build()) {
            INDArray undecayed = Points.vector(1, 1, 1);
            for (int i = 0; i < 7; i++) {
                some.step(objective, grouped);
                all.step(objective, plain);
                none.step(objective, undecayed);
            }
            assertThat(grouped.getDouble(0)).isEqualTo(1);
            assertThat(grouped.getDouble(1)).isEqualTo(undecayed.getDouble(1));
            assertThat(grouped.getDouble(2)).isEqualTo(plain.getDouble(2));
        }
    }

    // ---- schedule-free ------------------------------------------------------------------------------------------

    /** Theta is the mean x; the report's loss is that at y, and the loss after is that of theta. */
    @Test
    void scheduleFreeHoldsThetaAtTheMean() {
        INDArray theta = Points.vector(-1.2, 1);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, 2);
                Optimizer optimizer = ScheduleFreeAdamW.builder()
                        .learningRate(0.05)
                        .measureLossAfter(true)
                        .build()) {
            optimizer.step(objective, theta);
            optimizer.step(objective, theta);
            double[] x = Arena.toDoubles(theta);
            double[] offset = Arena.toDoubles(optimizer.state().vector("offset"));
            StepReport report = optimizer.step(objective, theta);
            double[] y = {x[0] + 0.1 * offset[0], x[1] + 0.1 * offset[1]};
            assertThat(report.loss()).isCloseTo(Rosenbrock.value(y), within(1e-10));
            assertThat(report.loss()).isNotCloseTo(Rosenbrock.value(x), within(1e-6));
            assertThat(report.lossAfter()).isEqualTo(objective.value(theta, Scope.all()));
            // With a constant rate and the default weights the mean is uniform.
            assertThat(report.telemetry()).containsEntry("averaging", 1 / 3.0);
        }
    }

    // ---- Rprop --------------------------------------------------------------------------------------------------

    /** By hand: sizes grow by 1.2 while the sign stays, and shrink by 0.5 without a step where it turns. */
    @Test
    void rpropsSizesGrowAndShrink() {
        INDArray theta = Points.vector(0.025);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 1, x -> x.square().sum());
                Optimizer optimizer = Rprop.builder().build()) {
            double[] expected = {0.015, 0.003, -0.0114, -0.0114, -0.0042};
            for (double point : expected) {
                optimizer.step(objective, theta);
                assertThat(theta.getDouble(0)).isCloseTo(point, within(1e-15));
            }
        }
    }

    /** Unlike in PyTorch, where the rate matters at the first step only. */
    @Test
    void rpropsSizesFollowTheRate() {
        INDArray theta = Points.vector(5);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 1, x -> x.square().sum());
                Optimizer optimizer =
                        Rprop.builder().learningRate(t -> t == 1 ? 0 : 0.01).build()) {
            optimizer.step(objective, theta);
            optimizer.step(objective, theta);
            assertThat(theta.getDouble(0)).isEqualTo(4.99);
            optimizer.shrinkSteps(0.5);
            optimizer.step(objective, theta);
            assertThat(theta.getDouble(0)).isCloseTo(4.99 - 0.006, within(1e-15));
        }
    }

    // ---- settings -----------------------------------------------------------------------------------------------

    @Test
    void namesTellTheKind() {
        assertThat(Adam.adamW().amsGrad(true).build().name()).isEqualTo("adamw(lr=0.001, amsgrad, decoupled wd=0.01)");
        assertThat(NAdam.builder().build().name()).isEqualTo("nadam(lr=0.002)");
        assertThat(Lion.builder().weightDecay(1).build().name()).isEqualTo("lion(lr=1.0E-4, decoupled wd=1.0)");
        assertThat(ScheduleFreeAdamW.builder().build().name()).isEqualTo("schedule-free(lr=0.0025)");
    }

    @Test
    void settingsAreChecked() {
        for (double bad : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> NAdam.builder().betas(bad, 0.9)).hasMessageContaining("beta1");
            assertThatThrownBy(() -> RAdam.builder().betas(0.9, bad)).hasMessageContaining("beta2");
            assertThatThrownBy(() -> Lion.builder().betas(0.9, bad)).hasMessageContaining("beta2");
            assertThatThrownBy(() -> Adadelta.builder().rho(bad)).hasMessageContaining("rho");
            assertThatThrownBy(() -> Rprop.builder().etas(bad, 1.2)).hasMessageContaining("eta-");
        }
        assertThatThrownBy(() -> Rprop.builder().etas(0.5, 0.9)).hasMessageContaining("eta+");
        assertThatThrownBy(() -> Rprop.builder().sizes(1, 0.1).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1.0 and 0.1");
        assertThatThrownBy(() -> NAdam.builder().momentumDecay(-1)).hasMessageContaining("momentum decay");
        assertThatThrownBy(() -> ScheduleFreeAdamW.builder().weights(-1, 0)).hasMessageContaining("power of the rate");
        assertThatThrownBy(() -> ScheduleFreeAdamW.builder().weights(2, -1)).hasMessageContaining("power of the step");
    }
}
