package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.spark.ClusterPlan.Sum;
import org.junit.jupiter.api.Test;

/** Against sums by hand. */
class ClusterPlanTest {
    @Test
    void aJobIsLaunchTransportAndArithmetic() {
        // 16 shards of 0.5 s; a vector takes 0.1 s on the line; 0.02 s for an empty job.
        ClusterPlan plan = new ClusterPlan(0.02, 1e7, 0.5, 16, 1e6);
        assertThat(plan.seconds(1, Sum.ON_EXECUTORS)).isEqualTo(0.02 + 0.1 + 16 * 0.5 + 0.1, within(1e-12));
        assertThat(plan.seconds(4, Sum.ON_EXECUTORS)).isEqualTo(0.02 + 0.2 + 4 * 0.5 + 4 * 0.1, within(1e-12));
        // Three executors compute 0-4, 5-9 and 10-15: two branches, three (5, 6-7, 8-9) and two (10-11, 12-15).
        assertThat(plan.seconds(3, Sum.ON_EXECUTORS)).isEqualTo(0.02 + 0.2 + 6 * 0.5 + 7 * 0.1, within(1e-12));
        // Sixteen meet on four, each of which receives four.
        assertThat(plan.seconds(16, Sum.ON_EXECUTORS)).isEqualTo(0.02 + 0.2 + 0.5 + (4 + 4) * 0.1, within(1e-12));
        // Each of four sends three quarters of a vector.
        assertThat(plan.seconds(4, Sum.BY_SLICES)).isEqualTo(0.02 + 0.2 + 2 + 0.075 + 0.1, within(1e-12));
        assertThat(plan.seconds(4, Sum.RING)).isEqualTo(0.02 + 2 + 0.075 + 0.1, within(1e-12));
        assertThat(plan.stepSeconds(50, 4, Sum.RING)).isEqualTo(50 * 2.195, within(1e-9));
        assertThat(plan.efficiency(1, Sum.ON_EXECUTORS)).isEqualTo(1);
        assertThat(plan.efficiency(4, Sum.RING)).isEqualTo((0.02 + 8 + 0.1) / 2.195 / 4, within(1e-12));
    }

    /** The lines, not the arithmetic, decide at internet scale. */
    @Test
    void theDriverIsTheBottleneckOfLargeNets() {
        ClusterPlan plan = new ClusterPlan(0.02, 1.25e9, 10, 10_000, 4e9);
        assertThat(plan.efficiency(1000, Sum.ON_EXECUTORS)).isLessThan(0.2);
        assertThat(plan.efficiency(1000, Sum.BY_SLICES)).isGreaterThan(plan.efficiency(1000, Sum.ON_EXECUTORS) * 3);
    }

    @Test
    void aPlanWithoutALineIsRefused() {
        assertThatThrownBy(() -> new ClusterPlan(0.02, 0, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0.02 s a job, 0.0 bytes/s");
    }
}
