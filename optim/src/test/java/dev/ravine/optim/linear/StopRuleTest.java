package dev.ravine.optim.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StopRuleTest {
    private static final StopRule PROGRESS = StopRule.relativeProgress(5e-4);

    /** phi after each iteration: the same value, except the last one. */
    private static boolean isDone(int iteration, double before, double now) {
        double[] phi = new double[iteration + 5]; // memory for more, as in a solver
        Arrays.fill(phi, 0, iteration, before);
        phi[iteration - 1] = now;
        return PROGRESS.isDone(iteration, phi, 1, 1);
    }

    @Test
    void relativeProgressNeverFiresBeforeTheEleventhIteration() {
        for (int i = 1; i <= 10; i++) {
            assertThat(isDone(i, -1, -1)).as("iteration %d", i).isFalse();
        }
        assertThat(isDone(11, -1, -1)).isTrue();
    }

    @Test
    void relativeProgressComparesTheLastTenIterationsWithHalfAPercent() {
        assertThat(isDone(11, -1, -1.004)).isTrue();
        assertThat(isDone(11, -1, -1.006)).isFalse();
        assertThat(isDone(100, -1, -1.004)).isTrue();
        assertThat(isDone(100, -1, -1.006)).isFalse();
    }

    @Test
    void theWindowGrowsWithTheIterations() {
        // k = 11 from iteration 101 on, 25 at 241 to 250, and the bound with it.
        assertThat(isDone(101, -1, -1.0054)).isTrue();
        assertThat(isDone(101, -1, -1.0056)).isFalse();
        assertThat(isDone(250, -1, -1.0126)).isTrue();
        assertThat(isDone(250, -1, -1.0127)).isFalse();
    }

    @Test
    void relativeProgressLooksExactlyKIterationsBack() {
        double[] phi = new double[101];
        Arrays.fill(phi, -1);
        phi[100 - 11] = -0.5; // after iteration 90, which is 11 before 101
        assertThat(PROGRESS.isDone(101, phi, 1, 1)).isFalse();
        phi[100 - 11] = -1;
        phi[100 - 10] = -0.5;
        assertThat(PROGRESS.isDone(101, phi, 1, 1)).isTrue();
    }

    @Test
    void relativeProgressWaitsUntilPhiWasNegative() {
        assertThat(isDone(20, 1, 1)).isFalse();
        assertThat(isDone(20, 0, 0)).isFalse();
        assertThat(isDone(20, 1e-9, -1)).isFalse();
    }

    @Test
    void relativeProgressIsNotTakenInByNotANumber() {
        assertThat(isDone(20, -1, Double.NaN)).isFalse();
        assertThat(isDone(20, Double.NaN, -1)).isFalse();
    }

    @Test
    void relativeResidualComparesWithTheStart() {
        StopRule rule = StopRule.relativeResidual(0.1);
        assertThat(rule.isDone(1, new double[1], 0.2, 2)).isTrue();
        assertThat(rule.isDone(1, new double[1], 0.21, 2)).isFalse();
        assertThat(rule.isDone(1, new double[1], Double.NaN, 2)).isFalse();
    }
}
