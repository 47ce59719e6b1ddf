package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.Gallery;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Origin;
import dev.ravine.cli.report.Pictures;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.optim.training.Budget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes a page of a comparison. */
public final class ComparisonReport {
    /** Times the worst starting value. */
    private static final double FAR_ABOVE = 1e3;

    /** Part of the best final value. */
    private static final double FAR_BELOW = 0.05;

    /** What the columns of work mean. */
    public static final String UNITS =
            "Gradients: all work in units of one gradient over all training examples; epochs: examples whose gradient"
                    + " was taken over the number of training examples. A run ends with the step that uses up its"
                    + " budget, so it may overrun it.";

    private final Comparison comparison;
    private final Task task;
    private final List<Contender> begun;

    /**
     * A report of a comparison.
     *
     * @param comparison complete or interrupted
     */
    public ComparisonReport(Comparison comparison) {
        this.comparison = comparison;
        this.task = comparison.task();
        this.begun = comparison.contenders().stream()
                .filter(c -> !c.runs().isEmpty())
                .toList();
    }

    /**
     * {@return the page}
     *
     * @param origin the command line that makes it again
     */
    public Report of(Origin origin) {
        List<Report.Section> sections = new ArrayList<>();
        sections.add(results("Figures at the end"));
        sections.add(how());
        new TuningSection(comparison).section().ifPresent(sections::add);
        new AveragedSection(comparison).section().ifPresent(sections::add);
        new StepSection(begun, isSeeded()).section().ifPresent(sections::add);
        new LayerSection(task, begun, isSeeded()).section().ifPresent(sections::add);
        new ModelSection(begun, isSeeded()).section().ifPresent(sections::add);
        new OutcomeSection(task, begun).section().ifPresent(sections::add);
        new FitSection(task, begun).section().ifPresent(sections::add);
        pictures().ifPresent(sections::add);
        if (comparison.seeds().size() > 1) {
            sections.add(new Report.Section("Each run", "", List.of(runs())));
        }
        sections.add(new SettingsSection(comparison, begun).section());
        return new Report(title(), Verdict.of(comparison), sections, origin);
    }

    /**
     * {@return the page of a comparison that goes on: what changes on the way}
     *
     * @param origin the command line that makes it
     */
    public Report soFar(Origin origin) {
        List<Report.Section> sections = new ArrayList<>();
        sections.add(results("Figures so far"));
        new TuningSection(comparison).section().ifPresent(sections::add);
        new AveragedSection(comparison).section().ifPresent(sections::add);
        new StepSection(begun, isSeeded()).section().ifPresent(sections::add);
        new LayerSection(task, begun, isSeeded()).section().ifPresent(sections::add);
        new ModelSection(begun, isSeeded()).section().ifPresent(sections::add);
        sections.add(new SettingsSection(comparison, begun).section());
        return new Report(title(), Verdict.soFar(comparison), sections, origin);
    }

    private String title() {
        return "Comparison of optimizers: " + comparison.problem() + ", " + task.data();
    }

    private boolean isSeeded() {
        return comparison.seeds().size() > 1;
    }

    // ---- results ----------------------------------------------------------------------------------------------

    private Report.Section results(String figures) {
        List<Report.Element> elements = new ArrayList<>();
        elements.add(table(figures));
        List<TaskMetric> losses = task.metrics().stream()
                .filter(m -> m.kind() == TaskMetric.Kind.OBJECTIVE
                        || m.name().equals("training loss")
                        || task.test().isEmpty())
                .toList();
        elements.add(chart("objective", "What the optimizers are asked to minimise.", losses));
        List<TaskMetric> others = Stream.concat(
                        task.metrics().stream().filter(m -> m.kind() == TaskMetric.Kind.TEST),
                        task.metrics().stream().filter(m -> m.kind() == TaskMetric.Kind.TRAINING))
                .filter(m -> !losses.contains(m))
                .toList();
        if (!others.isEmpty()) {
            elements.add(chart("quality", "How good the net is on test and on training data.", others));
        }
        return new Report.Section("Results", "", elements);
    }

    /** How the figures came about, and how to read them. */
    private Report.Section how() {
        boolean isBySeconds = comparison.budget().unit() == Budget.Unit.SECONDS;
        String text = "Each optimizer trained the same net for " + comparison.budget() + " from "
                + (isSeeded() ? "each of " + comparison.seeds().size() + " starts." : "the same start.")
                + (isBySeconds
                        ? " They took turns of a second or less, so that a slow phase of the machine was shared by"
                                + " all, and before that each trained for a moment that does not count, to compile its"
                                + " code."
                        : " One trained after the other.")
                + " The clock stands still while the net is measured."
                + (isSeeded()
                        ? " Lines are means over starts at equal shares of the budget, bands reach from the smallest"
                                + " to the largest figure."
                        : "")
                + "\n" + UNITS;
        List<Report.Element> evenness = new Evenness(comparison)
                .table().stream().map(Report.Element.class::cast).toList();
        return new Report.Section("How it was measured", text, evenness);
    }

    /** {@return a row for each optimizer; with several starts the mean and the range of each figure} */
    public Table table() {
        return table("Figures at the end");
    }

    private Table table(String figures) {
        List<String> columns = new ArrayList<>(List.of("optimizer"));
        task.metrics().forEach(m -> columns.add(m.name()));
        Stream.of(Spent.values()).map(Spent::key).forEach(columns::add);
        columns.add("CPU seconds");
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : begun) {
            List<Object> row = new ArrayList<>(List.of(contender.name()));
            task.metrics().forEach(m -> row.add(cell(contender.last(m))));
            for (Spent spent : Spent.values()) {
                row.add(cell(Seeds.last(contender.runs(), p -> spent.of(p.progress()))));
            }
            row.add(cell(Seeds.Range.of(contender.runs().stream()
                    .mapToDouble(run -> run.course().pace().cpuSeconds())
                    .toArray())));
            rows.add(row);
        }
        String caption = figures + (isSeeded() ? ", mean (lowest to highest) over starts." : ".");
        return new Table("results", caption, columns, rows, notes()).withBest(best());
    }

    /** The best cells of each metric, unless all are the same in print. */
    private Map<Integer, Set<Integer>> best() {
        Map<Integer, Set<Integer>> best = new HashMap<>();
        for (int m = 0; m < task.metrics().size(); m++) {
            TaskMetric metric = task.metrics().get(m);
            List<Double> means = begun.stream().map(c -> c.last(metric).mean()).toList();
            double first = means.stream()
                    .filter(Double::isFinite)
                    .reduce((a, b) -> metric.isBetterWhenLarger() ? Math.max(a, b) : Math.min(a, b))
                    .orElse(Double.NaN);
            Set<Integer> rows = new HashSet<>();
            for (int row = 0; row < means.size(); row++) {
                if (Figure.text(means.get(row)).equals(Figure.text(first))) {
                    rows.add(row);
                }
            }
            if (rows.size() < means.size()) {
                best.put(m + 1, rows);
            }
        }
        return best;
    }

    private Object cell(Seeds.Range range) {
        return isSeeded() ? range.toString() : (Object) range.mean();
    }

    /** A line for each run that ended early. */
    private List<String> notes() {
        return begun.stream()
                .flatMap(c -> c.runs().stream()
                        .filter(run -> !run.note().isEmpty())
                        .map(run ->
                                c.name() + (isSeeded() ? ", seed " + run.seed() : "") + " ended early: " + run.note()))
                .toList();
    }

    private Table runs() {
        List<String> columns = new ArrayList<>(List.of("optimizer", "seed"));
        task.metrics().forEach(m -> columns.add(m.name()));
        Stream.of(Spent.values()).map(Spent::key).forEach(columns::add);
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : begun) {
            for (Run run : contender.runs()) {
                List<Object> row = new ArrayList<>(List.of(contender.name(), run.seed()));
                task.metrics().forEach(m -> row.add(run.last().figures().get(m.name())));
                for (Spent spent : Spent.values()) {
                    row.add(spent.of(run.last().progress()));
                }
                rows.add(row);
            }
        }
        return new Table("runs", "Figures at the end of each run.", columns, rows);
    }

    private Chart chart(String name, String caption, List<TaskMetric> metrics) {
        List<Chart.Axis> y = metrics.stream().map(this::axis).toList();
        List<Chart.Line> lines =
                begun.stream().map(contender -> line(contender, metrics)).toList();
        return new Chart(name, caption, spent().stream().map(Spent::axis).toList(), y, lines);
    }

    /**
     * The initial axis range, chosen so that runs can be told apart: it cuts off values far above the worst starting
     * value (diverging runs) and, where larger is better, far below the worst final value.
     */
    private Chart.Axis axis(TaskMetric metric) {
        if (!metric.isBetterWhenLarger()) {
            double start = begun.stream()
                    .flatMap(c -> c.runs().stream())
                    .mapToDouble(run -> run.points().get(0).figures().get(metric.name()))
                    .filter(Double::isFinite)
                    .max()
                    .orElse(Double.NaN);
            double most = start > 0 ? FAR_ABOVE * start : Double.POSITIVE_INFINITY;
            return new Chart.Axis(metric.name(), metric.name(), true, Double.NEGATIVE_INFINITY, most);
        }
        double[] ends = begun.stream()
                .filter(c -> !c.isBroken(task.objective()))
                .mapToDouble(c -> c.last(metric).low())
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        double least = Double.NEGATIVE_INFINITY;
        if (ends.length > 0) {
            double worst = ends[0];
            double best = ends[ends.length - 1];
            least = worst - Math.max(best - worst, FAR_BELOW * Math.abs(best));
        }
        return new Chart.Axis(metric.name(), metric.name(), false, least, Double.POSITIVE_INFINITY);
    }

    /** The axis of the budget comes first. */
    private List<Spent> spent() {
        List<Spent> all = new ArrayList<>(List.of(Spent.SECONDS, Spent.GRADIENTS, Spent.EPOCHS));
        if (comparison.budget().unit() == Budget.Unit.GRADIENTS) {
            all.add(0, all.remove(1));
        } else if (comparison.budget().unit() == Budget.Unit.EPOCHS) {
            all.add(0, all.remove(2));
        }
        return all;
    }

    private Chart.Line line(Contender contender, List<TaskMetric> metrics) {
        List<Run> runs = contender.runs();
        double[] grid = Seeds.grid(runs);
        Map<String, double[]> values = new LinkedHashMap<>();
        Map<String, Chart.Band> bands = new LinkedHashMap<>();
        for (Spent spent : spent()) {
            values.put(spent.key(), means(Seeds.at(grid, runs, p -> spent.of(p.progress()))));
        }
        for (TaskMetric metric : metrics) {
            Seeds.Range[] ranges = Seeds.at(grid, runs, p -> p.figures().get(metric.name()));
            values.put(metric.name(), means(ranges));
            if (runs.size() > 1) {
                bands.put(
                        metric.name(),
                        new Chart.Band(
                                Arrays.stream(ranges)
                                        .mapToDouble(Seeds.Range::low)
                                        .toArray(),
                                Arrays.stream(ranges)
                                        .mapToDouble(Seeds.Range::high)
                                        .toArray()));
            }
        }
        return new Chart.Line(contender.name(), Chart.Style.LINE, values, bands);
    }

    private static double[] means(Seeds.Range[] ranges) {
        return Arrays.stream(ranges).mapToDouble(Seeds.Range::mean).toArray();
    }

    // ---- pictures ---------------------------------------------------------------------------------------------

    private Optional<Report.Section> pictures() {
        if (task.gallery().isEmpty() || begun.isEmpty()) {
            return Optional.empty();
        }
        Gallery gallery = task.gallery().get();
        List<Pictures.Row> rows = new ArrayList<>();
        gallery.originals().ifPresent(rows::add);
        begun.forEach(c -> rows.add(new Pictures.Row(c.name(), c.runs().get(0).pictures())));
        return Optional.of(new Report.Section(
                "What the nets learned",
                isSeeded() ? "From the first start." : "",
                List.of(new Pictures(gallery.name(), gallery.caption(), rows))));
    }
}
