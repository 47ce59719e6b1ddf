package dev.ravine.cli.spectrum;

import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Lines;
import dev.ravine.optim.spectrum.Eigenvalue;
import java.io.PrintWriter;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The spectrum of a matrix as text for the console. */
public final class SpectrumText {
    private SpectrumText() {}

    /**
     * Prints eigenvalues, trace and diagonal.
     *
     * @param f of one matrix at one point
     * @param out where to
     */
    public static void print(SpectrumAnalysis.Finding f, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%s, %s (%s, %d products, %.1f s)%n",
                SpectrumAnalysis.name(f.matrix()),
                f.point(),
                SpectrumReport.method(f),
                f.products(),
                f.seconds());
        printEnds(f, out);
        out.println(Lines.fitted(String.format(
                Locale.ROOT,
                "  %d of the %d smallest are negative; trace %s ± %s by Hutch++, %s ± %s by Hutchinson",
                f.negative(),
                f.extremes().smallest().values().size(),
                Figure.text(f.trace().value()),
                Figure.text(f.trace().standardError()),
                Figure.text(f.hutchinson().trace().value()),
                Figure.text(f.hutchinson().trace().standardError()))));
        printDiagonal(f, out);
        out.flush();
    }

    private static void printEnds(SpectrumAnalysis.Finding f, PrintWriter out) {
        out.printf(Locale.ROOT, "  %4s %14s %10s  %14s %10s%n", "rank", "largest", "residual", "smallest", "residual");
        List<Eigenvalue> top = f.extremes().largest().values();
        List<Eigenvalue> bottom = f.extremes().smallest().values();
        for (int i = 0; i < top.size(); i++) {
            out.printf(
                    Locale.ROOT,
                    "  %4d %14s %10s  %14s %10s%n",
                    i + 1,
                    digits(top.get(i)),
                    residual(top.get(i)),
                    digits(bottom.get(i)),
                    residual(bottom.get(i)));
        }
        if (Stream.of(top, bottom).flatMap(List::stream).anyMatch(v -> !v.isConverged())) {
            out.println(Lines.fitted(
                    "  * not converged: some eigenvalue lies within the residual, but others may be missing before it;"
                            + " take more --steps"));
        }
    }

    private static void printDiagonal(SpectrumAnalysis.Finding f, PrintWriter out) {
        out.printf(Locale.ROOT, "  %-22s %10s %12s %12s %12s%n", "diagonal of", "elements", "mean", "largest", "error");
        f.tensors()
                .forEach(t -> out.printf(
                        Locale.ROOT,
                        "  %-22s %10d %12s %12s %12s%n",
                        t.path(),
                        t.size(),
                        Figure.text(t.mean()),
                        Figure.text(t.largest()),
                        Figure.text(t.error())));
        out.println(
                Lines.fitted("  error: the standard error of one element of the diagonal, the mean over all elements"));
    }

    private static String digits(Eigenvalue v) {
        return Figure.supported(v.value(), v.residual(), RoundingMode.HALF_EVEN);
    }

    private static String residual(Eigenvalue v) {
        return String.format(Locale.ROOT, "%.1e%s", v.residual(), v.isConverged() ? " " : "*");
    }
}
