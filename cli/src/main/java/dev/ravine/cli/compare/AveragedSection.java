package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Figures of averaged parameters beside those of the last ones, as a section of a comparison's page. */
final class AveragedSection {
    private static final List<Spent> X = List.of(Spent.STEPS, Spent.SECONDS, Spent.GRADIENTS);

    private final List<TaskMetric> metrics;
    private final List<Contender> averaging;

    AveragedSection(Comparison comparison) {
        this.metrics = comparison.task().metrics();
        this.averaging = comparison.contenders().stream()
                .filter(c ->
                        c.runs().stream().anyMatch(run -> run.points().stream().anyMatch(Run.Point::hasAverage)))
                .toList();
    }

    /** Empty if no optimizer that was begun averages its points. */
    Optional<Report.Section> section() {
        if (averaging.isEmpty()) {
            return Optional.empty();
        }
        String text = "The net with the mean of an optimizer's points in the place of its last point. Steps are those"
                + " of the optimizer without an average.";
        return Optional.of(new Report.Section("Averaged parameters", text, List.of(table(), chart())));
    }

    private Table table() {
        List<String> columns = new ArrayList<>(List.of("optimizer", "parameters"));
        metrics.forEach(m -> columns.add(m.name()));
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : averaging) {
            for (boolean isAveraged : new boolean[] {false, true}) {
                List<Object> row = new ArrayList<>(List.of(contender.name(), isAveraged ? "averaged" : "last"));
                metrics.forEach(m -> row.add(cell(
                        contender,
                        Seeds.last(contender.runs(), p -> p.figures(isAveraged).get(m.name())))));
                rows.add(row);
            }
        }
        return new Table("averaged", "Figures at the end.", columns, rows);
    }

    private static Object cell(Contender contender, Seeds.Range range) {
        return contender.runs().size() > 1 ? range.toString() : (Object) range.mean();
    }

    private Chart chart() {
        List<Chart.Axis> y = metrics.stream()
                .map(m -> new Chart.Axis(m.name(), m.name(), !m.isBetterWhenLarger()))
                .toList();
        List<Chart.Line> lines = new ArrayList<>();
        for (Contender contender : averaging) {
            lines.add(line(contender, false));
            lines.add(line(contender, true));
        }
        return new Chart("averages", "On the way.", X.stream().map(Spent::axis).toList(), y, lines);
    }

    private Chart.Line line(Contender contender, boolean isAveraged) {
        List<Run> runs = contender.runs();
        double[] grid = Seeds.grid(runs);
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Spent spent : X) {
            values.put(spent.key(), means(Seeds.at(grid, runs, p -> spent.of(p.progress()))));
        }
        for (TaskMetric metric : metrics) {
            values.put(
                    metric.name(),
                    means(Seeds.at(grid, runs, p -> p.figures(isAveraged).get(metric.name()))));
        }
        String name = contender.name() + (isAveraged ? ", averaged" : ", last");
        return new Chart.Line(name, Chart.Style.LINE, values, Map.of());
    }

    private static double[] means(Seeds.Range[] ranges) {
        return Arrays.stream(ranges).mapToDouble(Seeds.Range::mean).toArray();
    }
}
