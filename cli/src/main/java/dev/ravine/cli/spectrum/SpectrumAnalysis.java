package dev.ravine.cli.spectrum;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.spectrum.Eigenvalue;
import dev.ravine.optim.spectrum.Estimate;
import dev.ravine.optim.spectrum.Extremes;
import dev.ravine.optim.spectrum.HutchPlusPlus;
import dev.ravine.optim.spectrum.Hutchinson;
import dev.ravine.optim.spectrum.Lanczos;
import dev.ravine.optim.spectrum.SpectralDensity;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Finds the curvature of an objective at one point after another. */
public final class SpectrumAnalysis {
    private final Settings settings;
    private final PrintWriter out;
    private final BooleanSupplier isInterrupted;
    private final List<Finding> findings = new ArrayList<>();
    private final List<BlockSpectra> blocks = new ArrayList<>();

    /**
     * How much work to do.
     *
     * @param matrices the matrices
     * @param count eigenvalues at each end
     * @param steps of each Lanczos process
     * @param probes of trace and diagonal
     * @param densityProbes Lanczos processes of the density
     * @param examples how many examples, from the first on
     * @param seed of all random vectors
     * @param blocks whether the blocks of parameter tensors are studied, too
     */
    public record Settings(
            List<Curvature> matrices,
            int count,
            int steps,
            int probes,
            int densityProbes,
            int examples,
            long seed,
            boolean blocks) {}

    /**
     * The diagonal of the matrix at the elements of one parameter.
     *
     * @param path of the parameter
     * @param size number of elements
     * @param mean of the diagonal
     * @param largest element of the diagonal
     * @param error standard error of one element, the mean over all
     */
    public record DiagonalOfTensor(String path, long size, double mean, double largest, double error) {}

    /**
     * The spectrum of one matrix at one point.
     *
     * @param point such as {@code fresh}
     * @param matrix which one
     * @param parameters its order
     * @param extremes eigenvalues at both ends
     * @param hutchinson estimates of trace and diagonal
     * @param trace by Hutch++
     * @param density of all eigenvalues
     * @param tensors the diagonal, parameter by parameter
     * @param products how many products were taken
     * @param seconds how long they took
     */
    public record Finding(
            String point,
            Curvature matrix,
            long parameters,
            Extremes extremes,
            Hutchinson hutchinson,
            Estimate trace,
            SpectralDensity density,
            List<DiagonalOfTensor> tensors,
            long products,
            double seconds) {
        /** {@return how many of the smallest eigenvalues are negative by more than their residual} */
        long negative() {
            return extremes.smallest().values().stream()
                    .filter(v -> v.value() < -v.residual())
                    .count();
        }

        Eigenvalue largest() {
            return extremes.largest().values().get(0);
        }

        Eigenvalue smallest() {
            return extremes.smallest().values().get(0);
        }

        /** The share of eigenvalues whose size is below a bound, by the density's nodes. */
        double shareWithin(double bound) {
            return share(-bound, bound);
        }

        /** The share of eigenvalues below a bound, by the density's nodes. */
        double shareBelow(double bound) {
            return share(Double.NEGATIVE_INFINITY, bound);
        }

        private double share(double low, double high) {
            double sum = 0;
            for (SpectralDensity.Quadrature q : density.probes()) {
                for (int i = 0; i < q.nodes().length; i++) {
                    if (q.nodes()[i] >= low && q.nodes()[i] <= high) {
                        sum += q.weights()[i] / density.probes().size();
                    }
                }
            }
            return sum;
        }
    }

    /**
     * An analysis of no point yet.
     *
     * @param settings how much work to do
     * @param out where progress goes
     * @param isInterrupted asked before each product
     */
    public SpectrumAnalysis(Settings settings, PrintWriter out, BooleanSupplier isInterrupted) {
        this.settings = settings;
        this.out = out;
        this.isInterrupted = isInterrupted;
    }

    /** {@return the findings so far, one for each matrix and point} */
    public List<Finding> findings() {
        return findings;
    }

    /** {@return the spectra of the blocks of each matrix and point, if they were wanted} */
    public List<BlockSpectra> blocks() {
        return blocks;
    }

    static String name(Curvature matrix) {
        return matrix == Curvature.HESSIAN ? "Hessian" : "Gauss-Newton matrix";
    }

    /**
     * Studies all matrices where the parameters stand. An interruption ends the study and keeps complete findings.
     *
     * @param point its name
     * @param objective whose curvature it is
     * @param parameters of its net
     */
    public void study(String point, SupervisedObjective objective, ParameterVector parameters) {
        Scope scope = Scope.of(IntStream.range(0, settings.examples).toArray());
        try (Linearization at = objective.linearize(objective.theta(), scope)) {
            for (Curvature matrix : settings.matrices) {
                LinearOperator a = LinearOperator.of(at, matrix);
                LinearOperator whole = objective.l2() == 0 ? a : a.shifted(objective.l2());
                findings.add(study(point, matrix, whole, objective.dtype(), parameters));
                if (settings.blocks) {
                    blocks.add(studyBlocks(point, matrix, whole, objective.dtype(), parameters));
                }
            }
        } catch (CountedProducts.Interrupted e) {
            out.println("interrupted: what is complete is reported");
        }
    }

    private Finding study(String point, Curvature matrix, LinearOperator a, DType dtype, ParameterVector parameters) {
        long begin = System.nanoTime();
        CountedProducts products = new CountedProducts(a, name(matrix) + ", " + point, out, isInterrupted);
        Lanczos lanczos = Lanczos.builder()
                .largest(settings.count)
                .smallest(settings.count)
                .maxSteps(settings.steps)
                .seed(settings.seed)
                .build();
        products.begin("eigenvalues", Math.min(2L * settings.steps, a.size()));
        Extremes extremes = lanczos.find(products, dtype);
        products.begin("trace and diagonal", 2L * settings.probes);
        Hutchinson hutchinson = Hutchinson.estimate(products, dtype, settings.probes, settings.seed);
        Estimate trace = HutchPlusPlus.trace(products, dtype, settings.probes, settings.seed + 1);
        products.begin("density", (long) settings.densityProbes * Math.min(settings.steps, a.size()));
        SpectralDensity density =
                SpectralDensity.estimate(products, dtype, settings.steps, settings.densityProbes, settings.seed + 2);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Finding finding = new Finding(
                point,
                matrix,
                a.size(),
                extremes,
                hutchinson,
                trace,
                density,
                tensors(hutchinson, parameters),
                products.count(),
                seconds);
        out.printf(Locale.ROOT, "%s, %s: %d products in %.1f s%n", name(matrix), point, products.count(), seconds);
        out.flush();
        return finding;
    }

    private BlockSpectra studyBlocks(
            String point, Curvature matrix, LinearOperator a, DType dtype, ParameterVector parameters) {
        CountedProducts products = new CountedProducts(a, name(matrix) + ", " + point, out, isInterrupted);
        long all = parameters.segments().stream()
                .mapToLong(s -> settings.densityProbes * Math.min(settings.steps, s.size()))
                .sum();
        products.begin("blocks", all);
        return BlockSpectra.of(
                point, matrix, products, dtype, parameters, settings.steps, settings.densityProbes, settings.seed + 3);
    }

    private static List<DiagonalOfTensor> tensors(Hutchinson hutchinson, ParameterVector parameters) {
        List<DiagonalOfTensor> tensors = new ArrayList<>();
        for (ParameterVector.Segment s : parameters.segments()) {
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            double errors = 0;
            for (int i = (int) s.offset(); i < s.offset() + s.size(); i++) {
                sum += hutchinson.diagonal()[i];
                largest = Math.max(largest, hutchinson.diagonal()[i]);
                errors += hutchinson.diagonalErrors()[i];
            }
            tensors.add(new DiagonalOfTensor(s.path(), s.size(), sum / s.size(), largest, errors / s.size()));
        }
        return tensors;
    }
}
