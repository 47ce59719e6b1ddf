package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What first-order optimizers share: reports, clipping, decay, frozen parameters, and steps that must not be taken. */
class FirstOrderTest {
    static final int LONG = 1300; // several blocks

    private record Kind(String name, DType dtype, Supplier<FirstOrder.Builder<?>> settings) {
        @Override
        public String toString() {
            return name + " " + dtype;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(
                        new Kind("sgd", dtype, Sgd::builder),
                        new Kind("momentum", dtype, () -> Sgd.builder().momentum(0.9)),
                        new Kind("nesterov", dtype, () -> Sgd.builder().nesterov(0.9)),
                        new Kind("adagrad", dtype, Adagrad::builder),
                        new Kind("rmsprop", dtype, RmsProp::builder),
                        new Kind(
                                "rmsprop centered",
                                dtype,
                                () -> RmsProp.builder().centered(true).momentum(0.9)),
                        new Kind("adam", dtype, Adam::builder)));
    }

    private static INDArray vector(DType dtype, double... values) {
        return Arena.of(dtype, Shape.of(values.length), values);
    }

    private static FunctionObjective squares(DType dtype, int size) {
        return new FunctionObjective(dtype, size, x -> x.square().sum());
    }

    // ---- steps that must not be taken -------------------------------------------------------------------------

    /** Linear, so that its loss is finite wherever theta is: only the last element's step is too large for its type. */
    static FunctionObjective steepAtTheEnd(DType dtype) {
        return new FunctionObjective(
                dtype,
                LONG,
                x -> x.slice(0, LONG - 1, LONG)
                        .mul(1e10)
                        .sum()
                        .add(x.slice(0, 0, LONG - 1).sum()));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1e30", "FLOAT64, 1e300"})
    void anUpdateThatIsNotFiniteIsUndone(DType dtype, double rate) {
        for (Sgd.Builder settings : List.of(Sgd.builder(), Sgd.builder().momentum(0.9))) {
            INDArray theta = Points.random(dtype, LONG, 3);
            double[] before = Arena.toDoubles(theta);
            try (FunctionObjective objective = steepAtTheEnd(dtype);
                    Sgd sgd = settings.learningRate(rate).build()) {
                assertThatThrownBy(() -> sgd.step(objective, theta))
                        .isInstanceOf(NonFiniteLossException.class)
                        .hasMessageContaining("step 1")
                        .hasMessageContaining("are finite but the update is not")
                        .hasMessageContaining("parameter 1299 would become -Infinity")
                        .hasMessageContaining("theta is what it was")
                        .hasMessageContaining("lower the learning rate");
                assertThat(Arena.toDoubles(theta)).containsExactly(before);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aHugeRateEndsInAnExceptionAndFiniteParameters(Kind kind) {
        INDArray theta = Points.random(kind.dtype, LONG, 3);
        double largest = kind.dtype == DType.FLOAT32 ? 1e38 : 1e307;
        try (FunctionObjective objective =
                        new FunctionObjective(kind.dtype, LONG, x -> x.square().sum());
                FirstOrder optimizer = kind.settings.get().learningRate(largest).build()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            optimizer.step(objective, theta);
                        }
                    })
                    .isInstanceOf(NonFiniteLossException.class);
            assertThat(Arrays.stream(Arena.toDoubles(theta)).allMatch(Double::isFinite))
                    .isTrue();
        }
    }

    @Test
    void whatWasLearnedIsLostWithAnUpdateThatIsNotFinite() {
        INDArray theta = Points.vector(1, 2);
        try (FunctionObjective objective = squares(DType.FLOAT64, 2);
                Sgd sgd = Sgd.builder()
                        .learningRate(t -> t < 3 ? 0.1 : t == 3 ? 1.7e308 : 0.2)
                        .momentum(0.9)
                        .build()) {
            for (int i = 0; i < 3; i++) {
                sgd.step(objective, theta);
            }
            OptimizerState state = sgd.state();
            theta.putScalar(0, 1e3);
            assertThatThrownBy(() -> sgd.step(objective, theta)).isInstanceOf(NonFiniteLossException.class);
            assertThatThrownBy(() -> sgd.step(objective, theta))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("velocity")
                    .hasMessageContaining("restore a state");
            assertThatThrownBy(sgd::state).isInstanceOf(IllegalStateException.class);
            sgd.restore(state);
            assertThat(sgd.state().steps()).isEqualTo(3);
        }
    }

    /** In single precision the square of 1e25 is infinite, and would hold this parameter still for ever. */
    @Test
    void aSquareThatIsNotFiniteIsAnError() {
        INDArray theta = vector(DType.FLOAT32, 1, 1);
        for (FirstOrder.Builder<?> settings : List.of(Adam.builder(), RmsProp.builder(), Adagrad.builder())) {
            try (FunctionObjective objective = new FunctionObjective(
                            DType.FLOAT32, 2, x -> x.slice(0, 1, 2).mul(1e25).sum());
                    FirstOrder optimizer = settings.build()) {
                assertThatThrownBy(() -> optimizer.step(objective, theta))
                        .isInstanceOf(NonFiniteLossException.class)
                        .hasMessageMatching("(?s).*element 1 of '(square|sum)' would become Infinity.*");
                assertThat(Arena.toDoubles(theta)).containsExactly(1, 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aZeroGradientMovesNothing(Kind kind) {
        INDArray theta = Points.random(kind.dtype, LONG, 3);
        double[] before = Arena.toDoubles(theta);
        try (FunctionObjective objective =
                        new FunctionObjective(kind.dtype, LONG, x -> x.mul(0).sum());
                FirstOrder optimizer =
                        kind.settings.get().clipNorm(1).clipValue(1).build()) {
            for (int i = 0; i < 5; i++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.stepNorm()).isZero();
                assertThat(report.telemetry()).containsEntry("clip_factor", 1.0);
            }
        }
        assertThat(Arena.toDoubles(theta)).containsExactly(before);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anUnusedParameterStaysWhereItIs(Kind kind) {
        INDArray theta = vector(kind.dtype, 1, 0.75, 2);
        try (FunctionObjective objective = new FunctionObjective(
                        kind.dtype,
                        3,
                        x -> x.slice(0, 0, 1)
                                .square()
                                .add(x.slice(0, 2, 3).square())
                                .sum());
                FirstOrder optimizer = kind.settings.get().learningRate(0.01).build()) {
            for (int i = 0; i < 20; i++) {
                optimizer.step(objective, theta);
            }
        }
        double[] after = Arena.toDoubles(theta);
        assertThat(after[1]).isEqualTo(0.75);
        assertThat(Math.abs(after[0])).isLessThan(1);
        assertThat(Math.abs(after[2])).isLessThan(2);
    }

    /** s - m^2 comes down to rounding errors of either sign. */
    @EachFloatType
    void centeredRmsPropIsFiniteOnAConstantGradient(DType dtype) {
        INDArray theta = vector(dtype, 1, 2, 3);
        try (FunctionObjective objective = new FunctionObjective(
                        dtype,
                        3,
                        x -> x.mul(Tensor.constant(vector(dtype, 0.1, 1.0 / 3, 7)))
                                .sum());
                RmsProp optimizer = RmsProp.builder().centered(true).alpha(0.5).build()) {
            for (int i = 0; i < 200; i++) {
                assertThat(optimizer.step(objective, theta).stepNorm()).isFinite();
            }
        }
    }

    // ---- decay and freezing -----------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("kinds")
    void decoupledDecayShrinksThetaBeforeTheStep(Kind kind) {
        INDArray plain = vector(kind.dtype, 1, -2);
        INDArray decayed = vector(kind.dtype, 1, -2);
        try (FunctionObjective objective = squares(kind.dtype, 2);
                FirstOrder without = kind.settings.get().learningRate(0.1).build();
                FirstOrder with = kind.settings
                        .get()
                        .learningRate(0.1)
                        .weightDecay(0.5)
                        .decoupledWeightDecay(true)
                        .build()) {
            without.step(objective, plain);
            with.step(objective, decayed);
        }
        double[] expected = Arena.toDoubles(plain);
        double tolerance = kind.dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
        assertThat(Arena.toDoubles(decayed))
                .containsExactly(new double[] {expected[0] - 0.05, expected[1] + 0.1}, within(tolerance));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingMovesWhatIsFrozen(Kind kind) {
        for (boolean decoupled : new boolean[] {false, true}) {
            Linear first = new Linear(2, 300);
            Linear second = new Linear(300, 2);
            Linear third = new Linear(2, 2);
            var net = new Sequential(first, Activation.tanh(), second, third);
            net.initialize(kind.dtype, 1);
            try (SupervisedObjective objective = SupervisedObjective.of(
                            net,
                            Loss.softmaxCrossEntropy(),
                            Generators.twoMoons(20, 0.1, 1).as(kind.dtype));
                    FirstOrder optimizer = kind.settings
                            .get()
                            .weightDecay(0.1)
                            .decoupledWeightDecay(decoupled)
                            .build()) {
                assertThat(objective.trainable()).containsExactly(new Span(0, 900 + 602 + 6));
                optimizer.step(objective, objective.theta());
                second.freeze(); // with a velocity
                double[] before = Arena.toDoubles(objective.theta());
                assertThat(objective.trainable()).containsExactly(new Span(0, 900), new Span(1502, 1508));
                for (int i = 0; i < 3; i++) {
                    optimizer.step(objective, objective.theta());
                }
                double[] after = Arena.toDoubles(objective.theta());
                for (int i = 0; i < before.length; i++) {
                    assertThat(after[i] == before[i]).as("element %d", i).isEqualTo(i >= 900 && i < 1502);
                }
            }
        }
    }

    // ---- reports ----------------------------------------------------------------------------------------------

    @EachFloatType
    void clippingIsReported(DType dtype) {
        INDArray theta = vector(dtype, 3, 4); // gradient (6, 8)
        try (FunctionObjective objective = squares(dtype, 2);
                Sgd byNorm = Sgd.builder().learningRate(1e-9).clipNorm(5).build();
                Sgd byValue = Sgd.builder().learningRate(1e-9).clipValue(6).build();
                Sgd loose = Sgd.builder().learningRate(1e-9).clipNorm(50).build();
                Sgd none = Sgd.builder().learningRate(1e-9).build()) {
            StepReport clipped = byNorm.step(objective, theta);
            assertThat(clipped.gradientNorm()).isCloseTo(10, within(1e-5));
            assertThat(clipped.telemetry().get("clip_factor")).isCloseTo(5 / (10 + 1e-6), within(1e-6));
            assertThat(byValue.step(objective, theta).telemetry().get("clip_factor"))
                    .isCloseTo(Math.sqrt(72) / 10, within(1e-6));
            assertThat(loose.step(objective, theta).telemetry()).containsEntry("clip_factor", 1.0);
            assertThat(none.step(objective, theta).telemetry()).containsOnlyKeys("learning_rate");
        }
    }

    @Test
    void scheduledSettingsAreReported() {
        INDArray theta = Points.vector(3, 4);
        try (FunctionObjective objective = squares(DType.FLOAT64, 2);
                Sgd sgd = Sgd.builder()
                        .learningRate(Schedule.stepDecay(0.1, 0.5, 1))
                        .nesterov(t -> t / 10.0)
                        .build();
                RmsProp rmsProp =
                        RmsProp.builder().momentum(t -> 0.5 + t / 10.0).build()) {
            sgd.step(objective, theta);
            assertThat(sgd.step(objective, theta).telemetry())
                    .containsExactly(Map.entry("learning_rate", 0.05), Map.entry("momentum", 0.1));
            rmsProp.step(objective, theta);
            assertThat(rmsProp.step(objective, theta).telemetry()).containsEntry("momentum", 0.6);
        }
    }

    @Test
    void theLossAfterTheStepIsMeasuredOnRequest() {
        Linear model = new Linear(2, 2);
        model.initialize(DType.FLOAT64, 2);
        try (SupervisedObjective inner =
                        SupervisedObjective.of(model, Loss.softmaxCrossEntropy(), Generators.twoMoons(10, 0.1, 1));
                Sgd without = Sgd.builder().batchSize(4).build();
                Sgd with = Sgd.builder().batchSize(4).measureLossAfter(true).build()) {
            RecordingObjective objective = new RecordingObjective(inner);
            StepReport unmeasured = without.step(objective, inner.theta());
            assertThat(unmeasured.lossAfter()).isNaN();
            StepReport report = with.step(objective, inner.theta());
            Scope batch = Scope.of(objective.gradientRows.get(1));
            assertThat(report.lossAfter()).isEqualTo(inner.value(inner.theta(), batch));
            assertThat(report.lossAfter()).isLessThan(report.loss());
            assertThat(report.cost()).isGreaterThan(unmeasured.cost());
        }
    }

    @Test
    void namesTellWhatIsInUse() {
        try (Adam adamW = Adam.adamW().build();
                RmsProp rmsProp = RmsProp.builder()
                        .centered(true)
                        .momentum(0.5)
                        .weightDecay(0.1)
                        .build();
                Adagrad adagrad = Adagrad.builder().clipNorm(2).clipValue(3).build();
                Sgd scheduled = Sgd.builder()
                        .learningRate(Schedule.cosine(1, 0, 9))
                        .nesterov(Schedule.nesterovMomentum(0.9))
                        .build()) {
            assertThat(adamW.name()).isEqualTo("adamw(lr=0.001, decoupled wd=0.01)");
            assertThat(rmsProp.name()).isEqualTo("rmsprop(lr=0.01, mu=0.5, centered, wd=0.1)");
            assertThat(adagrad.name()).isEqualTo("adagrad(lr=0.01, clip norm=2.0, clip value=3.0)");
            assertThat(scheduled.name()).isEqualTo("nesterov(lr=cosine(1.0 to 0.0 in 9), mu=nesterovMomentum(0.9))");
        }
    }

    // ---- mistakes ---------------------------------------------------------------------------------------------

    @Test
    void aScheduleOutOfRangeStopsTheStep() {
        INDArray theta = Points.vector(3, 4);
        try (FunctionObjective objective = squares(DType.FLOAT64, 2);
                Sgd rate = Sgd.builder().learningRate(t -> 1 - t).build();
                Sgd momentum = Sgd.builder().momentum(t -> t).build()) {
            rate.step(objective, theta);
            rate.step(objective, theta); // a rate of 0 is allowed
            double[] before = Arena.toDoubles(theta);
            assertThatThrownBy(() -> rate.step(objective, theta))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the learning rate of step 3")
                    .hasMessageContaining("found -1.0");
            momentum.step(objective, theta);
            assertThatThrownBy(() -> momentum.step(objective, theta)).hasMessageContaining("the momentum of step 2");
            assertThat(before).isNotEqualTo(Arena.toDoubles(theta)); // by momentum's first step only
            assertThat(momentum.state().steps()).isEqualTo(1);
        }
    }

    @Test
    void refusesAStateOfAnotherKindOrSize() {
        INDArray theta = Points.vector(3, 4);
        try (FunctionObjective objective = squares(DType.FLOAT64, 2);
                FunctionObjective larger = squares(DType.FLOAT64, 3);
                Adam adam = Adam.builder().build();
                Sgd sgd = Sgd.builder().build();
                Adam other = Adam.builder().build();
                Sgd watching = Sgd.builder().plateau(Plateau.of(0.1, 1)).build()) {
            adam.step(objective, theta);
            assertThatThrownBy(() -> sgd.restore(adam.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another kind of optimizer");
            assertThatThrownBy(() -> watching.restore(sgd.state())).hasMessageContaining("plateau");
            other.restore(adam.state());
            assertThatThrownBy(() -> other.step(larger, Points.vector(1, 2, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one objective");
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> Sgd.builder().weightDecay(-1)).hasMessageContaining("weight decay");
        assertThatThrownBy(() -> Sgd.builder().weightDecay(Double.NaN)).hasMessageContaining("weight decay");
        assertThatThrownBy(() -> Sgd.builder().clipNorm(0)).hasMessageContaining("norm");
        assertThatThrownBy(() -> Sgd.builder().clipValue(0)).hasMessageContaining("value");
        assertThatThrownBy(() -> Sgd.builder().learningRate(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Sgd.builder().momentum(0.9).dampening(1)).hasMessageContaining("dampening");
        assertThatThrownBy(() -> Sgd.builder().nesterov(0.9).dampening(0.1).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("classical momentum");
        assertThatThrownBy(() -> RmsProp.builder().alpha(1)).hasMessageContaining("alpha");
        assertThatThrownBy(() -> RmsProp.builder().epsilon(0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> Adagrad.builder().epsilon(0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> new Span(2, 1)).hasMessageContaining("span");
    }
}
