package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
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
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Groups of parameters with learning rates and weight decays of their own. */
class GroupsTest {
    private static final ParameterGroup HEAD = new ParameterGroup("head", List.of(new Span(0, 1), new Span(3, 5)));

    /** The sum of c x^2 / 2 + cos(x + 0.3 i). */
    private static FunctionObjective waves() {
        Tensor c = Tensor.constant(Points.vector(1, 10, 0.5, 3, 0.1));
        Tensor shifts = Tensor.constant(Points.vector(0, 0.3, 0.6, 0.3 * 3, 1.2));
        return new FunctionObjective(
                DType.FLOAT64,
                5,
                x -> x.square().mul(c).sum().mul(0.5).add(x.add(shifts).cos().sum()));
    }

    // ---- against an independent program -----------------------------------------------------------------------

    /**
     * 25 steps of a Python program that follows PyTorch's documentation: group "head" has 0.3 times the rate and no
     * decay, the rest has decay 0.05; the rate is halved after every 10 steps.
     */
    static Stream<Arguments> trajectories() {
        return Stream.of(
                Arguments.of(Sgd.builder().momentum(0.9), 0.05, new double[] {
                    0.8140037131279345,
                    0.0021133544102979185,
                    1.477797717496293,
                    0.3254590540077641,
                    -3.7520938640931334
                }),
                Arguments.of(Adam.builder(), 0.1, new double[] {
                    0.573063405513493, 0.05086710254494305, 1.5288778391108908, 0.31800638393008096, -3.474125029160044
                }),
                Arguments.of(Adam.adamW(), 0.1, new double[] {
                    0.573063405513493, 0.045626965897503015, 1.633396483761495, 0.31800638393008096, -3.474125029160044
                }),
                Arguments.of(RmsProp.builder(), 0.02, new double[] {
                    0.6824429899328179,
                    0.030754757232609287,
                    1.5365191258916306,
                    0.31212086811551476,
                    -3.377897345243649
                }),
                Arguments.of(Adagrad.builder(), 0.2, new double[] {
                    0.6873129200159641, 0.030268238816022745, 1.5367779014014475, 0.3121208681155147, -3.372049659689743
                }));
    }

    private static FirstOrder optimizer(FirstOrder.Builder<?> settings, double rate) {
        return settings.group(HEAD, head -> head.rateFactor(0.3).weightDecay(0))
                .learningRate(Schedule.stepDecay(rate, 0.5, 10))
                .weightDecay(0.05)
                .build();
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void followsAnIndependentRun(FirstOrder.Builder<?> settings, double rate, double... expected) {
        INDArray theta = Points.vector(1, -0.5, 2, 0.25, -3);
        try (FunctionObjective objective = waves();
                FirstOrder optimizer = optimizer(settings, rate)) {
            for (int i = 0; i < 25; i++) {
                optimizer.step(objective, theta);
            }
        }
        assertThat(Arena.toDoubles(theta)).containsExactly(expected, within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void aResumedRunGoesOnExactly(FirstOrder.Builder<?> settings, double rate, double... expected) {
        INDArray whole = Points.vector(1, -0.5, 2, 0.25, -3);
        INDArray parts = Arena.copyOf(whole);
        try (FunctionObjective objective = waves();
                FirstOrder one = optimizer(settings, rate);
                FirstOrder first = settings.build();
                FirstOrder second = settings.build()) {
            for (int i = 0; i < 12; i++) {
                one.step(objective, whole);
                first.step(objective, parts);
            }
            second.restore(first.state());
            for (int i = 0; i < 13; i++) {
                one.step(objective, whole);
                second.step(objective, parts);
            }
        }
        assertThat(Arena.toDoubles(parts)).isEqualTo(Arena.toDoubles(whole));
    }

    // ---- rates and decays -------------------------------------------------------------------------------------

    @Test
    void aScheduleOfItsOwn() {
        INDArray theta = Points.vector(1, 1, 1, 1, 1);
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, 5, x -> x.sum());
                Sgd sgd = Sgd.builder()
                        .learningRate(0.5)
                        .group(HEAD, head -> head.learningRate(t -> t == 0 ? 0.25 : 0))
                        .build()) {
            StepReport report = sgd.step(objective, theta);
            assertThat(report.telemetry())
                    .containsExactly(Map.entry("learning_rate", 0.5), Map.entry("learning_rate of head", 0.25));
            assertThat(report.stepNorm()).isEqualTo(Math.sqrt(3 * 0.0625 + 2 * 0.25));
            sgd.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsExactly(0.75, 0, 0, 0.75, 0.75);
            sgd.shrinkSteps(0.5);
            assertThat(sgd.step(objective, theta).telemetry()).containsEntry("learning_rate", 0.25);
        }
    }

    @Test
    void clippingLimitsTheNormOfTheWholeGradient() {
        INDArray theta = Points.vector(0, 0, 0, 0, 0);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 5, x -> x.mul(2).sum());
                Sgd sgd = Sgd.builder()
                        .learningRate(1)
                        .clipNorm(1)
                        .group(HEAD, head -> head.rateFactor(10))
                        .build()) {
            StepReport report = sgd.step(objective, theta);
            double each = 2 / (Math.sqrt(20) + 1e-6);
            assertThat(Arena.toDoubles(theta))
                    .containsExactly(new double[] {-10 * each, -each, -each, -10 * each, -10 * each}, within(1e-15));
            assertThat(report.telemetry().get("clip_factor")).isCloseTo(each / 2, within(1e-15));
        }
    }

    @Test
    void allParametersMayBeInGroups() {
        INDArray theta = Points.vector(1, 1, 1);
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, 3, x -> x.sum());
                Sgd sgd = Sgd.builder()
                        .learningRate(1)
                        .group(new ParameterGroup("a", 0, 2), a -> a.rateFactor(0.5))
                        .group(new ParameterGroup("b", 2, 1), b -> b.rateFactor(0))
                        .build()) {
            sgd.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsExactly(0.5, 0.5, 1);
        }
    }

    @Test
    void frozenParametersOfAGroupStay() {
        Linear first = new Linear(2, 4);
        var net = new Sequential(first, Activation.tanh(), new Linear(4, 2));
        net.initialize(DType.FLOAT64, 1);
        ParameterGroup biases = ParameterGroup.of("biases", net, Parameters.biasesAndGains());
        try (SupervisedObjective objective = SupervisedObjective.of(
                        net,
                        Loss.softmaxCrossEntropy(),
                        Generators.twoMoons(40, 0.1, 1).as(DType.FLOAT64));
                Adam adam = Adam.adamW().group(biases, b -> b.rateFactor(3)).build()) {
            adam.step(objective, objective.theta());
            first.freeze();
            double[] before = Arena.toDoubles(objective.theta());
            adam.step(objective, objective.theta());
            double[] after = Arena.toDoubles(objective.theta());
            for (int i = 0; i < before.length; i++) {
                assertThat(after[i] == before[i]).as("element %d", i).isEqualTo(i < 12);
            }
        }
    }

    /** The group is updated before the rest, so that it must be put back when the rest overflows. */
    @Test
    void anUpdateThatIsNotFiniteIsUndoneInAllGroups() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            INDArray theta = Points.random(dtype, FirstOrderTest.LONG, 3);
            double[] before = Arena.toDoubles(theta);
            double rate = dtype == DType.FLOAT32 ? 1e30 : 1e300;
            ParameterGroup group = new ParameterGroup("calm", List.of(new Span(0, 300), new Span(700, 1290)));
            try (FunctionObjective objective = FirstOrderTest.steepAtTheEnd(dtype);
                    Sgd sgd = Sgd.builder()
                            .learningRate(rate)
                            .group(group, calm -> calm.rateFactor(1e-10 / rate))
                            .build()) {
                assertThatThrownBy(() -> sgd.step(objective, theta))
                        .isInstanceOf(NonFiniteLossException.class)
                        .hasMessageContaining("parameter 1299 would become -Infinity");
            }
            assertThat(Arena.toDoubles(theta)).containsExactly(before);
        }
    }

    // ---- names and refusals -----------------------------------------------------------------------------------

    @Test
    void groupsAreInTheName() {
        try (FirstOrder optimizer = optimizer(Adam.builder(), 0.1)) {
            assertThat(optimizer.name())
                    .isEqualTo("adam(lr=stepDecay(0.1, *0.5 every 10), wd=0.05;"
                            + " head[3]: lr=0.3 * stepDecay(0.1, *0.5 every 10), wd=0.0)");
        }
    }

    @Test
    void otherGroupsAreRefused() {
        try (FunctionObjective objective = waves();
                FirstOrder own = optimizer(Adam.builder(), 0.1);
                FirstOrder plain = Adam.builder().build();
                FirstOrder other = Adam.builder()
                        .group(new ParameterGroup("head", 0, 3), head -> head.weightDecay(0))
                        .build()) {
            own.step(objective, Points.vector(1, -0.5, 2, 0.25, -3));
            OptimizerState state = own.state();
            for (FirstOrder wrong : List.of(plain, other)) {
                assertThatThrownBy(() -> wrong.restore(state))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("other groups of parameters");
            }
            plain.step(objective, Points.vector(1, -0.5, 2, 0.25, -3));
            assertThatThrownBy(() -> own.restore(plain.state())).hasMessageContaining("other groups of parameters");
        }
    }

    @Test
    void groupsMustFit() {
        try (FunctionObjective objective = waves();
                Sgd sgd = Sgd.builder()
                        .group(new ParameterGroup("far", 3, 3), far -> far.rateFactor(2))
                        .build()) {
            assertThatThrownBy(() -> sgd.step(objective, Points.vector(1, -0.5, 2, 0.25, -3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the group far (elements 3..5) does not fit to 5 parameters");
        }
        Sgd.Builder overlapping = Sgd.builder()
                .group(HEAD, head -> head.rateFactor(2))
                .group(new ParameterGroup("other", 3, 1), other -> other.rateFactor(2));
        assertThatThrownBy(overlapping::build).hasMessageContaining("'head' and 'other' share the elements 3 to 3");
        assertThatThrownBy(() ->
                        Sgd.builder().group(HEAD, head -> head.rateFactor(-1)).build())
                .hasMessageContaining("must not be negative");
        assertThatThrownBy(() -> Sgd.builder()
                        .group(HEAD, head -> head.weightDecay(Double.NaN))
                        .build())
                .hasMessageContaining("weight decay");
    }

    @Test
    void settingsOfAGroupAreGivenOnce() {
        Adam.Builder twice = Adam.builder().group(HEAD, head -> head.weightDecay(0));
        assertThatThrownBy(() -> twice.group(HEAD, head -> head.rateFactor(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'" + HEAD.name() + "'", "settings already");
        Adam.Builder none = Adam.builder().group(HEAD, head -> null);
        assertThatThrownBy(none::build).hasMessageContainingAll("'" + HEAD.name() + "'", "are null");
    }
}
