package dev.ravine.cli.spectrum;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Lines;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.optim.spectrum.SpectralDensity;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Block spectra as a section of the page and as text. */
public final class BlockSection {
    private static final int POINTS = 2000;
    private static final double FLOOR = 1e-6;

    private BlockSection() {}

    /** {@return the section for one matrix at one point} */
    static Report.Section of(BlockSpectra found) {
        String key = (SpectrumAnalysis.name(found.matrix()) + "-" + found.point() + "-blocks")
                .toLowerCase(Locale.ROOT)
                .replace(' ', '-');
        return new Report.Section(
                "Blocks of the " + SpectrumAnalysis.name(found.matrix()) + ", " + found.point(),
                sentence(found),
                List.of(
                        blocks(key, found),
                        densities(key, found),
                        distances(key, "as they are", found, found.distances()),
                        distances(key + "-shapes", "each over its largest size", found, found.shapes())));
    }

    private static String sentence(BlockSpectra found) {
        return String.format(
                Locale.ROOT,
                "Jensen-Shannon distance between the spectra of two parameter tensors, from 0 (equal) to 1 (no overlap),"
                        + " in the mean of all pairs: %.3f as they are, %.3f after each was divided by its largest"
                        + " eigenvalue.",
                BlockSpectra.mean(found.distances()),
                BlockSpectra.mean(found.shapes()));
    }

    private static Table blocks(String key, BlockSpectra found) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < found.blocks().size(); i++) {
            BlockSpectra.Block b = found.blocks().get(i);
            rows.add(List.of(
                    b.path(),
                    b.size(),
                    b.density().largest(),
                    b.density().smallest(),
                    b.trace(),
                    BlockSpectra.mean(found.distances(), i),
                    BlockSpectra.mean(found.shapes(), i)));
        }
        return new Table(
                key,
                "Spectra of the blocks along the diagonal, and the mean distance of each from the others. The largest and"
                        + " smallest node of a quadrature lie within the spectrum.",
                List.of("parameter", "elements", "largest", "smallest", "trace", "distance", "distance of shapes"),
                rows);
    }

    private static Table distances(String key, String how, BlockSpectra found, double[][] distances) {
        List<String> columns = new ArrayList<>(List.of("parameter"));
        found.blocks().forEach(b -> columns.add(b.path()));
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < distances.length; i++) {
            List<Object> row = new ArrayList<>(List.of(columns.get(i + 1)));
            Arrays.stream(distances[i]).forEach(row::add);
            rows.add(row);
        }
        return new Table(key + "-distances", "Jensen-Shannon distances of the spectra, " + how + ".", columns, rows);
    }

    private static Chart densities(String key, BlockSpectra found) {
        List<Chart.Line> lines = new ArrayList<>();
        for (BlockSpectra.Block b : found.blocks()) {
            double scale = b.scale();
            SpectralDensity.Curve curve =
                    (scale == 0 ? b.density() : b.density().scaled(1 / scale)).smooth(1.0 / BlockSpectra.PEAKS, POINTS);
            double[] heights = Arrays.stream(curve.density())
                    .map(d -> d < FLOOR ? Double.NaN : d)
                    .toArray();
            lines.add(new Chart.Line(
                    b.path(), Chart.Style.LINE, Map.of("eigenvalue", curve.grid(), "density", heights), Map.of()));
        }
        return new Chart(
                key + "-density",
                "The density of each block's eigenvalues, over its largest size of an eigenvalue, smoothed with Gaussians"
                        + " of 1/" + BlockSpectra.PEAKS + ".",
                List.of(new Chart.Axis("eigenvalue", "eigenvalue over the largest size", false)),
                List.of(new Chart.Axis("density", "density", true)),
                lines);
    }

    /**
     * Prints the blocks.
     *
     * @param found of one matrix at one point
     * @param out where to
     */
    public static void print(BlockSpectra found, PrintWriter out) {
        out.printf(Locale.ROOT, "%nblocks of the %s, %s%n", SpectrumAnalysis.name(found.matrix()), found.point());
        out.printf(
                Locale.ROOT,
                "  %-18s %9s %10s %10s %9s %8s %8s%n",
                "parameter",
                "elements",
                "largest",
                "smallest",
                "trace",
                "distance",
                "shapes");
        for (int i = 0; i < found.blocks().size(); i++) {
            BlockSpectra.Block b = found.blocks().get(i);
            out.printf(
                    Locale.ROOT,
                    "  %-18s %9d %10s %10s %9s %8.3f %8.3f%n",
                    b.path(),
                    b.size(),
                    Figure.text(b.density().largest()),
                    Figure.text(b.density().smallest()),
                    Figure.text(b.trace()),
                    BlockSpectra.mean(found.distances(), i),
                    BlockSpectra.mean(found.shapes(), i));
        }
        out.println(Lines.fitted("  " + sentence(found)));
        out.flush();
    }
}
