package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.chart;
import static dev.ravine.cli.study.StudyTables.number;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScalingTest {
    @Test
    void theWallOfMemoryFollowsFromTheArrays() throws IOException {
        Report.Section section = Scaling.run(QUICK, (share, part) -> {}).section();
        Table fits = table(section, "scaling-exponents");
        // sqrt(8e9 / 16) is 22,361, of which two digits are told.
        assertThat(number(fits, "parameters at 8 GB", "Newton")).isEqualTo(22_000);
        assertThat(number(fits, "parameters at 8 GB", "Newton by layers")).isBetween(22_000.0, 40_000.0);
        assertThat(number(fits, "parameters at 8 GB", "Hessian-free")).isEqualTo(77_000_000);
        assertThat(number(fits, "parameters at a minute a step", "Newton")).isPositive();
        Table steps = table(section, "scaling-steps");
        assertThat(steps.rows()).hasSize(4 * 3).allSatisfy(r -> assertThat(r).hasSameSizeAs(steps.columns()));
        assertThat(number(steps, "MB expected", "Newton", 490L)).isCloseTo(3.8416, within(1e-9));
        assertThat(number(steps, "seconds", "Hessian-free", 130L)).isPositive();
        assertThat(chart(section, "scaling").lines()).hasSize(4);
    }
}
