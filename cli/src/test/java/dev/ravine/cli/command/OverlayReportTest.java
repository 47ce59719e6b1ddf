package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

class OverlayReportTest extends RunsCommands {
    private void conditioned(String optimizer) {
        String[] command = {
            "compare", "--problem", "conditioned", "--gradients", "3", "--optimizer", optimizer, "--quiet"
        };
        assertThat(ravine(command)).as(err::toString).isZero();
    }

    @Test
    void linesAndFiguresOfAllRunsAreTogether() throws IOException {
        conditioned("sgd:lr=1");
        conditioned("sgd:lr=0.1");
        Path both = folder.resolve("both");
        assertThat(printed("report", "conditioned-2", "latest", "--out", both.toString()))
                .contains("1 run in one report.");
        Path first;
        try (Stream<Path> made = Files.list(folder.resolve("runs"))) {
            first = made.filter(f -> f.getFileName().toString().endsWith("-compare-conditioned"))
                    .findFirst()
                    .orElseThrow();
        }
        printed("runs", "overlay", first.toString(), "latest", "--out", both.toString());
        List<CSVRecord> rows = records("both/results");
        assertThat(rows)
                .extracting(r -> r.get("optimizer"))
                .containsExactly("SGD, rate 1 (run 1)", "SGD, rate 0.1 (run 2)");
        String single = Files.readAllLines(first.resolve("results.csv")).get(1);
        assertThat(single).contains(rows.get(0).get("loss above minimum"));
        assertThat(records("both/objective"))
                .extracting(r -> r.get("line"))
                .contains("SGD, rate 1 (run 1)", "SGD, rate 0.1 (run 2)")
                .hasSizeGreaterThan(4);
        assertThat(Files.readString(both.resolve("index.html")))
                .contains(
                        "2 runs in one report.",
                        "runs overlay",
                        first.getFileName().toString());
        assertThat(ravine("report", "nothing")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no such run");
    }

    /** What is latest now is not what is latest when the command is given again. */
    @Test
    void theCommandNamesRunsThatLast() throws IOException {
        conditioned("sgd:lr=1");
        Path both = folder.resolve("both");
        Path latest = folder.resolve("runs/latest");
        String name = latest.toRealPath().getFileName().toString();
        assertThat(printed("report", "latest", "conditioned", latest.toString(), "--out", both.toString()))
                .contains("1 run in one report.");
        assertThat(Files.readString(both.resolve("index.html")))
                .contains("./ravine report " + name + " " + name + " " + latest.resolveSibling(name) + " --out ");
    }
}
