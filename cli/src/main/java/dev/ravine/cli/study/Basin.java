package dev.ravine.cli.study;

import java.util.Locale;

/**
 * The range of a setting around its best value in which the loss stays within a factor of the best loss. The ends are
 * interpolated between the tried values, linearly in the logarithms of value and loss.
 *
 * @param best the value with the smallest loss
 * @param loss that loss
 * @param low the lower end
 * @param high the upper end
 * @param isCutLow whether the range may extend below the smallest tried value
 * @param isCutHigh whether it may extend above the largest
 */
record Basin(double best, double loss, double low, double high, boolean isCutLow, boolean isCutHigh) {
    /** From ascending values and their losses; a loss that is not finite counts as outside. */
    static Basin of(double[] values, double[] losses, double factor) {
        int best = 0;
        for (int i = 1; i < losses.length; i++) {
            if (losses[i] < losses[best] || Double.isNaN(losses[best])) {
                best = i;
            }
        }
        double bound = factor * losses[best];
        int from = best;
        while (from > 0 && losses[from - 1] <= bound) {
            from--;
        }
        int to = best;
        while (to + 1 < losses.length && losses[to + 1] <= bound) {
            to++;
        }
        boolean isCutLow = from == 0;
        boolean isCutHigh = to + 1 == losses.length;
        return new Basin(
                values[best],
                losses[best],
                isCutLow ? values[from] : crossing(values, losses, from, from - 1, bound),
                isCutHigh ? values[to] : crossing(values, losses, to, to + 1, bound),
                isCutLow,
                isCutHigh);
    }

    private static double crossing(double[] values, double[] losses, int inside, int outside, double bound) {
        if (!Double.isFinite(losses[outside])) {
            return values[inside];
        }
        double part = Math.log(bound / losses[inside]) / Math.log(losses[outside] / losses[inside]);
        return values[inside] * Math.pow(values[outside] / values[inside], part);
    }

    double decades() {
        return Math.log10(high / low);
    }

    /** The width in decades, marked as a lower bound where the range is cut off. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s%.1f", isCutLow || isCutHigh ? "at least " : "", decades());
    }
}
