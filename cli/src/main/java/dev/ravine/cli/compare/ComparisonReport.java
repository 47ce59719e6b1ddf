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
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A comparison for people to read. */
public final class ComparisonReport {
    private static final Map<String, ToDoubleFunction<Progress>> SPENT = new LinkedHashMap<>();

    static {
        SPENT.put("seconds", Progress::seconds);
        SPENT.put("gradients", Progress::gradients);
        SPENT.put("epochs", Progress::epochs);
        SPENT.put("steps", Progress::steps);
    }

    /** Times the largest figure of a start. */
    private static final double FAR_ABOVE = 1e3;

    /** A part of the best figure of an end. */
    private static final double FAR_BELOW = 0.05;

    /** How to read what was spent. */
    public static final String UNITS =
            "Gradients: all work in units of one gradient over all training examples; epochs: examples"
                    + " whose gradient was taken over the number of training examples. A run ends with the step that uses up its"
                    + " budget, which may overrun it.";

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
        sections.add(results());
        tuning().ifPresent(sections::add);
        models().ifPresent(sections::add);
        pictures().ifPresent(sections::add);
        if (comparison.seeds().size() > 1) {
            sections.add(new Report.Section("Each run", "", List.of(runs())));
        }
        String title = "Comparison of optimizers: " + comparison.problem() + ", " + task.data();
        return new Report(title, Verdict.of(comparison), sections, origin);
    }

    private boolean isSeeded() {
        return comparison.seeds().size() > 1;
    }

    // ---- results ----------------------------------------------------------------------------------------------

    private Report.Section results() {
        String text = String.format(
                        Locale.ROOT,
                        "The net %s with %,d parameters, %,d training examples",
                        task.shape(),
                        comparison.parameters(),
                        task.set().train().size())
                + ", L2 " + Figure.chosen(task.l2()) + ", "
                + comparison.budget() + " for each optimizer from "
                + (isSeeded()
                        ? "each of " + comparison.seeds().size() + " starts; all begin at the same ones."
                        : "the same start.")
                + " One optimizer runs at a time, and the clock stands still while the net is measured."
                + (comparison.budget().unit() == Budget.Unit.SECONDS
                        ? " Before, each trained for a moment that does not count, so that its code was compiled."
                        : "")
                + (isSeeded()
                        ? " Lines are means over starts at equal shares of the budget, bands reach from the smallest to the"
                                + " largest figure."
                        : "")
                + "\n"
                + UNITS;
        List<Report.Element> elements = new ArrayList<>();
        elements.add(table());
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
        return new Report.Section("Results", text, elements);
    }

    /** {@return a row for each optimizer; with several starts the mean and the range of each figure} */
    public Table table() {
        List<String> columns = new ArrayList<>(List.of("optimizer"));
        task.metrics().forEach(m -> columns.add(m.name()));
        columns.addAll(SPENT.keySet());
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : begun) {
            List<Object> row = new ArrayList<>(List.of(contender.name()));
            task.metrics().forEach(m -> row.add(cell(contender.last(m))));
            SPENT.values()
                    .forEach(spent ->
                            row.add(cell(Seeds.last(contender.runs(), p -> spent.applyAsDouble(p.progress())))));
            rows.add(row);
        }
        String caption = "Figures at the end" + (isSeeded() ? ", mean (lowest to highest) over starts." : ".");
        return new Table("results", caption, columns, rows, notes());
    }

    private Object cell(Seeds.Range range) {
        return isSeeded() ? range.toString() : (Object) range.mean();
    }

    /** A line for each run that ended early. */
    private List<String> notes() {
        return begun.stream()
                .flatMap(c -> c.runs().stream())
                .filter(run -> !run.note().isEmpty())
                .map(run -> run.optimizer().text() + (isSeeded() ? ", seed " + run.seed() : "") + " ended early: "
                        + run.note())
                .toList();
    }

    private Table runs() {
        List<String> columns = new ArrayList<>(List.of("optimizer", "seed"));
        task.metrics().forEach(m -> columns.add(m.name()));
        columns.addAll(SPENT.keySet());
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : begun) {
            for (Run run : contender.runs()) {
                List<Object> row = new ArrayList<>(List.of(contender.name(), run.seed()));
                task.metrics().forEach(m -> row.add(run.last().figures().get(m.name())));
                SPENT.values().forEach(s -> row.add(s.applyAsDouble(run.last().progress())));
                rows.add(row);
            }
        }
        return new Table("runs", "Figures at the end of each run.", columns, rows);
    }

    private Chart chart(String name, String caption, List<TaskMetric> metrics) {
        List<Chart.Axis> y = metrics.stream().map(this::axis).toList();
        List<Chart.Line> lines =
                begun.stream().map(contender -> line(contender, metrics)).toList();
        return new Chart(name, caption, spentAxes(), y, lines);
    }

    /**
     * Shows at first what tells runs apart: no figures far above the worst start, as of a run that diverges, and none far below
     * the worst end where larger is better, as at the start.
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

    /** That of the budget comes first. */
    private List<Chart.Axis> spentAxes() {
        List<Chart.Axis> axes = new ArrayList<>(List.of(
                new Chart.Axis("seconds", "seconds", false),
                new Chart.Axis("gradients", "gradients over all training examples", false),
                new Chart.Axis("epochs", "epochs", false)));
        if (comparison.budget().unit() == Budget.Unit.GRADIENTS) {
            axes.add(0, axes.remove(1));
        } else if (comparison.budget().unit() == Budget.Unit.EPOCHS) {
            axes.add(0, axes.remove(2));
        }
        return axes;
    }

    private Chart.Line line(Contender contender, List<TaskMetric> metrics) {
        List<Run> runs = contender.runs();
        double[] grid = Seeds.grid(runs);
        Map<String, double[]> values = new LinkedHashMap<>();
        Map<String, Chart.Band> bands = new LinkedHashMap<>();
        for (Chart.Axis axis : spentAxes()) {
            ToDoubleFunction<Progress> spent = SPENT.get(axis.key());
            values.put(axis.key(), means(Seeds.at(grid, runs, p -> spent.applyAsDouble(p.progress()))));
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

    // ---- tuning -----------------------------------------------------------------------------------------------

    private Optional<Report.Section> tuning() {
        List<Contender> tuned = comparison.contenders().stream()
                .filter(c -> c.tuning().isPresent())
                .toList();
        if (tuned.isEmpty()) {
            return Optional.empty();
        }
        List<List<Object>> rows = new ArrayList<>();
        StringBuilder text = new StringBuilder("Each optimizer was given " + comparison.budget()
                + " more on trials of its main setting, in equal shares, all from the first start; long steps may overrun a share, as the last columns show. The value with the lowest "
                + task.objective().name()
                + " at the end of its trial is the one compared above; test data had no part in it."
                + " Short trials favour settings that are fast at first.");
        for (Contender contender : tuned) {
            Tuning tuning = contender.tuning().orElseThrow();
            Optional<Tuning.Trial> best = tuning.best();
            for (Tuning.Trial trial : tuning.trials()) {
                rows.add(Arrays.asList(
                        trial.optimizer().text(),
                        tuning.setting(),
                        trial.value(),
                        trial.objective(),
                        trial.progress().seconds(),
                        trial.progress().gradients(),
                        best.filter(trial::equals).isPresent() ? "chosen" : ""));
            }
            text.append('\n').append(contender.name()).append(": ");
            text.append(
                    best.isEmpty()
                            ? "no trial came to an end with a finite figure, so the setting stayed as it was"
                            : tuning.setting() + " = " + best.get().value()
                                    + (tuning.isAtEdge() ? ", at the edge of what was tried" : ""));
            text.append(", for " + Figure.text(tuning.seconds()) + " seconds and " + Figure.text(tuning.gradients())
                    + " gradients.");
        }
        Table trials = new Table(
                "tuning",
                "Trials of the main setting of each optimizer.",
                List.of("optimizer", "setting", "value", task.objective().name(), "seconds", "gradients", "choice"),
                rows);
        return Optional.of(new Report.Section("Tuning", text.toString(), List.of(trials)));
    }

    // ---- quadratic models -------------------------------------------------------------------------------------

    private Optional<Report.Section> models() {
        List<Report.Element> charts = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            Contender contender = begun.get(i);
            List<Chart.Line> lines = contender.runs().stream()
                    .filter(run -> run.modelSteps().stream().anyMatch(step -> Double.isFinite(step.ratio())))
                    .map(run -> modelLine(contender, run))
                    .toList();
            if (!lines.isEmpty()) {
                charts.add(new Chart("model-" + (i + 1), contender.name(), MODEL_X, modelAxes(lines), lines));
            }
        }
        String text =
                "What the quadratic model of each second-order step did: the damping it used, the ratio of actual to"
                        + " predicted change (1 is a perfect model), iterations of the linear solver, and how many steps were rejected"
                        + " so far.";
        return charts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Report.Section("Second-order steps", text, charts));
    }

    private static final List<Chart.Axis> MODEL_X = List.of(
            new Chart.Axis("steps", "steps", false),
            new Chart.Axis("seconds", "seconds", false),
            new Chart.Axis("gradients", "gradients over all training examples", false));

    private static final List<Chart.Axis> MODEL_Y = List.of(
            new Chart.Axis("damping", "damping", true),
            new Chart.Axis("ratio", "ratio of actual to predicted change", false),
            new Chart.Axis("iterations", "iterations of the linear solver", false),
            new Chart.Axis("rejected", "rejected steps so far", false));

    private Chart.Line modelLine(Contender contender, Run run) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Chart.Axis axis : MODEL_X) {
            ToDoubleFunction<Progress> spent = SPENT.get(axis.key());
            values.put(axis.key(), column(run, step -> spent.applyAsDouble(step.progress())));
        }
        values.put("damping", column(run, Run.ModelStep::damping));
        values.put("ratio", column(run, Run.ModelStep::ratio));
        values.put("iterations", column(run, Run.ModelStep::iterations));
        values.put("rejected", column(run, Run.ModelStep::rejected));
        String name = contender.name() + (isSeeded() ? ", seed " + run.seed() : "");
        return new Chart.Line(name, Chart.Style.LINE, values, Map.of());
    }

    private static double[] column(Run run, ToDoubleFunction<Run.ModelStep> value) {
        return run.modelSteps().stream().mapToDouble(value).toArray();
    }

    /** A method without damping has no axis for it. */
    private static List<Chart.Axis> modelAxes(List<Chart.Line> lines) {
        boolean isDamped = lines.stream()
                .flatMapToDouble(line -> Arrays.stream(line.values().get("damping")))
                .anyMatch(d -> d > 0);
        return isDamped ? MODEL_Y : MODEL_Y.subList(1, MODEL_Y.size());
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
