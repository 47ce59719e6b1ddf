package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The clocks are numbers that the tests set. */
class PaceTest {
    private double cpu;

    private static Progress at(double seconds, double gradients) {
        return new Progress(0, 0, 0, seconds, gradients, 0);
    }

    @Test
    void onlyStepsCountAsProcessorTime() {
        PaceMeter meter = new PaceMeter(Budget.seconds(20), () -> cpu);
        meter.begin(at(0, 0));
        cpu = 100;
        meter.goOn();
        cpu = 103;
        meter.stepped(at(1, 1));
        // A measurement of 50 seconds in between.
        cpu = 153;
        meter.goOn();
        cpu = 155;
        meter.stepped(at(2, 2));
        assertThat(meter.pace().cpuSeconds()).isCloseTo(5, within(1e-12));
    }

    /** A twentieth of 40 seconds is a part of 2; it ends with a step, so it may be longer. */
    @Test
    void thePaceIsWorkOverTimeOfEachPart() {
        PaceMeter meter = new PaceMeter(Budget.seconds(40), () -> cpu);
        meter.begin(at(0, 0));
        meter.goOn();
        meter.stepped(at(1.5, 6));
        assertThat(meter.pace().paces()).as("no part has ended").isEmpty();
        meter.stepped(at(2.5, 10));
        meter.stepped(at(4.5, 12));
        meter.stepped(at(5, 20));
        assertThat(meter.pace().paces()).containsExactly(4.0, 1.0);
        assertThat(meter.pace().isKnown()).isFalse();
    }

    @Test
    void partsOfShortBudgetsAndOfOtherUnitsLastAFifthOfASecond() {
        for (Budget budget : List.of(Budget.seconds(1), Budget.gradients(1000))) {
            PaceMeter meter = new PaceMeter(budget, () -> cpu);
            meter.begin(at(0, 0));
            meter.stepped(at(0.125, 1));
            meter.stepped(at(0.25, 2));
            assertThat(meter.pace().paces()).as(budget.toString()).containsExactly(8.0);
        }
    }

    /** Of 1 to 11 the median is 6, and a tenth are up to 2 and from 10. */
    @Test
    void slowAndFastAreTenthsBesideTheMedian() {
        Pace pace = new Pace(
                1, DoubleStream.of(6, 1, 11, 3, 9, 2, 10, 4, 8, 5, 7).boxed().toList());
        assertThat(pace.isKnown()).isTrue();
        assertThat(pace.slow()).isCloseTo(2 / 6.0, within(1e-15));
        assertThat(pace.fast()).isCloseTo(10 / 6.0, within(1e-15));
        assertThat(Pace.UNKNOWN.isKnown()).isFalse();
    }

    @Test
    void theProcessUsesProcessorTime() {
        double before = Pace.processCpuSeconds();
        double sum = 0;
        for (int i = 0; Pace.processCpuSeconds() <= before && sum < 1e9; i++) {
            sum += Math.sin(i) + 2;
        }
        assertThat(Pace.processCpuSeconds()).as("after %s", sum).isGreaterThan(before);
    }
}
