package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.Workers;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.DampingRule;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Settings of published programs, held against {@code kfac_presets.py}, an independent program in NumPy with the same
 * random numbers; schedules, calibration, and the exact resume of each of them.
 */
class KfacPresetsTest {
    @Test
    void referenceFollowsMartensProgram() throws IOException {
        KfacTrajectoryTest.requireFollows(Kfac.reference().batchReachingAll(20, 40), "kfac-reference.txt");
        KfacTrajectoryTest.requireFollows(
                Kfac.reference().batchReachingAll(20, 40).tridiagonal(false), "kfac-reference-diagonal.txt");
    }

    @Test
    void kfacJaxFollowsItsProgram() throws IOException {
        KfacTrajectoryTest.requireFollows(Kfac.kfacJax().batch(20, Math.pow(2, 1.0 / 25)), "kfac-kfac-jax.txt");
    }

    @Test
    void kbfgsPaperFollowsItsProgram() throws IOException {
        KfacTrajectoryTest.requireFollows(Kfac.kbfgsPaper().batch(20, 1), "kfac-kbfgs.txt");
    }

    private static Kfac.Builder scheduled() {
        return Kfac.builder()
                .batch(20, 1)
                .fixed(Schedule.warmUp(3, 0.5, Schedule.stepDecay(0.2, 0.5, 4)), Schedule.nesterovMomentum(0.9))
                .damping(Schedule.stepDecay(2, 0.5, 3))
                .inverses(2, 1);
    }

    static Stream<Supplier<Kfac.Builder>> kinds() {
        return Stream.of(
                () -> Kfac.reference().batchReachingAll(20, 12),
                () -> Kfac.kfacJax().batch(20, 1.1),
                () -> Kfac.kbfgsPaper().batch(20, 1),
                KfacPresetsTest::scheduled,
                () -> Kfac.builder().batch(20, 1).calibrate(30),
                () -> Kfac.builder().batch(20, 1).damping(0.5).correctEigenvalues());
    }

    /** After 13 steps an inverse is old, averages are under way, and noise comes from a stream. */
    @ParameterizedTest
    @MethodSource("kinds")
    void aResumeGoesOnBitForBit(Supplier<Kfac.Builder> settings) {
        double[] whole = run(settings, 22, 1);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = KfacTrajectoryTest.objective(workers)) {
            OptimizerState state;
            try (Kfac first = settings.get().build()) {
                steps(first, objective, 13);
                state = first.state();
            }
            try (Kfac second = settings.get().build()) {
                second.restore(state);
                assertThat(second.state().numbers()).isEqualTo(state.numbers());
                assertThat(second.state().vectors().keySet())
                        .isEqualTo(state.vectors().keySet());
                steps(second, objective, 9);
            }
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(whole);
        }
        assertThat(run(settings, 22, 2)).containsExactly(whole);
    }

    private static double[] run(Supplier<Kfac.Builder> settings, int steps, int workers) {
        try (Workers shared = new Workers(workers);
                SupervisedObjective objective = KfacTrajectoryTest.objective(shared);
                Kfac optimizer = settings.get().build()) {
            steps(optimizer, objective, steps);
            return Arena.toDoubles(objective.theta());
        }
    }

    private static void steps(Kfac optimizer, SupervisedObjective objective, int count) {
        for (int i = 0; i < count; i++) {
            optimizer.step(objective, objective.theta());
        }
    }

    @Test
    void schedulesSetRateMomentumAndDamping() {
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = KfacTrajectoryTest.objective(workers);
                Kfac optimizer = scheduled().build()) {
            double[] rates = {0.1, 0.2 * 2 / 3, 0.2 * 5 / 6, 0.2, 0.2, 0.2, 0.2, 0.1};
            double[] lambdas = {2, 2, 2, 1, 1, 1, 0.5, 0.5};
            // Inverses in steps 1, 2, 4, 6, 8: gamma is that of the step of the inverse.
            double[] gammas = {2, 2, 2, 1, 1, 1, 1, 0.5};
            for (int k = 0; k < 8; k++) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.telemetry().get("rate")).isCloseTo(rates[k], within(1e-15));
                assertThat(report.telemetry().get("momentum")).isEqualTo(0.5);
                assertThat(report.model().orElseThrow().damping()).isEqualTo(lambdas[k]);
                assertThat(report.telemetry().get("gamma")).isCloseTo(Math.sqrt(gammas[k] + 1e-3), within(1e-15));
            }
        }
    }

    /** From a lambda that is far too large, the rule comes down before anything moves; each repetition costs work. */
    @Test
    void calibrationFindsALambdaThatTheRuleLeavesAlone() {
        double w = Math.pow(0.95, 5);
        DampingRule rule = DampingRule.levenbergMarquardt(1 / w, w);
        double[] costs = new double[2];
        double[] dampings = new double[2];
        for (int i = 0; i < 2; i++) {
            try (Workers workers = new Workers(1);
                    SupervisedObjective objective = KfacTrajectoryTest.objective(workers);
                    Kfac optimizer = Kfac.builder()
                            .batch(20, 1)
                            .damping(150)
                            .dampingRule(1, rule, 0)
                            .calibrate(i == 0 ? 0 : 200)
                            .build()) {
                StepReport report = optimizer.step(objective, objective.theta());
                costs[i] = report.cost();
                dampings[i] = report.model().orElseThrow().damping();
                if (i == 1) {
                    double repetitions = report.telemetry().get("repetitions");
                    assertThat(repetitions).isGreaterThan(5);
                    assertThat(dampings[i]).isCloseTo(150 * Math.pow(w, repetitions), within(1e-9));
                    assertThat(report.telemetry().get("gamma")).isCloseTo(Math.sqrt(dampings[1] + 1e-3), within(1e-12));
                    double ratio = report.model().orElseThrow().ratio();
                    assertThat(ratio).isGreaterThan(0.25); // with the next smaller lambda it is not
                }
            }
        }
        assertThat(dampings[0]).isEqualTo(150);
        assertThat(costs[1]).isGreaterThan(5 * costs[0]);
    }

    @Test
    void calibrationIsRefusedWhereItWouldDoNothing() {
        assertThatThrownBy(() -> Kfac.builder().fixed(1, 0).calibrate(5).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fixed");
        assertThatThrownBy(() -> Kfac.builder()
                        .damping(Schedule.constant(1))
                        .calibrate(5)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("schedule");
    }

    @Test
    void calibrationStopsWhereTheRuleTurnsBack() {
        double[] lambda = {8};
        // Falls while above 1, rises below it.
        int repetitions =
                Calibration.run(50, 8, () -> lambda[0] > 1 ? lambda[0] / 2 : lambda[0] * 1.5, next -> lambda[0] = next);
        assertThat(lambda[0]).isEqualTo(1.5);
        assertThat(repetitions).isEqualTo(4);
        lambda[0] = 0.1;
        repetitions =
                Calibration.run(50, 0.1, () -> lambda[0] > 1 ? lambda[0] / 2 : lambda[0] * 3, next -> lambda[0] = next);
        assertThat(lambda[0]).isCloseTo(2.7, within(1e-12));
        assertThat(repetitions).isEqualTo(3);
        assertThat(Calibration.run(2, 1, () -> lambda[0] * 2, next -> lambda[0] = next))
                .isEqualTo(2);
        assertThat(Calibration.run(2, 1, () -> 1, next -> lambda[0] = next)).isZero();
    }
}
