package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.chart;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SensitivityTest {
    @Test
    void everyOptimizerHasABasinOfItsSettingAndOfTheStart() throws IOException {
        Report.Section section = Sensitivity.run(QUICK, (share, part) -> {}).section();
        Table basins = table(section, "sensitivity-basins");
        assertThat(basins.rows()).hasSize(5 * 2);
        for (List<Object> row : basins.rows()) {
            double best = (double) row.get(basins.columns().indexOf("best value"));
            assertThat((double) row.get(basins.columns().indexOf("from"))).isLessThanOrEqualTo(best);
            assertThat((double) row.get(basins.columns().indexOf("to"))).isGreaterThanOrEqualTo(best);
            // ln 10 is the loss of no knowledge.
            assertThat((double) row.get(basins.columns().indexOf("best loss"))).isBetween(0.0, 2.3);
        }
        Chart.Line sgd = chart(section, "sensitivity-setting").lines().get(0);
        double[] losses = sgd.values().get("loss");
        assertThat(losses).hasSize(7);
        assertThat(losses[0]).as("a tiny rate learns nothing").isGreaterThan(2.2);
        assertThat(losses[5]).as("a rate of 1").isLessThan(losses[0]);
    }
}
