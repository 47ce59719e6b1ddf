package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Norms of gradients and steps, as a section of a comparison's page. */
final class StepSection {
    private static final List<Spent> X = List.of(Spent.STEPS, Spent.SECONDS, Spent.GRADIENTS);

    private static final List<Chart.Axis> Y = List.of(
            new Chart.Axis("gradient norm", "norm of a step's gradient", true),
            new Chart.Axis("step norm", "norm of a step", true),
            new Chart.Axis("loss", "loss over a step's examples", true));

    private final List<Contender> begun;
    private final boolean isSeeded;

    StepSection(List<Contender> begun, boolean isSeeded) {
        this.begun = begun;
        this.isSeeded = isSeeded;
    }

    /** Empty if no step was made. */
    Optional<Report.Section> section() {
        List<Chart.Line> lines = new ArrayList<>();
        for (Contender contender : begun) {
            contender.runs().stream()
                    .findFirst()
                    .filter(run -> !run.course().steps().isEmpty())
                    .ifPresent(run -> lines.add(line(contender, run)));
        }
        String text = "Some of the steps, evenly chosen" + (isSeeded ? ", of the run from the first start." : ".")
                + " steps.csv has all.";
        Chart chart = new Chart(
                "steps-taken",
                "Gradients and steps on the way.",
                X.stream().map(Spent::axis).toList(),
                Y,
                lines);
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Report.Section("Steps", text, List.of(chart)));
    }

    private static Chart.Line line(Contender contender, Run run) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Spent spent : X) {
            values.put(spent.key(), column(run, step -> spent.of(step.progress())));
        }
        values.put("gradient norm", column(run, Run.Step::gradientNorm));
        values.put("step norm", column(run, Run.Step::stepNorm));
        values.put("loss", column(run, Run.Step::loss));
        return new Chart.Line(contender.name(), Chart.Style.LINE, values, Map.of());
    }

    private static double[] column(Run run, ToDoubleFunction<Run.Step> value) {
        return run.course().steps().stream().mapToDouble(value).toArray();
    }
}
