package dev.ravine.cli.study;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * y = factor x^exponent, fitted to logarithms by least squares.
 *
 * @param exponent the slope of log y over log x; NaN if there are fewer than two different x
 * @param factor y at x = 1
 * @param error the standard error of the exponent; NaN if there are fewer than three points
 * @param points the number of pairs used
 */
record PowerLaw(double exponent, double factor, double error, int points) {
    /** Fits the pairs in which both numbers are positive and finite. */
    static PowerLaw fit(double[] x, double[] y) {
        int[] used = IntStream.range(0, x.length)
                .filter(i -> x[i] > 0 && y[i] > 0 && Double.isFinite(x[i]) && Double.isFinite(y[i]))
                .toArray();
        int n = used.length;
        double meanX =
                IntStream.of(used).mapToDouble(i -> Math.log(x[i])).average().orElse(Double.NaN);
        double meanY =
                IntStream.of(used).mapToDouble(i -> Math.log(y[i])).average().orElse(Double.NaN);
        double xx = 0;
        double xy = 0;
        for (int i : used) {
            double dx = Math.log(x[i]) - meanX;
            xx += dx * dx;
            xy += dx * (Math.log(y[i]) - meanY);
        }
        double slope = n >= 2 && xx > 0 ? xy / xx : Double.NaN;
        double squares = 0;
        for (int i : used) {
            double residual = Math.log(y[i]) - meanY - slope * (Math.log(x[i]) - meanX);
            squares += residual * residual;
        }
        double error = n >= 3 ? Math.sqrt(squares / (n - 2) / xx) : Double.NaN;
        return new PowerLaw(slope, Math.exp(meanY - slope * meanX), error, n);
    }

    double at(double x) {
        return factor * Math.pow(x, exponent);
    }

    /** The x at which the law gives y. */
    double inverse(double y) {
        return Math.pow(y / factor, 1 / exponent);
    }

    /** The exponent with its standard error, or a dash. */
    @Override
    public String toString() {
        if (Double.isNaN(exponent)) {
            return "-";
        }
        String number = String.format(Locale.ROOT, "%.2f", exponent);
        return Double.isNaN(error) ? number : number + String.format(Locale.ROOT, " ± %.2f", error);
    }
}
