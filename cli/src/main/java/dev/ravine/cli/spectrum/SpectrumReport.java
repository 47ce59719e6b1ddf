package dev.ravine.cli.spectrum;

import dev.ravine.autodiff.Curvature;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Origin;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.cli.spectrum.SpectrumAnalysis.Finding;
import dev.ravine.optim.spectrum.Eigenvalue;
import dev.ravine.optim.spectrum.Extremes;
import dev.ravine.optim.spectrum.SpectralDensity;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Makes a page of the spectra that were found. */
public final class SpectrumReport {
    /** The range of the density over the width of a Gaussian. */
    private static final double PEAKS = 300;

    private static final int POINTS = 1200;

    private final List<Finding> findings;
    private final List<BlockSpectra> blocks;
    private final String subject;

    /**
     * A report of some findings.
     *
     * @param findings an entry for each matrix and point
     * @param blocks an entry for each matrix and point, or none
     * @param subject problem, net, data and seed in a line
     */
    public SpectrumReport(List<Finding> findings, List<BlockSpectra> blocks, String subject) {
        this.findings = findings;
        this.blocks = blocks;
        this.subject = subject;
    }

    /**
     * {@return the page}
     *
     * @param origin the command line that makes it again
     */
    public Report of(Origin origin) {
        List<Report.Section> sections = new ArrayList<>();
        for (Curvature matrix : Curvature.ofLoss()) {
            List<Finding> own =
                    findings.stream().filter(f -> f.matrix() == matrix).toList();
            if (!own.isEmpty()) {
                sections.add(section(matrix, own));
            }
        }
        blocks.forEach(b -> sections.add(BlockSection.of(b)));
        return new Report("Spectrum of curvature", verdict(), sections, origin);
    }

    private String verdict() {
        if (findings.isEmpty()) {
            return "Problem " + subject + ": ended before anything was complete.";
        }
        StringBuilder text = new StringBuilder(lead(findings.stream()
                .filter(f -> f.matrix() == Curvature.HESSIAN)
                .reduce((first, second) -> second)
                .orElse(findings.get(findings.size() - 1))));
        text.append(" Problem ").append(subject).append(".");
        for (Finding f : findings) {
            text.append(String.format(
                    Locale.ROOT,
                    "\n- %s, %s: eigenvalues from %s to %s, trace %s.",
                    SpectrumAnalysis.name(f.matrix()),
                    f.point(),
                    bound(f.smallest(), "at most", RoundingMode.CEILING),
                    bound(f.largest(), "at least", RoundingMode.FLOOR),
                    Figure.text(f.trace().value())));
        }
        return text.toString();
    }

    /** What a reader takes away: how flat the surface is, and whether it curves down anywhere. */
    private static String lead(Finding f) {
        return String.format(
                Locale.ROOT,
                "About %.1f %% of the eigenvalues of the %s (%s) are nearly zero, %.1f %% are negative, and the largest is"
                        + " %s. Nearly zero: within a thousandth of the largest size.",
                100 * f.shareWithin(flat(f)),
                SpectrumAnalysis.name(f.matrix()),
                f.point(),
                100 * f.shareBelow(-flat(f)),
                bound(f.largest(), "at least", RoundingMode.FLOOR));
    }

    /** An approximation that has not converged lies within the spectrum, so it bounds the end from one side. */
    static String bound(Eigenvalue end, String side, RoundingMode rounding) {
        return end.isConverged()
                ? Figure.text(end.value())
                : side + " " + Figure.supported(end.value(), end.residual(), rounding) + " (not converged)";
    }

    private static Report.Section section(Curvature matrix, List<Finding> own) {
        String key = matrix == Curvature.HESSIAN ? "hessian" : "gauss-newton";
        return new Report.Section(
                SpectrumAnalysis.name(matrix),
                "",
                List.of(
                        figures(key, own),
                        density(key, own),
                        end(key + "-largest", "The largest eigenvalues.", true, own),
                        end(key + "-smallest", "The smallest eigenvalues, the most negative first.", false, own),
                        eigenvalues(key, own),
                        diagonal(key, own),
                        nodes(key, own)));
    }

    /** One column for each point. */
    private static Table figures(String key, List<Finding> own) {
        List<String> columns = new ArrayList<>(List.of("figure"));
        own.forEach(f -> columns.add(f.point()));
        List<List<Object>> rows = new ArrayList<>();
        add(rows, own, "largest eigenvalue", f -> f.largest().value());
        add(
                rows,
                own,
                "largest: converged",
                f -> f.largest().isConverged() ? "yes" : "no, the largest is at least this");
        add(rows, own, "smallest eigenvalue", f -> f.smallest().value());
        add(
                rows,
                own,
                "smallest: converged",
                f -> f.smallest().isConverged() ? "yes" : "no, the smallest is at most this");
        add(
                rows,
                own,
                "negative",
                f -> f.negative() + " of the "
                        + f.extremes().smallest().values().size() + " smallest");
        add(rows, own, "negative, % of all", f -> 100 * f.shareBelow(-flat(f)));
        add(rows, own, "nearly zero, % of all", f -> 100 * f.shareWithin(flat(f)));
        add(rows, own, "trace by Hutch++", f -> f.trace().value());
        add(rows, own, "standard error by Hutch++", f -> f.trace().standardError());
        add(rows, own, "trace by Hutchinson", f -> f.hutchinson().trace().value());
        add(
                rows,
                own,
                "standard error by Hutchinson",
                f -> f.hutchinson().trace().standardError());
        add(rows, own, "mean eigenvalue", f -> f.trace().value() / f.parameters());
        add(rows, own, "eigenvalues by", SpectrumReport::method);
        add(rows, own, "products", Finding::products);
        add(rows, own, "seconds", Finding::seconds);
        return new Table(
                key + "-figures",
                "Figures of the whole spectrum.",
                columns,
                rows,
                List.of("Negative eigenvalues are below zero by more than their residual. Percentages come from the"
                        + " density: nearly zero means within a thousandth of the largest size, negative means below"
                        + " that."));
    }

    private static double flat(Finding f) {
        return 1e-3
                * Math.max(Math.abs(f.largest().value()), Math.abs(f.smallest().value()));
    }

    private static void add(List<List<Object>> rows, List<Finding> own, String name, Function<Finding, Object> figure) {
        List<Object> row = new ArrayList<>(List.of(name));
        own.forEach(f -> row.add(figure.apply(f)));
        rows.add(row);
    }

    static String method(Finding f) {
        return switch (f.extremes().method()) {
            case DENSE -> "written out, LAPACK";
            case LANCZOS -> "Lanczos";
            case FULL_LANCZOS -> "Lanczos, all dimensions";
        };
    }

    /** Shows the peak of a single eigenvalue, but not the far ends of the Gaussians. */
    private static Chart density(String key, List<Finding> own) {
        List<Chart.Line> lines = new ArrayList<>();
        for (Finding f : own) {
            SpectralDensity density = f.density();
            double range = density.largest() - density.smallest();
            double sigma = range > 0 ? range / PEAKS : 1;
            SpectralDensity.Curve curve = density.smooth(sigma, POINTS);
            double single = 1 / (f.parameters() * sigma * Math.sqrt(2 * Math.PI));
            double[] heights = Arrays.stream(curve.density())
                    .map(d -> d < single / 100 ? Double.NaN : d)
                    .toArray();
            lines.add(new Chart.Line(
                    f.point(), Chart.Style.LINE, Map.of("eigenvalue", curve.grid(), "density", heights), Map.of()));
        }
        return new Chart(
                key + "-density",
                "The density of all eigenvalues by stochastic Lanczos quadrature, smoothed with Gaussians of 1/300 of"
                        + " its range; heights below a hundredth of a single eigenvalue's peak are left out.",
                List.of(new Chart.Axis("eigenvalue", "eigenvalue", false)),
                List.of(new Chart.Axis("density", "density", true)),
                lines);
    }

    private static Chart end(String name, String caption, boolean isLargest, List<Finding> own) {
        List<Chart.Line> lines = new ArrayList<>();
        for (Finding f : own) {
            List<Eigenvalue> values = end(f, isLargest).values();
            double[] rank = new double[values.size()];
            Arrays.setAll(rank, i -> i + 1);
            double[] numbers = values.stream().mapToDouble(Eigenvalue::value).toArray();
            double[] low =
                    values.stream().mapToDouble(v -> v.value() - v.residual()).toArray();
            double[] high =
                    values.stream().mapToDouble(v -> v.value() + v.residual()).toArray();
            lines.add(new Chart.Line(
                    f.point(),
                    Chart.Style.MARKED,
                    Map.of("rank", rank, "eigenvalue", numbers),
                    Map.of("eigenvalue", new Chart.Band(low, high))));
        }
        return new Chart(
                name,
                caption + " Bands are residual bounds: an eigenvalue lies within each.",
                List.of(new Chart.Axis("rank", "rank", false)),
                List.of(new Chart.Axis("eigenvalue", "eigenvalue", isLargest)),
                lines);
    }

    private static Extremes.End end(Finding f, boolean isLargest) {
        return isLargest ? f.extremes().largest() : f.extremes().smallest();
    }

    private static Table eigenvalues(String key, List<Finding> own) {
        List<List<Object>> rows = new ArrayList<>();
        for (Finding f : own) {
            for (boolean isLargest : new boolean[] {true, false}) {
                Extremes.End end = end(f, isLargest);
                for (int i = 0; i < end.values().size(); i++) {
                    Eigenvalue v = end.values().get(i);
                    rows.add(Arrays.asList(
                            f.point(),
                            isLargest ? "largest" : "smallest",
                            i + 1,
                            v.value(),
                            v.residual(),
                            v.isConverged() ? "yes" : "no",
                            end.isComplete() ? "yes" : "no"));
                }
            }
        }
        return new Table(
                        key + "-eigenvalues",
                        "The extreme eigenvalues. An eigenvalue lies within the residual of each; complete: a search found no"
                                + " further one between these.",
                        List.of("point", "end", "rank", "eigenvalue", "residual", "converged", "complete"),
                        rows)
                .folded();
    }

    private static Table diagonal(String key, List<Finding> own) {
        List<List<Object>> rows = new ArrayList<>();
        for (Finding f : own) {
            f.tensors()
                    .forEach(t ->
                            rows.add(Arrays.asList(f.point(), t.path(), t.size(), t.mean(), t.largest(), t.error())));
        }
        return new Table(
                key + "-diagonal",
                "The diagonal, parameter by parameter, from "
                        + own.get(0).hutchinson().probes()
                        + " probes; error is the standard error of one element, the mean over all elements.",
                List.of("point", "parameter", "elements", "mean", "largest", "error"),
                rows);
    }

    private static Chart nodes(String key, List<Finding> own) {
        List<Chart.Line> lines = new ArrayList<>();
        for (Finding f : own) {
            lines.add(new Chart.Line(
                    f.point(),
                    Chart.Style.POINTS,
                    Map.of(
                            "node", joined(f.density(), SpectralDensity.Quadrature::nodes),
                            "weight", joined(f.density(), SpectralDensity.Quadrature::weights)),
                    Map.of()));
        }
        return new Chart(
                key + "-nodes",
                "Nodes and weights of the quadrature for all probes, from which the density is computed.",
                List.of(new Chart.Axis("node", "eigenvalue", false)),
                List.of(new Chart.Axis("weight", "weight", true)),
                lines);
    }

    private static double[] joined(SpectralDensity density, Function<SpectralDensity.Quadrature, double[]> part) {
        return density.probes().stream()
                .map(part)
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }
}
