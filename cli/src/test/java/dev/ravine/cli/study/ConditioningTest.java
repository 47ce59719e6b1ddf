package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.chart;
import static dev.ravine.cli.study.StudyTables.number;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import org.junit.jupiter.api.Test;

class ConditioningTest {
    @Test
    void exponentsAreThoseOfTheory() {
        StudyTables.Shares shares = new StudyTables.Shares();
        Report.Section section = Conditioning.run(QUICK, shares).section();
        Table fits = table(section, "conditioning-exponents");
        // The share of f in the slowest direction falls as there are more of them, which takes some hundredths off.
        assertThat(number(fits, "exponent", "gradient descent")).isCloseTo(1, within(0.08));
        assertThat(number(fits, "exponent", "momentum")).isCloseTo(0.5, within(0.08));
        assertThat(number(fits, "exponent", "conjugate gradients")).isCloseTo(0.5, within(0.06));
        assertThat(number(fits, "exponent", "L-BFGS")).isBetween(0.3, 1.0);
        assertThat(number(fits, "exponent", "Newton")).isZero();

        Table runs = table(section, "conditioning-runs");
        assertThat(runs.rows()).hasSize(7 * 3).allSatisfy(r -> assertThat(r).hasSameSizeAs(runs.columns()));
        assertThat(number(runs, "iterations", "Newton", 1e3)).isOne();
        assertThat(number(runs, "iterations", "conjugate gradients", 1e3)).isLessThan(128);
        assertThat(chart(section, "conditioning").lines()).hasSize(7);
        assertThat(section.text()).contains("gradient descent 0.9", "(0.5)");
        assertThat(shares.told).isSorted().allMatch(s -> s >= 0 && s < 1);
    }
}
