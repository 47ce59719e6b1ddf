package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.MeasuredNet;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Norms by layer, as a section of a comparison's page: a panel for each layer, with a line for each optimizer. */
final class LayerSection {
    private static final List<Spent> X = List.of(Spent.STEPS, Spent.SECONDS, Spent.GRADIENTS);

    private static final List<Chart.Axis> Y = List.of(
            new Chart.Axis("gradient", "norm of the gradient", true),
            new Chart.Axis("weights", "norm of the weights", true),
            new Chart.Axis("update", "norm of the next step", true),
            new Chart.Axis("relative update", "norm of the next step over that of the weights", true));

    private final Task task;
    private final List<Contender> begun;
    private final boolean isSeeded;

    LayerSection(Task task, List<Contender> begun, boolean isSeeded) {
        this.task = task;
        this.begun = begun;
        this.isSeeded = isSeeded;
    }

    /** Empty if nothing was measured. */
    Optional<Report.Section> section() {
        List<Chart.Line> lines = new ArrayList<>();
        for (Contender contender : begun) {
            Map<String, List<Run.LayerNorms>> layers = new LinkedHashMap<>();
            for (Run.LayerNorms norms : contender.runs().get(0).course().layers()) {
                layers.computeIfAbsent(norms.layer(), name -> new ArrayList<>()).add(norms);
            }
            layers.forEach((layer, norms) -> lines.add(line(contender.name(), layer, norms)));
        }
        Chart chart = new Chart(
                "layers",
                "Layer by layer: gradients, weights and steps.",
                X.stream().map(Spent::axis).toList(),
                Y,
                lines);
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Report.Section("Layers", text(), List.of(chart)));
    }

    private String text() {
        int all = task.set().train().size();
        int some = MeasuredNet.gradientExamples(task.set());
        return "Euclidean norms over all parameters of a layer, biases included, where the net was measured"
                + (isSeeded ? ", of the run from the first start. " : ". ")
                + (some < all
                        ? String.format(
                                Locale.ROOT,
                                "Gradients are over %,d of the %,d training examples, always the same. ",
                                some,
                                all)
                        : "Gradients are over all training examples. ")
                + "The next step is the one right after the measurement; where it was rejected, its norm is 0. All of"
                + " this is computed while the clock stands still, and does not count as work.";
    }

    private static Chart.Line line(String name, String layer, List<Run.LayerNorms> norms) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Spent spent : X) {
            values.put(spent.key(), column(norms, n -> spent.of(n.progress())));
        }
        values.put("gradient", column(norms, Run.LayerNorms::gradient));
        values.put("weights", column(norms, Run.LayerNorms::weights));
        values.put("update", column(norms, Run.LayerNorms::update));
        values.put("relative update", column(norms, n -> n.update() / n.weights()));
        return new Chart.Line(name, Chart.Style.LINE, values, Map.of(), layer);
    }

    private static double[] column(List<Run.LayerNorms> norms, ToDoubleFunction<Run.LayerNorms> value) {
        return norms.stream().mapToDouble(value).toArray();
    }
}
