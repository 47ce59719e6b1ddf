package dev.ravine.cli.report;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Chooses the values of a long line that are drawn. The line is cut into buckets, narrow at its beginning (for
 * logarithmic axes) and nowhere wide (for linear ones). Each bucket keeps its ends and the extremes of every quantity.
 */
final class Thinning {
    /** Lines up to this length are drawn whole. */
    static final int SHORT = 1_000;

    /** A bucket is at most this part of what precedes it... */
    private static final int FINEST = 40;

    /** ... and of the line. */
    private static final int COARSEST = 250;

    private Thinning() {}

    /** The indices of the kept values, ascending. */
    static int[] places(Chart.Line line) {
        int n = line.length();
        BitSet kept = new BitSet(n);
        if (n <= SHORT) {
            kept.set(0, n);
            return kept.stream().toArray();
        }
        List<double[]> arrays = new ArrayList<>(line.values().values());
        line.bands().values().forEach(band -> {
            arrays.add(band.low());
            arrays.add(band.high());
        });
        for (int from = 0, to; from < n; from = to) {
            int width = Math.max(1, Math.min(from / FINEST, n / COARSEST));
            to = Math.min(n, from + width);
            kept.set(from);
            kept.set(to - 1);
            for (double[] array : arrays) {
                keepExtremes(array, from, to, kept);
            }
        }
        return kept.stream().toArray();
    }

    /** Also keeps the first value of a gap, so that the line still ends there. */
    private static void keepExtremes(double[] array, int from, int to, BitSet kept) {
        int low = -1;
        int high = -1;
        int gap = -1;
        for (int i = from; i < to; i++) {
            if (!Double.isFinite(array[i])) {
                gap = gap < 0 ? i : gap;
            } else {
                low = low < 0 || array[i] < array[low] ? i : low;
                high = high < 0 || array[i] > array[high] ? i : high;
            }
        }
        for (int i : new int[] {low, high, gap}) {
            if (i >= 0) {
                kept.set(i);
            }
        }
    }
}
