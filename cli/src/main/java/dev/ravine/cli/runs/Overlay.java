package dev.ravine.cli.runs;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Origin;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Several runs in one report: charts of one name become one chart with the lines of all, results one table. */
public final class Overlay {
    private static final String RESULTS = "results";

    private final List<SavedRun> runs;
    private final List<SavedReport> reports;

    private Overlay(List<SavedRun> runs, List<SavedReport> reports) {
        this.runs = runs;
        this.reports = reports;
    }

    /**
     * {@return the report}
     *
     * @param runs finished, at least one
     * @param origin the command that makes it
     * @throws IOException if a run is not finished, or its report cannot be read
     */
    public static Report of(List<SavedRun> runs, Origin origin) throws IOException {
        List<SavedReport> reports = new ArrayList<>();
        for (SavedRun run : runs) {
            run.finished();
            reports.add(SavedReport.of(run.folder()));
        }
        return new Overlay(runs, reports).report(origin);
    }

    private Report report(Origin origin) {
        List<Report.Section> sections = new ArrayList<>();
        List<Report.Element> together = new ArrayList<>();
        if (reports.stream().anyMatch(report -> table(report) != null)) {
            together.add(results());
        }
        for (String name : chartNames()) {
            chart(name).ifPresent(together::add);
        }
        sections.add(new Report.Section("Together", "", together));
        sections.add(new Report.Section("Runs", "", List.of(origins())));
        Set<String> titles = new LinkedHashSet<>();
        runs.forEach(run -> titles.add(run.summary().orElseThrow().title()));
        String verdict = (runs.size() == 1 ? "1 run" : runs.size() + " runs") + " in one report"
                + (titles.size() > 1 ? ", of different problems, so their figures do not compare." : ".")
                + list();
        return new Report(titles.size() == 1 ? titles.iterator().next() : "Several runs", verdict, sections, origin);
    }

    private String list() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < runs.size(); i++) {
            list.append("\n- Run ")
                    .append(i + 1)
                    .append(": ")
                    .append(runs.get(i).summary().orElseThrow().sentence());
        }
        return list.toString();
    }

    /** The name of what belongs to a run. */
    private String named(String name, int run) {
        return runs.size() == 1 ? name : name + " (run " + (run + 1) + ")";
    }

    private static Table table(SavedReport report) {
        return report.elements().stream()
                .filter(element -> element.name().equals(RESULTS) && element instanceof Table)
                .map(Table.class::cast)
                .findFirst()
                .orElse(null);
    }

    /** A row for each row of each run, with the columns of all. */
    private Table results() {
        Set<String> columns = new LinkedHashSet<>();
        for (SavedReport report : reports) {
            if (table(report) != null) {
                columns.addAll(table(report).columns());
            }
        }
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < reports.size(); i++) {
            Table table = table(reports.get(i));
            for (int r = 0; table != null && r < table.rows().size(); r++) {
                List<Object> row = new ArrayList<>();
                for (String column : columns) {
                    int place = table.columns().indexOf(column);
                    Object cell = place < 0 ? null : table.rows().get(r).get(place);
                    row.add(row.isEmpty() && cell != null ? named(cell.toString(), i) : cell);
                }
                rows.add(row);
            }
        }
        return new Table(RESULTS, "Figures at the end.", List.copyOf(columns), rows);
    }

    /** In the order in which they first come. */
    private Set<String> chartNames() {
        Set<String> names = new LinkedHashSet<>();
        reports.forEach(report -> report.elements().stream()
                .filter(Chart.class::isInstance)
                .forEach(element -> names.add(element.name())));
        return names;
    }

    /** The chart with the axes that it has in every run that has it; empty if there are none in common. */
    private Optional<Chart> chart(String name) {
        Map<Integer, Chart> charts = new LinkedHashMap<>();
        for (int i = 0; i < reports.size(); i++) {
            for (Report.Element element : reports.get(i).elements()) {
                if (element instanceof Chart chart && chart.name().equals(name)) {
                    charts.put(i, chart);
                }
            }
        }
        Chart first = charts.values().iterator().next();
        List<Chart.Axis> x = new ArrayList<>(first.x());
        List<Chart.Axis> y = new ArrayList<>(first.y());
        List<Chart.Line> lines = new ArrayList<>();
        charts.forEach((run, chart) -> {
            x.removeIf(axis -> !chart.x().contains(axis));
            y.removeIf(axis -> !chart.y().contains(axis));
            chart.lines()
                    .forEach(line -> lines.add(new Chart.Line(
                            named(line.name(), run), line.style(), line.values(), line.bands(), line.panel())));
        });
        return x.isEmpty() || y.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chart(name, first.caption(), x, y, lines));
    }

    private Table origins() {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            SavedRun.Summary summary = runs.get(i).summary().orElseThrow();
            Map<String, String> facts = reports.get(i).facts();
            rows.add(Arrays.asList(
                    (Object) (i + 1),
                    runs.get(i).name(),
                    summary.time().toString(),
                    summary.command(),
                    facts.get("Ravine"),
                    facts.get("Processor")));
        }
        return new Table(
                "runs",
                "Where each comes from.",
                List.of("run", "folder", "ended", "command", "Ravine", "processor"),
                rows);
    }
}
