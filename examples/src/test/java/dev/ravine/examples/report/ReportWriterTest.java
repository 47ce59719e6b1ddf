package dev.ravine.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    @TempDir
    private Path folder;

    @Test
    void writesThePageAndTheNumbersBeside() throws IOException {
        Path page = ReportWriter.write(SampleReport.of(), folder.resolve("new/report"));
        assertThat(page).isEqualTo(folder.resolve("new/report/index.html"));
        try (var files = Files.list(page.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "index.html",
                            "loss.csv",
                            "loss.json",
                            "telemetry.csv",
                            "telemetry.json",
                            "eigenvalues.csv",
                            "eigenvalues.json",
                            "result.csv",
                            "result.json",
                            "reconstructions.csv",
                            "reconstructions.json",
                            "reconstructions.png");
        }
    }
}
