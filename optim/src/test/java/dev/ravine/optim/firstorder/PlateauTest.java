package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PlateauTest {
    /** The learning rate after each of these losses, with 1 to begin with. */
    private static double[] rates(Plateau settings, double... losses) {
        Plateau.Watch watch = new Plateau.Watch(settings);
        return DoubleStream.of(losses)
                .map(loss -> {
                    watch.see(loss, 1);
                    watch.endEpoch(watch.rate(1));
                    return watch.rate(1);
                })
                .toArray();
    }

    @Test
    void lowersTheRateAfterMoreBadEpochsThanItBears() {
        assertThat(rates(Plateau.of(0.5, 1), 1, 1, 1, 1, 1)).containsExactly(1, 1, 0.5, 0.5, 0.25);
        assertThat(rates(Plateau.of(0.5, 0), 1, 0.9, 0.95, 0.8, 0.8)).containsExactly(1, 1, 0.5, 0.5, 0.25);
        assertThat(rates(Plateau.of(0.5, 1), 1, 2, 0.5, 2, 0.4)).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void anImprovementMustExceedTheThreshold() {
        assertThat(rates(new Plateau(0.5, 0, 0.1, 0, 0), 1, 0.89, 0.81)).containsExactly(1, 1, 0.5);
    }

    @Test
    void restsAfterAChange() {
        assertThat(rates(new Plateau(0.5, 0, 0, 2, 0), 1, 1, 1, 1, 1, 1, 1, 1))
                .containsExactly(1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125);
    }

    @Test
    void hasAMinimumThatAScheduleMayGoBelow() {
        Plateau settings = new Plateau(0.1, 0, 0, 0, 0.03);
        assertThat(rates(settings, 1, 1, 1, 1)).containsExactly(1, 0.1, 0.03, 0.03);
        Plateau.Watch watch = new Plateau.Watch(settings);
        assertThat(watch.rate(0.02)).isEqualTo(0.02);
    }

    @Test
    void judgesWholeEpochs() {
        Plateau settings = new Plateau(0.5, 0, 0.5, 0, 0);
        assertThat(ratesOfTraining(Sgd.builder().learningRate(1e-3).plateau(settings)))
                .containsExactly(1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 5e-4, 5e-4, 5e-4, 2.5e-4);
        // So small a change is not made, as in PyTorch.
        assertThat(ratesOfTraining(Sgd.builder().learningRate(2e-9).plateau(settings)))
                .containsOnly(2e-9);
    }

    /** Of 10 steps, 3 an epoch. */
    private static List<Double> ratesOfTraining(Sgd.Builder settings) {
        Linear model = new Linear(2, 2);
        model.initialize(DType.FLOAT64, 2);
        List<Double> rates = new ArrayList<>();
        try (SupervisedObjective objective =
                        SupervisedObjective.of(model, Loss.softmaxCrossEntropy(), Generators.twoMoons(10, 0.1, 1));
                Sgd sgd = settings.batchSize(4).build()) {
            for (int i = 0; i < 10; i++) {
                rates.add(sgd.step(objective, objective.theta()).telemetry().get("learning_rate"));
            }
        }
        return rates;
    }

    @Test
    void anEpochIsTheMeanByTheWeightsOfItsExamples() {
        DataSet data = Generators.twoMoons(12, 0.1, 1);
        double[] weights = {3, 0, 1, 5, 0.5, 2, 0, 0, 1, 7, 0.25, 1};
        Linear model = new Linear(2, 2);
        model.initialize(DType.FLOAT64, 2);
        try (SupervisedObjective objective =
                        SupervisedObjective.of(model, Loss.softmaxCrossEntropy(), data.withWeights(weights));
                Sgd sgd = Sgd.builder()
                        .learningRate(1e-12)
                        .plateau(Plateau.of(0.5, 3))
                        .batchSize(5)
                        .build()) {
            double whole = objective.value(objective.theta(), Scope.all());
            assertThat(objective.weight(Scope.all())).isEqualTo(20.75);
            assertThat(objective.weight(Scope.of(0, 1, 3))).isEqualTo(8);
            for (int i = 0; i < 3; i++) {
                sgd.step(objective, objective.theta());
            }
            assertThat(sgd.state().numbers().get("plateau best")).isCloseTo(whole, within(1e-9));
        }
    }

    @Test
    void negativeLossesThatStandStillLowerTheRateToo() {
        Plateau.Watch watch = new Plateau.Watch(new Plateau(0.5, 1, 0.01, 0, 0));
        double[] losses = {-1, -1.02, -1.021, -1.02, -1.2, -1.2, -1.2};
        double[] rates = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
        for (int i = 0; i < losses.length; i++) {
            watch.see(losses[i], 10);
            watch.endEpoch(watch.rate(1));
            assertThat(watch.rate(1)).as("after epoch %d", i).isEqualTo(rates[i]);
        }
    }

    @Test
    void settingsAreChecked() {
        for (double bad : new double[] {0, 1, -1, Double.NaN}) {
            assertThatThrownBy(() -> Plateau.of(bad, 1)).hasMessageContaining("factor");
        }
        assertThatThrownBy(() -> Plateau.of(0.1, -1)).hasMessageContaining("patience");
        assertThatThrownBy(() -> new Plateau(0.1, 1, 1, 0, 0)).hasMessageContaining("threshold");
        assertThatThrownBy(() -> new Plateau(0.1, 1, 0, -1, 0)).hasMessageContaining("cooldown");
        assertThatThrownBy(() -> new Plateau(0.1, 1, 0, 0, -1)).hasMessageContaining("smallest learning rate");
    }
}
