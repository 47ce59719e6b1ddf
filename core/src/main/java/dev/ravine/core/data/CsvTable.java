package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes arrays of the rows of a file: names become numbers, categories columns, and missing cells numbers. */
final class CsvTable {
    /** The most categories of a column that a file may bring, so that memory stays in proportion to the file. */
    static final int MOST_CATEGORIES = 1000;

    private final CsvSettings settings;
    private final String file;
    private final CsvRows rows;

    /** The rows that means are taken from; null if the means are known. */
    private final List<double[]> learned;

    /** The mean of each column of numbers, not a number if it has none; null if they come from the rows. */
    private final double[] means;

    private final List<CsvColumns.Feature> plan;

    /** The names of each column of categories, sorted or as they were given; null for columns of numbers. */
    private final List<List<String>> categories = new ArrayList<>();

    /** What takes the place of missing cells, for each column of features. */
    private final double[] fills;

    /** Takes means from some of the rows. */
    CsvTable(CsvSettings settings, String file, CsvRows rows, List<double[]> learned) throws MalformedFileException {
        this(settings, file, rows, learned, null);
    }

    /** For rows that were not kept. */
    CsvTable(CsvSettings settings, String file, CsvRows rows, double... means) throws MalformedFileException {
        this(settings, file, rows, null, means);
    }

    private CsvTable(CsvSettings settings, String file, CsvRows rows, List<double[]> learned, double[] means)
            throws MalformedFileException {
        this.means = means;
        this.settings = settings;
        this.file = file;
        this.rows = rows;
        this.learned = learned;
        this.plan = rows.columns().features();
        this.fills = new double[plan.size()];
        for (int i = 0; i < plan.size(); i++) {
            CsvColumns.Feature feature = plan.get(i);
            categories.add(feature.isCategory() ? categories(feature, i) : null);
            fills[i] = fill(feature, i);
        }
    }

    /** Takes means from all rows. */
    CsvTable(CsvSettings settings, String file, CsvRows rows) throws MalformedFileException {
        this(settings, file, rows, rows.features());
    }

    private List<String> categories(CsvColumns.Feature feature, int index) throws MalformedFileException {
        if (feature.known() != null) {
            return feature.known();
        }
        List<String> names = rows.categories(index);
        if (names.size() > MOST_CATEGORIES) {
            throw new MalformedFileException(file + ": column "
                    + rows.columns().described(feature.column()) + ": expected at most " + MOST_CATEGORIES
                    + " categories but found " + names.size() + "; leave the column out with Csv.ignore, or name its"
                    + " categories one by one");
        }
        List<String> sorted = names.stream().sorted().toList();
        renumber(rows.features(), index, names, sorted);
        return sorted;
    }

    /** Replaces numbers in the order of occurrence by numbers in the order of names. */
    private static void renumber(List<double[]> all, int index, List<String> names, List<String> sorted) {
        int[] place = new int[names.size()];
        Arrays.setAll(place, i -> Collections.binarySearch(sorted, names.get(i)));
        all.forEach(row -> row[index] = place[(int) row[index]]);
    }

    private double fill(CsvColumns.Feature feature, int index) throws MalformedFileException {
        if (feature.rule() instanceof Missing.Constant constant) {
            if (settings.dtype == DType.FLOAT32 && Float.isInfinite((float) constant.value())) {
                throw new IllegalArgumentException("missing cells of " + file + ": " + constant.value()
                        + " is too large for FLOAT32; choose another constant or Csv.dtype(DType.FLOAT64)");
            }
            return constant.value();
        }
        if (!(feature.rule() instanceof Missing.Mean) || feature.isCategory()) {
            return Double.NaN;
        }
        return feature.mean() != null ? feature.mean() : mean(feature, index);
    }

    private double mean(CsvColumns.Feature feature, int index) throws MalformedFileException {
        if (means != null) {
            requireNumbers(Double.isNaN(means[index]) ? 0 : 1, feature);
            return means[index];
        }
        double sum = 0;
        double scaled = 0;
        long count = learned.stream().filter(row -> !Double.isNaN(row[index])).count();
        for (double[] row : learned) {
            double value = Double.isNaN(row[index]) ? 0 : row[index];
            sum += value;
            scaled += value / count;
        }
        requireNumbers(count, feature);
        return Double.isFinite(sum) ? sum / count : scaled;
    }

    private void requireNumbers(long count, CsvColumns.Feature feature) throws MalformedFileException {
        if (count == 0) {
            throw new MalformedFileException(file + ": column " + rows.columns().described(feature.column())
                    + ": expected at least one number to take the mean of but found missing cells only; leave"
                    + " the column out with Csv.ignore, or choose another rule for Csv.missing");
        }
    }

    List<String> featureNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            String column = rows.columns().name(plan.get(i).column());
            if (categories.get(i) == null) {
                names.add(column);
            } else {
                categories.get(i).forEach(category -> names.add(column + "=" + category));
            }
        }
        return List.copyOf(names);
    }

    List<String> targetNames() {
        return rows.columns().targetNames();
    }

    INDArray features() throws MalformedFileException {
        int width = 0;
        for (List<String> names : categories) {
            width = Math.addExact(width, names == null ? 1 : names.size());
        }
        List<double[]> all = rows.features();
        checkSize(all.size(), width);
        INDArray array = Arena.create(settings.dtype, Shape.of(all.size(), width));
        Elements out = Elements.of(array);
        double[] encoded = new double[width];
        for (int row = 0; row < all.size(); row++) {
            encode(all.get(row), encoded);
            out.write(row * width, width, encoded);
        }
        return array;
    }

    /** Numbers of cells as features. */
    void encode(double[] row, double[] into) {
        int at = 0;
        for (int i = 0; i < row.length; i++) {
            if (categories.get(i) == null) {
                into[at++] = Double.isNaN(row[i]) ? fills[i] : row[i];
            } else {
                int end = at + categories.get(i).size();
                Arrays.fill(into, at, end, 0);
                into[at + (int) row[i]] = 1;
                at = end;
            }
        }
    }

    private void checkSize(long examples, long width) throws MalformedFileException {
        long bytes = examples * width * settings.dtype.bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new MalformedFileException(file + ": expected an array of at most 2 GiB but found " + examples
                    + " examples of " + width + " features, which are " + bytes
                    + " bytes; split the file, or choose fewer columns with Csv.features or Csv.ignore");
        }
    }

    /** The examples with their targets. */
    DataSet data() throws MalformedFileException {
        List<double[]> all = rows.targets();
        if (settings.kind == CsvSettings.Kind.NUMBERS) {
            int width = rows.columns().targets().length;
            INDArray array = Arena.create(settings.dtype, Shape.of(all.size(), width));
            Elements out = Elements.of(array);
            for (int i = 0; i < all.size(); i++) {
                out.write(i * width, width, all.get(i));
            }
            return DataSet.of(features(), array);
        }
        List<String> names = classNames();
        if (settings.kind == CsvSettings.Kind.CLASS_NAMES && settings.classNames == null) {
            renumber(all, 0, rows.classes(), names);
        }
        INDArray labels =
                Arena.ofIntegers(all.stream().mapToLong(row -> (long) row[0]).toArray());
        int classes = settings.kind == CsvSettings.Kind.CLASS_NAMES ? names.size() : settings.classes;
        return classes == 0 ? DataSet.of(features(), labels) : DataSet.withClasses(features(), labels, classes);
    }

    /** The name of each class; empty if classes have no names. */
    List<String> classNames() {
        if (settings.kind != CsvSettings.Kind.CLASS_NAMES) {
            return List.of();
        }
        return settings.classNames != null
                ? settings.classNames
                : rows.classes().stream().sorted().toList();
    }

    /** What another file of the same table is read by. */
    CsvEncoding encoding(int classes) {
        List<Object> columns = new ArrayList<>();
        Map<Object, List<String>> names = new LinkedHashMap<>();
        Map<Object, Double> means = new LinkedHashMap<>();
        for (int i = 0; i < plan.size(); i++) {
            Object reference = plan.get(i).reference();
            columns.add(reference);
            if (categories.get(i) != null) {
                names.put(reference, categories.get(i));
            } else if (plan.get(i).rule() instanceof Missing.Mean) {
                means.put(reference, fills[i]);
            }
        }
        return new CsvEncoding(
                List.copyOf(columns),
                Collections.unmodifiableMap(names),
                Collections.unmodifiableMap(means),
                classNames(),
                classes);
    }
}
