package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.api.Test;

/** One weight and one bias, with features +-1: the loss is |theta - (2, 1)|^2, whose gradient is twice the distance. */
class RateFinderTest {
    private final Linear net = new Linear(1, 1);

    private SupervisedObjective objective() {
        net.initialize(DType.FLOAT64, 1);
        DataSet data = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(2, 1), -1, 1), Arena.of(DType.FLOAT64, Shape.of(2, 1), -1, 3));
        return SupervisedObjective.of(net, Loss.meanSquaredError(), data);
    }

    /** A step multiplies the loss by (1 - 2 rate)^2. */
    @Test
    void lossesAreThoseOfGradientDescent() {
        try (SupervisedObjective objective = objective()) {
            double[] start = Arena.toDoubles(objective.theta());
            RateFinder.Result found = RateFinder.find(
                    net, objective, rates -> Sgd.builder().learningRate(rates).build(), 1e-4, 100, 61);
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(start);
            double loss = Math.pow(start[0] - 2, 2) + Math.pow(start[1] - 1, 2);
            double mean = 0;
            double kept = 1;
            for (RateFinder.Point point : found.points()) {
                mean = 0.8 * mean + 0.2 * loss;
                kept *= 0.8;
                assertThat(point.loss()).isCloseTo(loss, within(1e-10 * loss));
                assertThat(point.smoothed()).isCloseTo(mean / (1 - kept), within(1e-10 * mean));
                loss *= Math.pow(1 - 2 * point.rate(), 2);
            }
            assertThat(found.points().get(0).rate()).isEqualTo(1e-4);
            assertThat(found.points().size()).isLessThan(61);
            assertThat(found.rate()).isBetween(0.01, 0.5);
            assertThat(found.toString()).startsWith("rate 0.");
        }
    }

    @Test
    void ratesThatNeverHelpAreAnError() {
        try (SupervisedObjective objective = objective()) {
            assertThatThrownBy(() -> RateFinder.find(
                            net,
                            objective,
                            rates -> Sgd.builder().learningRate(rates).build(),
                            10,
                            1000,
                            20))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the loss fell nowhere");
            assertThatThrownBy(() -> RateFinder.find(
                            net,
                            objective,
                            rates -> Sgd.builder().learningRate(rates).build(),
                            1,
                            0.1,
                            20))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
