package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeedsTest {
    /** A run whose loss is a function of the share of the budget, measured at some shares. */
    private static Run run(double slope, double... shares) {
        List<Run.Point> points = new ArrayList<>();
        for (double share : shares) {
            points.add(new Run.Point(new Progress(1, 1, 1, 10 * share, 1, share), Map.of("loss", slope * share)));
        }
        return new Run(OptimizerSpec.parse("sgd"), 1, points, Run.Course.NONE, Run.End.BUDGET, "", List.of());
    }

    @Test
    void runsAreComparedAtSharesThatAllReached() {
        List<Run> runs = List.of(run(1, 0, 0.4, 1.1), run(3, 0, 0.2, 0.5, 0.8, 1.0));
        double[] grid = Seeds.grid(runs);
        assertThat(grid).containsExactly(0, 0.4, 1.0);
        Seeds.Range[] ranges = Seeds.at(grid, runs, p -> p.figures().get("loss"));
        assertThat(ranges[1].low()).isEqualTo(0.4);
        assertThat(ranges[1].high()).isCloseTo(1.2, within(1e-12));
        assertThat(ranges[2].mean()).isCloseTo(2.0, within(1e-12));
    }

    @Test
    void rangesThatTouchOverlap() {
        assertThat(Seeds.Range.of(1, 2).overlaps(Seeds.Range.of(2, 3))).isTrue();
        assertThat(Seeds.Range.of(1, 2).overlaps(Seeds.Range.of(2.1, 3))).isFalse();
        assertThat(Seeds.Range.of(1, 2, 6)).hasToString("3 (1 to 6)");
        assertThat(Seeds.Range.of(0.25)).hasToString("0.2500");
    }
}
