package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitecturesTest {
    @Test
    void everyOptimizerTrainsEveryNet() throws IOException {
        Report.Section section = Architectures.run(QUICK, (share, part) -> {}).section();
        Table results = table(section, "architectures-results");
        assertThat(results.rows()).hasSize(4 * 4);
        for (List<Object> row : results.rows()) {
            // Ten classes: ln 10 is the loss of no knowledge, and a start has somewhat more.
            assertThat((double) row.get(results.columns().indexOf("best loss"))).isBetween(0.0, 4.0);
            assertThat((double) row.get(results.columns().indexOf("gradients"))).isPositive();
        }
        assertThat(section.text()).contains("convolutional (conv:8,3 pool conv:16,3 pool dense:64,");
    }
}
