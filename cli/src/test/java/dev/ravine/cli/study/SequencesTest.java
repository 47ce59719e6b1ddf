package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequencesTest {
    @Test
    void everyOptimizerTriesBothTasks() {
        Report.Section section = Sequences.run(
                        QUICK, (share, part) -> assertThat(share).isBetween(0.0, 1.0))
                .section();
        Table trials = table(section, "sequences-trials");
        assertThat(trials.rows()).hasSize(2 * 3);
        for (List<Object> row : trials.rows()) {
            assertThat((double) row.get(trials.columns().indexOf("gradients"))).isBetween(3.0, 100.0);
            assertThat((int) row.get(trials.columns().indexOf("steps"))).isPositive();
            // Three gradients are too few for either task: about as wrong as without knowledge.
            assertThat(row.get(trials.columns().indexOf("solved"))).isEqualTo("no");
            assertThat((double) row.get(trials.columns().indexOf("wrong %"))).isBetween(40.0, 100.0);
        }
        assertThat(section.text()).contains("fewer than 0.1 % of 200 fresh sequences");
    }

    @Test
    void itRunsOnlyIfItIsNamed() {
        assertThat(Analysis.all().stream().filter(Analysis::isLong).map(Analysis::name))
                .containsExactly("sequences");
    }
}
