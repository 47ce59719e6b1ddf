package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of a line, collected one after another. */
final class Series {
    private final List<String> keys;
    private final Map<String, double[]> values = new LinkedHashMap<>();
    private int count;

    Series(String... keys) {
        this.keys = List.of(keys);
        this.keys.forEach(k -> values.put(k, new double[16]));
    }

    /** Adds a value for each key. */
    void add(double... row) {
        for (int k = 0; k < row.length; k++) {
            double[] column = values.get(keys.get(k));
            if (count == column.length) {
                column = Arrays.copyOf(column, 2 * count);
                values.put(keys.get(k), column);
            }
            column[count] = row[k];
        }
        count++;
    }

    int count() {
        return count;
    }

    double[] get(String key) {
        return Arrays.copyOf(values.get(key), count);
    }

    Chart.Line named(String name, Chart.Style style) {
        Map<String, double[]> all = new LinkedHashMap<>();
        keys.forEach(k -> all.put(k, get(k)));
        return new Chart.Line(name, style, all, Map.of());
    }

    /**
     * At least {@code most} values if there are more, evenly spread, the last one included; fewer than twice as many.
     */
    Series thinned(int most) {
        Series few = new Series(keys.toArray(new String[0]));
        int every = Math.max(1, count / most);
        for (int i = 0; i < count; i++) {
            if (i % every == 0 || i == count - 1) {
                int at = i;
                few.add(keys.stream().mapToDouble(k -> values.get(k)[at]).toArray());
            }
        }
        return few;
    }
}
