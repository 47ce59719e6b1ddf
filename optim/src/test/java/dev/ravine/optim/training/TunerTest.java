package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TunerTest {
    private static double rate(Rng rng) {
        return Tuner.logUniform(rng, 1e-4, 1);
    }

    /** The loss that a rate has after a while: least at 0.01, and larger after a small budget. */
    private static double loss(double rate, Budget budget) {
        return Math.pow(Math.log10(rate) + 2, 2) + 1 / budget.amount();
    }

    @Test
    void randomSearchGivesTheBestOfEqualTrials() throws IOException {
        Tuner.Result<Double> found = Tuner.random(TunerTest::rate, 40, Budget.steps(10), 3, TunerTest::loss);
        assertThat(found.trials()).hasSize(40).allMatch(t -> t.budget().amount() == 10);
        assertThat(found.trials()).allMatch(t -> t.settings() > 1e-4 && t.settings() < 1);
        assertThat(found.trials()).allMatch(t -> t.loss() >= found.best().loss());
        assertThat(Math.log10(found.best().settings())).isCloseTo(-2, within(0.5));
        Tuner.Result<Double> again = Tuner.random(TunerTest::rate, 40, Budget.steps(10), 3, TunerTest::loss);
        assertThat(again).isEqualTo(found);
        assertThat(found.toString()).contains("after 40 trials");
    }

    /** With 27 trials and a factor of 3 there are rounds of 27, 9 and 3; each may spend 900 of 2700. */
    @Test
    void halvingSpendsTheSameInEachRound() throws IOException {
        Tuner.Result<Double> found = Tuner.halving(TunerTest::rate, 27, 3, Budget.gradients(2700), 1, TunerTest::loss);
        List<Double> budgets =
                found.trials().stream().map(t -> t.budget().amount()).toList();
        assertThat(budgets).hasSize(39);
        assertThat(budgets.subList(0, 27)).allMatch(b -> Math.abs(b - 900.0 / 27) < 1e-9);
        assertThat(budgets.subList(27, 36)).allMatch(b -> Math.abs(b - 100) < 1e-9);
        assertThat(budgets.subList(36, 39)).allMatch(b -> Math.abs(b - 300) < 1e-9);
        double least = found.trials().subList(0, 27).stream()
                .mapToDouble(t -> Math.pow(Math.log10(t.settings()) + 2, 2))
                .min()
                .orElseThrow();
        assertThat(Math.pow(Math.log10(found.best().settings()) + 2, 2)).isEqualTo(least);
        assertThat(found.best().budget().amount()).isCloseTo(300, within(1e-9));
    }

    @Test
    void whatDivergesIsWorst() throws IOException {
        Tuner.Result<Double> found = Tuner.random(
                TunerTest::rate, 40, Budget.steps(10), 3, (rate, budget) -> rate > 0.001 ? Double.NaN : 1 / rate);
        assertThat(found.best().settings()).isLessThan(0.001);
        assertThatThrownBy(() -> Tuner.random(TunerTest::rate, 3, Budget.steps(10), 3, (r, b) -> Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no loss of 3 trials with 10 steps");
        assertThatThrownBy(() -> Tuner.halving(TunerTest::rate, 2, 3, Budget.steps(10), 3, TunerTest::loss))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tuner.logUniform(new Rng(1), 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Of 10 units, five trials have 2 each. What a trial costs is what a run ended by its steps would cost. */
    @ParameterizedTest
    @CsvSource({"2, 5", "2.1, 5", "2.2, 5", "2.3, 4", "3, 3", "4, 2", "6, 1", "60, 1", "0.5, 5"})
    void listedTrialsKeepTheirBudgetByBeingFewer(double cost, int expected) throws IOException {
        List<Budget> budgets = new ArrayList<>();
        List<Tuner.Trial<String>> trials =
                Tuner.listed(List.of("a", "b", "c", "d", "e"), Budget.seconds(10), (setting, budget) -> {
                    budgets.add(budget);
                    return new Tuner.Ended(setting.equals("b") ? 1 : 2, cost);
                });
        assertThat(trials).hasSize(expected);
        assertThat(budgets).containsOnly(Budget.seconds(2));
        assertThat(trials.get(0).settings()).isEqualTo("a");
        assertThat(Tuner.best(trials).orElseThrow().settings()).isEqualTo(expected > 1 ? "b" : "a");
    }

    @Test
    void listedTrialsEndWhereTheRunSaysSo() throws IOException {
        List<Tuner.Trial<Integer>> trials = Tuner.listed(
                List.of(1, 2, 3),
                Budget.steps(3),
                (setting, budget) -> new Tuner.Ended(Double.NaN, setting == 2 ? Double.POSITIVE_INFINITY : 0));
        assertThat(trials).extracting(Tuner.Trial::settings).containsExactly(1, 2);
        assertThat(Tuner.best(trials)).as("none was finite").isEmpty();
        assertThatThrownBy(() -> Tuner.listed(List.of(), Budget.steps(3), (s, b) -> new Tuner.Ended(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 trial");
    }
}
