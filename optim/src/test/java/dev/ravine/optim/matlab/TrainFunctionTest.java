package dev.ravine.optim.matlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.matlab.TrainingRecord.Stop;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainFunctionTest {
    private static Sequential net() {
        Sequential net = new Sequential(new Linear(1, 5), Activation.tanh(), new Linear(5, 1));
        net.initialize(DType.FLOAT64, 2);
        return net;
    }

    /** A sine with errors that no net of this size fits. */
    private static DataSet sine(int count, double shift) {
        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            x[i] = -1 + 2 * (i + shift) / count;
            y[i] = Math.sin(Math.PI * x[i]) + 0.1 * Math.cos(37 * (i + shift));
        }
        return DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(count, 1), x), Arena.of(DType.FLOAT64, Shape.of(count, 1), y));
    }

    static Stream<Arguments> functions() {
        return Stream.of(
                Arguments.of("trainlm", (Supplier<TrainFunction>) TrainFunction::trainlm),
                Arguments.of("trainbr", (Supplier<TrainFunction>) TrainFunction::trainbr),
                Arguments.of("trainscg", (Supplier<TrainFunction>) TrainFunction::trainscg),
                Arguments.of("traincgb", (Supplier<TrainFunction>) TrainFunction::traincgb),
                Arguments.of("traincgf", (Supplier<TrainFunction>) TrainFunction::traincgf),
                Arguments.of("traincgp", (Supplier<TrainFunction>) TrainFunction::traincgp),
                Arguments.of("trainbfg", (Supplier<TrainFunction>) TrainFunction::trainbfg),
                Arguments.of("trainoss", (Supplier<TrainFunction>) TrainFunction::trainoss),
                Arguments.of("trainrp", (Supplier<TrainFunction>) TrainFunction::trainrp));
    }

    /** The variance of the errors is 0.005. */
    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionFitsASine(String name, Supplier<TrainFunction> function) {
        Sequential net = net();
        DataSet data = sine(40, 0);
        TrainingRecord tr = function.get().epochs(150).minGrad(0).train(net, data);
        assertThat(tr.trainFcn()).isEqualTo(name).isEqualTo(function.get().toString());
        assertThat(tr.stop()).isIn(Stop.EPOCHS, Stop.MU_MAX);
        assertThat(tr.perf()).hasSize(tr.epochs() + 1);
        assertThat(tr.gradient()).hasSize(tr.epochs());
        assertThat(tr.lastPerf()).isLessThan(0.02);
        assertThat(tr.vperf()).isEmpty();
        assertThat(tr.bestEpoch()).isEqualTo(tr.epochs());
        assertThat(tr.mu()).hasSize(List.of("trainlm", "trainbr").contains(name) ? tr.epochs() : 0);
        assertThat(tr.gamk()).hasSize(name.equals("trainbr") ? tr.epochs() : 0);
        assertThat(tr.toString()).startsWith(name + ": " + tr.epochs() + " epochs, perf ");
        try (var objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data)) {
            assertThat(objective.value(objective.theta(), Scope.all())).isCloseTo(tr.lastPerf(), within(1e-12));
        }
    }

    @Test
    void trainlmTakesTheStepsOfDampedGaussNewton() {
        Sequential net = net();
        TrainingRecord tr =
                TrainFunction.trainlm().mu(0.1).muDec(0.2).muInc(5).epochs(8).train(net, sine(30, 0));
        Sequential other = net();
        try (var objective = SupervisedObjective.of(other, Loss.meanSquaredError(), sine(30, 0));
                Optimizer optimizer =
                        DampedGaussNewton.builder().mu(0.1).muDec(0.2).muInc(5).build()) {
            for (int i = 0; i < 8; i++) {
                var step = optimizer.step(objective, objective.theta());
                assertThat(tr.perf().get(i + 1)).isEqualTo(step.lossAfter());
                assertThat(tr.mu().get(i)).isEqualTo(step.telemetry().get("mu"));
            }
        }
    }

    @Test
    void trainingStopsWhereMatlabsDoes() {
        DataSet data = sine(40, 0);
        assertThat(TrainFunction.trainlm().goal(0.05).train(net(), data).stop()).isEqualTo(Stop.GOAL);
        assertThat(TrainFunction.trainlm().epochs(3).train(net(), data).stop()).isEqualTo(Stop.EPOCHS);
        assertThat(TrainFunction.trainlm().muMax(1e-9).train(net(), data).stop())
                .isEqualTo(Stop.MU_MAX);
        assertThat(TrainFunction.trainscg().time(1e-9).train(net(), data).stop())
                .isEqualTo(Stop.TIME);
        TrainingRecord flat = TrainFunction.trainbfg().minGrad(1e-3).train(net(), data);
        assertThat(flat.stop()).isEqualTo(Stop.MIN_GRAD);
        assertThat(flat.gradient().get(flat.epochs() - 1)).isLessThanOrEqualTo(1e-3);
        assertThat(flat.gradient().subList(0, flat.epochs() - 1)).allMatch(g -> g > 1e-3);
    }

    /** Few examples and a large net: it fits the errors, and the validation performance rises. */
    @Test
    void validationStopsAndGivesTheBestNet() {
        Sequential net = new Sequential(new Linear(1, 20), Activation.tanh(), new Linear(20, 1));
        net.initialize(DType.FLOAT64, 1);
        DataSet validation = sine(31, 0.4);
        TrainingRecord tr = TrainFunction.trainlm().maxFail(4).minGrad(0).train(net, sine(15, 0), validation);
        assertThat(tr.stop()).isEqualTo(Stop.VALIDATION);
        assertThat(tr.vperf()).hasSize(tr.epochs());
        assertThat(tr.epochs()).isEqualTo(tr.bestEpoch() + 4);
        assertThat(tr.vperf().get(tr.bestEpoch() - 1)).isEqualTo(tr.bestVperf());
        try (var objective = SupervisedObjective.of(net, Loss.meanSquaredError(), validation)) {
            assertThat(objective.value(objective.theta(), Scope.all())).isCloseTo(tr.bestVperf(), within(1e-12));
        }
    }

    @Test
    void trainbrDoesNotStopByValidation() {
        TrainingRecord tr = TrainFunction.trainbr().epochs(60).minGrad(0).train(net(), sine(40, 0), sine(31, 0.4));
        assertThat(tr.stop()).isIn(Stop.EPOCHS, Stop.MU_MAX);
        assertThat(tr.vperf()).hasSize(tr.epochs());
        assertThat(tr.gamk().get(tr.epochs() - 1)).isBetween(2.0, 14.0);
    }

    @Test
    void aParameterOfAnotherFunctionIsAnError() {
        assertThatThrownBy(() -> TrainFunction.trainscg().mu(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("trainscg has no parameters mu, mu_dec, mu_inc and mu_max; trainlm and trainbr have them");
        assertThatThrownBy(() -> TrainFunction.trainlm().sigma(1)).hasMessageContaining("trainscg has them");
        assertThatThrownBy(() -> TrainFunction.trainbfg().delta0(1)).hasMessageContaining("trainrp has them");
        assertThatThrownBy(() -> TrainFunction.trainlm().epochs(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
