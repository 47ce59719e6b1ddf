package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The quadratic models of second-order steps, as a section of a comparison's page. */
final class ModelSection {
    private static final List<Spent> MODEL_X = List.of(Spent.STEPS, Spent.SECONDS, Spent.GRADIENTS);

    private static final List<Chart.Axis> MODEL_Y = List.of(
            new Chart.Axis("damping", "damping", true),
            new Chart.Axis("ratio", "ratio of actual to predicted change", false),
            new Chart.Axis("iterations", "iterations of the linear solver", false),
            new Chart.Axis("rejected", "rejected steps so far", false));

    private final List<Contender> begun;
    private final boolean isSeeded;

    ModelSection(List<Contender> begun, boolean isSeeded) {
        this.begun = begun;
        this.isSeeded = isSeeded;
    }

    /** Empty if no optimizer that was begun has a model. */
    Optional<Report.Section> section() {
        List<Report.Element> charts = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            Contender contender = begun.get(i);
            List<Chart.Line> lines = new ArrayList<>();
            contender.runs().stream()
                    .filter(run -> run.modelSteps().stream().anyMatch(step -> Double.isFinite(step.ratio())))
                    .forEach(run -> {
                        lines.add(modelLine(contender, run));
                        rejectedSteps(contender, run).ifPresent(lines::add);
                    });
            if (!lines.isEmpty()) {
                charts.add(new Chart(
                        "model-" + (i + 1),
                        contender.name(),
                        MODEL_X.stream().map(Spent::axis).toList(),
                        modelAxes(lines),
                        lines));
            }
        }
        String text =
                "The quadratic model of each second-order step: its damping, the ratio of actual to predicted change"
                        + " (1 is a perfect model), iterations of the linear solver, and the number of rejected steps"
                        + " so far.";
        return charts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Report.Section("Second-order steps", text, charts));
    }

    /** Points of their own, which have a value where a step was rejected. */
    private Optional<Chart.Line> rejectedSteps(Contender contender, Run run) {
        List<Run.ModelStep> rejected =
                run.modelSteps().stream().filter(step -> !step.isAccepted()).toList();
        if (rejected.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(line(
                contender.name() + (isSeeded ? ", seed " + run.seed() : "") + ": rejected steps",
                Chart.Style.POINTS,
                rejected));
    }

    private Chart.Line modelLine(Contender contender, Run run) {
        String name = contender.name() + (isSeeded ? ", seed " + run.seed() : "");
        return line(name, Chart.Style.LINE, run.modelSteps());
    }

    private static Chart.Line line(String name, Chart.Style style, List<Run.ModelStep> steps) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Spent spent : MODEL_X) {
            values.put(spent.key(), column(steps, step -> spent.of(step.progress())));
        }
        values.put("damping", column(steps, Run.ModelStep::damping));
        values.put("ratio", column(steps, Run.ModelStep::ratio));
        values.put("iterations", column(steps, Run.ModelStep::iterations));
        values.put("rejected", column(steps, Run.ModelStep::rejected));
        return new Chart.Line(name, style, values, Map.of());
    }

    private static double[] column(List<Run.ModelStep> steps, ToDoubleFunction<Run.ModelStep> value) {
        return steps.stream().mapToDouble(value).toArray();
    }

    /** A method without damping has no axis for it. */
    private static List<Chart.Axis> modelAxes(List<Chart.Line> lines) {
        boolean isDamped = lines.stream()
                .flatMapToDouble(line -> Arrays.stream(line.values().get("damping")))
                .anyMatch(d -> d > 0);
        return isDamped ? MODEL_Y : MODEL_Y.subList(1, MODEL_Y.size());
    }
}
