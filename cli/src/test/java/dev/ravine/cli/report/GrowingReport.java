package dev.ravine.cli.report;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reports of work that goes on: a chart of losses and a table, which says the same whatever the step. */
final class GrowingReport {
    private GrowingReport() {}

    /** After some steps; the loss of step i is 2 / (i + 1). */
    static Report after(int steps) {
        double[] step = IntStream.range(0, steps).asDoubleStream().toArray();
        double[] loss = Arrays.stream(step).map(i -> 2 / (i + 1)).toArray();
        Chart chart = new Chart(
                "loss",
                "Loss",
                List.of(new Chart.Axis("step", "step", false)),
                List.of(new Chart.Axis("loss", "loss", true), new Chart.Axis("half", "half of it", false)),
                List.of(new Chart.Line(
                        "Adam",
                        Chart.Style.LINE,
                        Map.of(
                                "step",
                                step,
                                "loss",
                                loss,
                                "half",
                                Arrays.stream(loss).map(v -> v / 2).toArray()),
                        Map.of())));
        Table settings = new Table("settings", "Settings", List.of("name", "rate"), List.of(List.of("Adam", 0.01)));
        Table result = new Table("result", "Figures", List.of("name", "steps"), List.of(List.of("Adam", steps)));
        return new Report(
                "Growing",
                "After " + steps + " steps.",
                List.of(new Report.Section("Results", "", List.of(chart, result, settings))),
                new Origin("./ravine compare --live", Instant.EPOCH, Map.of()));
    }
}
