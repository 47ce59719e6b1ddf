package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.AtomicFile;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.NpyRows;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Turns a CSV file into arrays of numbers line by line, in two passes, so that it may be larger than memory. */
final class CsvConversion {
    private final CsvSettings settings;
    private final Path table;

    /** What the first pass found. */
    private long count;

    private double largestLabel;
    private CsvTable encoder;
    private int width;

    CsvConversion(CsvSettings settings, Path table) {
        this.settings = settings;
        this.table = table;
    }

    /** {@return the number of classes; 0 if targets are numbers} */
    int write(Path features, Path targets) throws IOException {
        CsvSettings known = learn();
        boolean areLabels = settings.kind != CsvSettings.Kind.NUMBERS;
        DType ofTargets = areLabels ? DType.INT64 : settings.dtype;
        long[] answers = areLabels
                ? new long[] {count}
                : new long[] {count, encoder.targetNames().size()};
        AtomicFile.write(
                targets,
                forTargets -> AtomicFile.write(features, forFeatures -> {
                    NpyRows first = new NpyRows(forFeatures, settings.dtype, Shape.of(count, width));
                    NpyRows second = new NpyRows(forTargets, ofTargets, Shape.of(answers));
                    double[] encoded = new double[width];
                    scan(known, (row, answer) -> {
                        encoder.encode(row, encoded);
                        first.write(encoded);
                        second.write(answer);
                    });
                    first.finish();
                    second.finish();
                }));
        if (!areLabels) {
            return 0;
        }
        return encoder.classNames().isEmpty()
                ? Math.max(settings.classes, (int) largestLabel + 1)
                : encoder.classNames().size();
    }

    private CsvRows scan(CsvSettings how, CsvRows.Sink sink) throws IOException {
        try (Reader reader = CsvRows.open(table)) {
            return CsvRows.scan(how, reader, table.toString(), sink);
        }
    }

    /** The first pass: settings that know all categories, classes and means. */
    private CsvSettings learn() throws IOException {
        List<Mean> means = new ArrayList<>();
        CsvRows rows = scan(settings, (row, answer) -> {
            if (means.isEmpty()) {
                for (int i = 0; i < row.length; i++) {
                    means.add(new Mean());
                }
            }
            for (int i = 0; i < row.length; i++) {
                means.get(i).add(row[i]);
            }
            largestLabel = Math.max(largestLabel, answer[0]);
            count++;
        });
        if (count > Integer.MAX_VALUE) {
            throw new MalformedFileException(
                    table + ": expected at most " + Integer.MAX_VALUE + " examples but found " + count + "; split it");
        }
        double[] fills = means.stream().mapToDouble(Mean::value).toArray();
        encoder = new CsvTable(settings, table.toString(), rows, fills);
        width = encoder.featureNames().size();
        CsvEncoding encoding = encoder.encoding(0);
        return settings.with(s -> s.encodeAs(encoding));
    }

    /** The mean of the numbers of a column; of numbers too large for a sum, by small steps. */
    private static final class Mean {
        private double sum;
        private double stepwise;
        private long count;

        void add(double number) {
            if (!Double.isNaN(number)) {
                count++;
                sum += number;
                stepwise += number / count - stepwise / count;
            }
        }

        double value() {
            return Double.isFinite(sum) ? sum / count : stepwise;
        }
    }
}
