package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StudyTest extends RunsCommands {
    @Test
    void writesAReportOfTheAnalysesThatWereNamed() throws IOException {
        assertThat(printed(
                        "study",
                        "batch",
                        "scaling",
                        "sensitivity",
                        "--quick",
                        "--seed",
                        "3",
                        "--out",
                        folder.toString()))
                .contains("sensitivity: How exactly must")
                .contains("- Scaling: A step takes a minute at about")
                .contains("- Batch: At equal work ")
                .containsOnlyOnce("A step takes a minute")
                .contains("report: " + folder)
                .doesNotContain("saddle:");
        try (var files = Files.walk(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .anyMatch(f -> f.endsWith(".html"))
                    .anyMatch(f -> f.startsWith("scaling-exponents"))
                    .anyMatch(f -> f.startsWith("sensitivity-basins"))
                    .anyMatch(f -> f.startsWith("batch-runs"));
        }
    }

    /** A study takes minutes, which would be lost. */
    @Test
    void aPlaceWhereNoReportCanBeIsRefusedBeforeTheWork() throws IOException {
        Path file = Files.writeString(folder.resolve("out"), "");
        assertThat(ravine("study", "saddle", "--out", file.toString())).isEqualTo(1);
        assertThat(ravine("spectrum", "--problem", "regress", "--out", file.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains(file + " is a file where a folder is needed");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void listsTheAnalysesThereAre() {
        assertThat(ravine("study", "conditionning", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("there is no analysis 'conditionning'; there are conditioning, convergence, sensitivity,"
                        + " architectures, sequences, batch, preconditioner, scaling, saddle");
        assertThat(ravine("study", "--help")).isZero();
        assertThat(out.toString()).contains("conditioning", "--quick", "--out");
    }

    @Test
    void anInterruptedStudyIsWrittenWithWhatWasDone() throws IOException {
        CommandLine command = commandLine();
        command.<Ravine>getCommand().interruption().request();
        assertThat(command.execute("study", "saddle", "--quick", "--out", folder.toString()))
                .isEqualTo(Interruption.EXIT_CODE);
        assertThat(out.toString()).contains("It was interrupted during 'saddle', which is not shown.");
        try (var files = Files.walk(folder)) {
            assertThat(files.map(Path::toString)).anyMatch(f -> f.endsWith(".html"));
        }
    }
}
