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

class ConvergenceTest {
    @Test
    void ordersAreThoseOfTheory() throws IOException {
        Report.Section section = Convergence.run(QUICK, (share, part) -> {}).section();
        Table orders = table(section, "convergence-orders");
        assertThat(number(orders, "order", "logistic", "gradient descent")).isCloseTo(1, within(0.01));
        assertThat(number(orders, "e'/e late", "logistic", "gradient descent"))
                .isCloseTo(number(orders, "e'/e in theory", "logistic", "gradient descent"), within(0.02));
        assertThat(number(orders, "order", "logistic", "L-BFGS")).isCloseTo(1, within(0.05));
        assertThat(number(orders, "order", "logistic", "Newton-CG")).isCloseTo(1.5, within(0.2));
        assertThat(number(orders, "order", "logistic", "trust-region Newton")).isCloseTo(1.5, within(0.2));
        assertThat(number(orders, "order", "logistic", "Newton")).isCloseTo(2, within(0.2));
        assertThat(number(orders, "steps to 1e-8", "logistic", "Newton")).isLessThan(10);
        assertThat(orders.rows()).allSatisfy(r -> assertThat(r).hasSameSizeAs(orders.columns()));
        assertThat(chart(section, "convergence-logistic").lines()).hasSize(7);
        assertThat(chart(section, "convergence-rosenbrock").lines()).hasSize(6);
    }
}
