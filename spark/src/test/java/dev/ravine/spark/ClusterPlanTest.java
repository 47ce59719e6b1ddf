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
        assertThat(plan.seconds(1, Sum.AT_DRIVER)).isEqualTo(0.02 + 0.1 + 16 * 0.5 + 16 * 0.1, within(1e-12));
        assertThat(plan.seconds(4, Sum.AT_DRIVER)).isEqualTo(0.02 + 0.2 + 4 * 0.5 + 16 * 0.1, within(1e-12));
        // Three executors compute six, five and five.
        assertThat(plan.seconds(3, Sum.AT_DRIVER)).isEqualTo(0.02 + 0.2 + 6 * 0.5 + 16 * 0.1, within(1e-12));
        // Each of four sends three quarters of four vectors.
        assertThat(plan.seconds(4, Sum.BY_SLICES)).isEqualTo(0.02 + 0.2 + 2 + 0.3 + 0.1, within(1e-12));
        assertThat(plan.seconds(4, Sum.RING)).isEqualTo(0.02 + 2 + 0.3 + 0.1, within(1e-12));
        assertThat(plan.stepSeconds(50, 4, Sum.RING)).isEqualTo(50 * 2.42, within(1e-9));
        assertThat(plan.efficiency(1, Sum.AT_DRIVER)).isEqualTo(1);
        assertThat(plan.efficiency(4, Sum.RING)).isEqualTo((0.02 + 8 + 0.1) / 2.42 / 4, within(1e-12));
    }

    /** The driver's line, not the arithmetic, decides at internet scale. */
    @Test
    void theDriverIsTheBottleneckOfLargeNets() {
        ClusterPlan plan = new ClusterPlan(0.02, 1.25e9, 10, 10_000, 4e9);
        assertThat(plan.efficiency(1000, Sum.AT_DRIVER)).isLessThan(0.01);
        assertThat(plan.efficiency(1000, Sum.BY_SLICES)).isGreaterThan(plan.efficiency(1000, Sum.AT_DRIVER) * 10);
    }

    @Test
    void aPlanWithoutALineIsRefused() {
        assertThatThrownBy(() -> new ClusterPlan(0.02, 0, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0.02 s a job, 0.0 bytes/s");
    }
}
