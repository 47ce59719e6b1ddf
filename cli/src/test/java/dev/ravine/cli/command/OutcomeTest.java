package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

class OutcomeTest extends RunsCommands {
    /** The table of mistakes and the metric come from different code. */
    @Test
    void theConfusionMatrixHasTheAccuracyOfTheResults() throws IOException {
        printed("compare", "--gradients", "3", "--hidden", "8", "--optimizer", "adam", "--out", folder.toString());
        int all = 0;
        int right = 0;
        List<CSVRecord> rows = records("confusion-1");
        assertThat(rows).hasSize(10);
        for (int c = 0; c < 10; c++) {
            CSVRecord row = rows.get(c);
            int[] counts = IntStream.range(0, 10)
                    .map(said -> row.get(said + 1).isEmpty() ? 0 : Integer.parseInt(row.get(said + 1)))
                    .toArray();
            all += IntStream.of(counts).sum();
            right += counts[c];
        }
        assertThat(all).isEqualTo(2000);
        assertThat(Double.parseDouble(records("results").get(0).get("test accuracy %")))
                .isCloseTo(100.0 * right / all, within(1e-9));
        assertThat(records("mistakes")).hasSize(16 * 28);
        assertThat(records("mistakes").get(0).get("row")).matches("Adam: (\\d→\\d(, )?){16}");
    }

    @Test
    void predictedNumbersHaveTheR2OfTheResults() throws IOException {
        printed(
                "compare",
                "--problem",
                "regress",
                "--gradients",
                "50",
                "--optimizer",
                "lm",
                "--out",
                folder.toString());
        List<CSVRecord> rows = records("predictions");
        assertThat(rows).hasSize(1000);
        double mean = rows.stream()
                .mapToDouble(r -> Double.parseDouble(r.get("true")))
                .average()
                .orElseThrow();
        double total = 0;
        double left = 0;
        for (CSVRecord row : rows) {
            double truth = Double.parseDouble(row.get("true"));
            total += Math.pow(truth - mean, 2);
            left += Math.pow(truth - Double.parseDouble(row.get("predicted")), 2);
            assertThat(Double.parseDouble(row.get("residual")))
                    .isCloseTo(truth - Double.parseDouble(row.get("predicted")), within(1e-12));
        }
        assertThat(Double.parseDouble(records("results").get(0).get("test R2")))
                .isCloseTo(1 - left / total, within(1e-9));
    }
}
