package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Schedules at their corners; {@code PyTorchTrajectoriesTest} has their values step by step. */
class ScheduleTest {
    @Test
    void stepDecayJumps() {
        Schedule s = Schedule.stepDecay(1, 0.5, 3);
        assertThat(LongStream.range(0, 8).mapToDouble(s::at).toArray())
                .containsExactly(1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25);
    }

    @Test
    void cosineReachesItsFloorAndStaysThere() {
        Schedule s = Schedule.cosine(1, 0.2, 10);
        assertThat(s.at(0)).isEqualTo(1);
        assertThat(s.at(5)).isCloseTo(0.6, within(1e-15));
        assertThat(s.at(10)).isEqualTo(0.2);
        assertThat(s.at(1_000_000)).isEqualTo(0.2);
    }

    @Test
    void warmUpLeadsIntoWhatFollows() {
        Schedule s = Schedule.warmUp(4, 0.2, Schedule.stepDecay(10, 0.1, 2));
        assertThat(LongStream.range(0, 4).mapToDouble(s::at).toArray())
                .containsExactly(new double[] {2, 4, 6, 8}, within(1e-14));
        assertThat(LongStream.range(4, 8).mapToDouble(s::at).toArray()).containsExactly(10, 10, 1, 1);
    }

    @Test
    void oneCycleRisesAndFalls() {
        Schedule rate = Schedule.oneCycle(1, 100);
        assertThat(rate.at(0)).isCloseTo(1.0 / 25, within(1e-15));
        assertThat(rate.at(29)).isEqualTo(1);
        assertThat(rate.at(99)).isCloseTo(1.0 / 25e4, within(1e-16));
        assertThat(rate.at(1000)).isEqualTo(rate.at(99));
        Schedule momentum = Schedule.oneCycleMomentum(0.85, 0.95, 100);
        assertThat(momentum.at(0)).isCloseTo(0.95, within(1e-15));
        assertThat(momentum.at(29)).isEqualTo(0.85);
        assertThat(momentum.at(99)).isCloseTo(0.95, within(1e-15));
        for (long steps = 1; steps < 8; steps++) {
            for (long t = 0; t < 10; t++) {
                assertThat(Schedule.oneCycle(1, steps).at(t)).isBetween(0.0, 1.0);
            }
        }
    }

    @Test
    void nesterovMomentumGrowsEvery250Steps() {
        Schedule s = Schedule.nesterovMomentum(0.9);
        assertThat(s.at(0)).isEqualTo(0.5);
        assertThat(s.at(249)).isEqualTo(0.5);
        assertThat(s.at(250)).isEqualTo(0.75);
        assertThat(s.at(750)).isEqualTo(0.875);
        assertThat(s.at(1_000_000)).isEqualTo(0.9);
        for (long t = 0; t < 1200; t += 100) {
            double paper = 1 - Math.pow(2, -1 - Math.log(Math.floor(t / 250.0) + 1) / Math.log(2));
            assertThat(s.at(t)).isCloseTo(Math.min(paper, 0.9), within(1e-15));
        }
    }

    @Test
    void schedulesMultiplyAndPrint() {
        Schedule s = Schedule.cosine(1, 0, 10).times(0.1);
        assertThat(s.at(0)).isEqualTo(0.1);
        assertThat(s).hasToString("0.1 * cosine(1.0 to 0.0 in 10)");
        assertThat(Schedule.constant(0.5)).hasToString("0.5");
        assertThat(Schedule.warmUp(5, 0, Schedule.oneCycle(1, 9)))
                .hasToString("warmUp(5, from 0.0, oneCycle(1.0 in 9))");
        assertThat(Schedule.stepDecay(1, 0.5, 3)).hasToString("stepDecay(1.0, *0.5 every 3)");
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> Schedule.stepDecay(1, 0, 3)).hasMessageContaining("factor");
        assertThatThrownBy(() -> Schedule.stepDecay(1, 0.5, 0)).hasMessageContaining("number of steps");
        assertThatThrownBy(() -> Schedule.cosine(1, 0, 0)).hasMessageContaining("number of steps");
        assertThatThrownBy(() -> Schedule.warmUp(0, 0, Schedule.constant(1))).hasMessageContaining("number of steps");
        assertThatThrownBy(() -> Schedule.warmUp(1, 1, Schedule.constant(1))).hasMessageContaining("fraction");
        assertThatThrownBy(() -> Schedule.oneCycle(0, 1)).hasMessageContaining("peak");
        assertThatThrownBy(() -> Schedule.oneCycle(1, 0)).hasMessageContaining("number of steps");
        assertThatThrownBy(() -> Schedule.oneCycleMomentum(0.8, 0.9, 0)).hasMessageContaining("number of steps");
        assertThatThrownBy(() -> Schedule.nesterovMomentum(1)).hasMessageContaining("momentum");
    }
}
