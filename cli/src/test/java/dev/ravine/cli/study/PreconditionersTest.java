package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.chart;
import static dev.ravine.cli.study.StudyTables.number;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PreconditionersTest {
    @Test
    void kroneckerFactorsSaveMostIterations() throws IOException {
        StudyTables.Shares shares = new StudyTables.Shares();
        Report.Section section = Preconditioners.run(QUICK, shares).section();
        Table iterations = table(section, "preconditioner-iterations");
        assertThat(iterations.rows())
                .hasSize(2 * 4)
                .allSatisfy(r -> assertThat(r).hasSameSizeAs(iterations.columns()));
        double kronecker = number(iterations, "90 %", 0.001, "Kronecker");
        assertThat(kronecker).isPositive();
        assertThat(kronecker).isLessThanOrEqualTo(number(iterations, "90 %", 0.001, "diagonal") / 2);
        assertThat(kronecker).isLessThan(number(iterations, "90 %", 0.001, "none") / 4);
        assertThat(number(iterations, "50 %", 0.1, "Kronecker"))
                .isLessThanOrEqualTo(number(iterations, "50 %", 0.1, "diagonal^0.75"));
        assertThat(chart(section, "preconditioner").lines()).hasSize(4);
        assertThat(section.text()).contains("(Kronecker)", "(none)");
        assertThat(shares.told).isSorted().allMatch(s -> s >= 0 && s < 1);
    }
}
