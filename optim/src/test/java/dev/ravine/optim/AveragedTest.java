package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class AveragedTest {
    private static final double[] START = {-1.2, 1, -0.5};
    private static final int STEPS = 12;

    private record Case(String averaging, Supplier<Optimizer> optimizer, DType dtype) {}

    static Stream<Case> cases() {
        List<Supplier<Optimizer>> optimizers = List.of(
                () -> Adam.builder().learningRate(0.05).build(),
                () -> Sgd.builder().learningRate(2e-4).momentum(0.9).build(),
                () -> Lbfgs.builder().build());
        return Stream.of("ema:0.8", "ema:0.9:corrected", "polyak:1", "polyak:5", "swa:4:3", "ema:0.0")
                .flatMap(averaging -> optimizers.stream()
                        .flatMap(optimizer -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                                .map(dtype -> new Case(averaging, optimizer, dtype))));
    }

    /** The definitions as sums over all points so far; points[0] is the start. */
    private static double[] mean(String averaging, List<double[]> points) {
        int t = points.size() - 1;
        double[] weights = new double[t + 1];
        switch (averaging) {
            case "ema:0.8", "ema:0.0" -> {
                double decay = averaging.equals("ema:0.8") ? 0.8 : 0;
                weights[0] = Math.pow(decay, t);
                for (int i = 1; i <= t; i++) {
                    weights[i] = (1 - decay) * Math.pow(decay, t - i);
                }
            }
            case "ema:0.9:corrected" -> {
                for (int i = 1; i <= t; i++) {
                    weights[i] = 0.1 * Math.pow(0.9, t - i) / (1 - Math.pow(0.9, t));
                }
            }
            default -> {
                int from = averaging.equals("polyak:1") ? 1 : averaging.equals("polyak:5") ? 5 : 4;
                int every = averaging.startsWith("swa") ? 3 : 1;
                for (int i = from; i <= t; i += every) {
                    weights[i] = 1.0 / ((t - from) / every + 1);
                }
                weights[t] = t < from ? 1 : weights[t];
            }
        }
        double[] mean = new double[START.length];
        for (int i = 0; i <= t; i++) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += weights[i] * points.get(i)[k];
            }
        }
        return mean;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheMeanOfPointsThatAreThoseOfThePlainOptimizer(Case c) {
        INDArray theta = Arena.of(c.dtype, Shape.of(START.length), START);
        INDArray plainTheta = Arena.copyOf(theta);
        List<double[]> points = new ArrayList<>(List.of(Arena.toDoubles(theta)));
        try (FunctionObjective objective = Rosenbrock.objective(c.dtype, START.length);
                Averaged averaged = new Averaged(c.optimizer.get(), Averaging.parse(c.averaging));
                Optimizer plain = c.optimizer.get()) {
            assertThat(averaged.averaged()).isEmpty();
            for (int i = 0; i < STEPS; i++) {
                StepReport report = averaged.step(objective, theta);
                assertThat(report).isEqualTo(plain.step(objective, plainTheta));
                points.add(Arena.toDoubles(theta));
                assertThat(Arena.toDoubles(theta)).isEqualTo(Arena.toDoubles(plainTheta));
                assertThat(Points.relativeDistance(
                                Arena.toDoubles(averaged.averaged().orElseThrow()), mean(c.averaging, points)))
                        .isLessThan(c.dtype == DType.FLOAT64 ? 1e-14 : 1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnExactly(Case c) {
        INDArray theta = Arena.of(c.dtype, Shape.of(START.length), START);
        try (FunctionObjective objective = Rosenbrock.objective(c.dtype, START.length);
                Averaged whole = new Averaged(c.optimizer.get(), Averaging.parse(c.averaging));
                Averaged rest = new Averaged(c.optimizer.get(), Averaging.parse(c.averaging))) {
            for (int i = 0; i < STEPS / 2; i++) {
                whole.step(objective, theta);
            }
            rest.restore(whole.state());
            INDArray other = Arena.copyOf(theta);
            for (int i = 0; i < STEPS / 2; i++) {
                whole.step(objective, theta);
                rest.step(objective, other);
            }
            assertThat(Arena.toDoubles(rest.averaged().orElseThrow()))
                    .isEqualTo(Arena.toDoubles(whole.averaged().orElseThrow()));
            assertThat(rest.state()).usingRecursiveComparison().isEqualTo(whole.state());
        }
    }

    /** In single precision too, an average over a million steps stays where the points are. */
    @Test
    void doesNotDrift() {
        INDArray theta = Arena.of(DType.FLOAT32, Shape.of(1), 1.1);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT32, 1, x -> x.mul(0).sum());
                Averaged averaged = new Averaged(Sgd.builder().build(), Averaging.exponential(0.9999))) {
            for (int i = 0; i < 20_000; i++) {
                averaged.step(objective, theta);
            }
            assertThat(averaged.averaged().orElseThrow().getFloat(0)).isEqualTo(1.1f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ema:0.99", "ema:0.5:corrected", "polyak:100", "swa:100:10"})
    void aTextIsReadBack(String text) {
        assertThat(Averaging.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ema",
                "ema:1",
                "ema:-0.1",
                "ema:x",
                "ema:0.9f",
                "ema:0.9:maybe",
                "polyak",
                "polyak:0",
                "polyak:1:2",
                "swa:1",
                "swa:0:1",
                "swa:1:0",
                "mean:3"
            })
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> Averaging.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Averaging.FORMS)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void nameAndSettingsTellTheAveraging() {
        try (Averaged averaged = new Averaged(Adam.builder().build(), Averaging.exponential(0.99))) {
            assertThat(averaged.name()).isEqualTo("adam(lr=0.001), average ema:0.99");
            assertThat(averaged.settings())
                    .containsEntry("averaging", "ema:0.99")
                    .containsEntry("kind", "Adam");
            assertThatThrownBy(() -> new Averaged(averaged, Averaging.uniform(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has an average already");
        }
    }

    @Test
    void aStateWithoutAnAverageIsRefused() {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Optimizer plain = Adam.builder().build();
                Averaged averaged = new Averaged(Adam.builder().build(), Averaging.uniform(1))) {
            plain.step(objective, theta);
            assertThatThrownBy(() -> averaged.restore(plain.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'average'");
            averaged.restore(
                    new OptimizerState(0, Adam.builder().build().state().numbers(), Map.of()));
            assertThat(averaged.averaged()).isEmpty();
        }
    }

    @Test
    void anAverageOfAnotherLengthIsRefused() {
        INDArray theta = Points.vector(START);
        INDArray shorter = Points.vector(1, 2);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Averaged adam = new Averaged(Adam.builder().build(), Averaging.uniform(1));
                Averaged sgd = new Averaged(Sgd.builder().build(), Averaging.uniform(1))) {
            adam.step(objective, theta);
            double before = adam.averaged().orElseThrow().getDouble(0);
            assertThatThrownBy(() -> adam.restore(withAverage(adam.state(), shorter)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'average' must be a vector of theta's length, found [2]");
            assertThatThrownBy(() -> adam.restore(withAverage(adam.state(), shorter.reshape(1, 2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found [1, 2]");
            assertThat(adam.averaged().orElseThrow().getDouble(0)).isEqualTo(before);
            // Nothing else in the state is as long as theta, so the next step sees it.
            sgd.step(objective, theta);
            sgd.restore(withAverage(sgd.state(), shorter));
            double[] point = Arena.toDoubles(theta);
            assertThatThrownBy(() -> sgd.step(objective, theta))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("the average of sgd(lr=0.1), average polyak:1");
            assertThat(Arena.toDoubles(theta)).isEqualTo(point);
        }
    }

    private static OptimizerState withAverage(OptimizerState state, INDArray average) {
        Map<String, INDArray> vectors = new HashMap<>(state.vectors());
        vectors.put("average", average);
        return new OptimizerState(state.steps(), state.numbers(), vectors);
    }

    @Test
    void anAveragingOfOnesOwnIsHeldToItsRange() {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Averaged half = new Averaged(Adam.builder().build(), step -> 0.5);
                Averaged wrong = new Averaged(Adam.builder().build(), step -> 2)) {
            half.step(objective, theta);
            assertThat(half.averaged().orElseThrow().getDouble(0))
                    .isCloseTo((theta.getDouble(0) + START[0]) / 2, within(1e-15));
            assertThatThrownBy(() -> wrong.step(objective, theta))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("found 2.0");
        }
    }
}
