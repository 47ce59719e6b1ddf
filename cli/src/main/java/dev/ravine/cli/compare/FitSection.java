package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/** Intervals of parameters and residuals of fits by least squares, as a section of a comparison's page. */
final class FitSection {
    private static final int LONGEST_OPEN_TABLE = 20;

    private final Task task;
    private final List<Contender> fitted;

    FitSection(Task task, List<Contender> begun) {
        this.task = task;
        this.fitted = begun.stream()
                .filter(c -> c.runs().get(0).course().fit().isPresent())
                .toList();
    }

    /** Empty if there was no fit by least squares. */
    Optional<Report.Section> section() {
        List<Report.Element> elements = new ArrayList<>();
        List<Chart.Line> lines = new ArrayList<>();
        for (int i = 0; i < fitted.size(); i++) {
            Contender contender = fitted.get(i);
            Fit fit = contender.runs().get(0).course().fit().orElseThrow();
            elements.add(intervals(contender.name(), i + 1, fit));
            lines.add(residuals(contender.name(), fit));
        }
        if (elements.isEmpty()) {
            return Optional.empty();
        }
        elements.add(
                0,
                new Chart(
                        "fit-residuals",
                        "Residuals of training examples: true minus predicted.",
                        List.of(
                                new Chart.Axis("predicted", "predicted", false),
                                new Chart.Axis("example", "example", false)),
                        List.of(
                                new Chart.Axis("residual", "residual", false),
                                new Chart.Axis("standardized", "residual over its deviation", false)),
                        lines));
        return Optional.of(new Report.Section("The fit by least squares", text(), elements));
    }

    private String text() {
        StringBuilder text = new StringBuilder(fitted.get(0).runs().size() > 1 ? "Of the first start. " : "");
        text.append(
                "Standard errors are the roots of the diagonal of s² (JᵀJ)⁻¹, with the Jacobian J of the residuals at"
                        + " the end of the run and the residual standard deviation s. An interval is the estimate plus and"
                        + " minus its standard error times the 97.5 % quantile of Student's t. It holds for a parameter"
                        + " alone, at a minimum, where the net is nearly linear within it; units of a hidden layer can be"
                        + " exchanged, so their parameters have no meaning of their own.");
        if (task.l2() > 0) {
            text.append(" L2 (weight ").append(Figure.text(task.l2())).append(") is not taken into account.");
        }
        if (task.targetScale().isPresent()) {
            text.append(
                    " Residuals are in units of the data. Parameters and their errors are those of the net, which is"
                            + " given targets of mean 0 and deviation 1.");
        }
        for (Contender contender : fitted) {
            Fit fit = contender.runs().get(0).course().fit().orElseThrow();
            text.append('\n')
                    .append(contender.name())
                    .append(": residual standard deviation ")
                    .append(Figure.text(fit.deviation()))
                    .append(" with ")
                    .append(Figure.text(fit.degreesOfFreedom()))
                    .append(" degrees of freedom; of ")
                    .append(fit.estimates().size())
                    .append(" parameters the intervals of ")
                    .append(fit.clear())
                    .append(" are clear of 0");
            text.append(fit.undetermined() == 0 ? "." : ", and the data do not determine " + fit.undetermined() + ".");
        }
        return text.toString();
    }

    private static Table intervals(String name, int number, Fit fit) {
        List<List<Object>> rows = new ArrayList<>();
        for (Fit.Estimate e : fit.estimates()) {
            boolean isKnown = Double.isFinite(e.error());
            rows.add(Arrays.asList(
                    e.name(),
                    e.value(),
                    isKnown ? (Object) e.error() : null,
                    isKnown ? (Object) (e.value() - e.halfWidth()) : null,
                    isKnown ? (Object) (e.value() + e.halfWidth()) : null));
        }
        Table table = new Table(
                "fit-" + number,
                name + ": parameters with 95 % confidence intervals.",
                List.of("parameter", "estimate", "standard error", "from", "to"),
                rows);
        return rows.size() > LONGEST_OPEN_TABLE ? table.folded() : table;
    }

    private static Chart.Line residuals(String name, Fit fit) {
        int count = fit.residuals().size();
        return new Chart.Line(
                name,
                Chart.Style.POINTS,
                Map.of(
                        "predicted", column(count, i -> fit.predicted().get(i)),
                        "example", column(count, i -> i),
                        "residual", column(count, i -> fit.residuals().get(i)),
                        "standardized", column(count, i -> fit.residuals().get(i) / fit.deviation())),
                Map.of());
    }

    private static double[] column(int count, IntToDoubleFunction value) {
        double[] column = new double[count];
        Arrays.setAll(column, value);
        return column;
    }
}
