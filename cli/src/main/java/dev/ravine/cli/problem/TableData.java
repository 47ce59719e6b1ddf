package dev.ravine.cli.problem;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Data of a CSV file, standardized: a fixed random four fifths of the rows to train on, the others to test. */
public final class TableData {
    private static final int LEAST_ROWS = 10;

    private TableData() {}

    /** Rows with numbers as targets. */
    static TrainTest numbers(Path file, String target) throws IOException {
        requireTarget(file, target);
        return split(file, Csv.reader().dtype(DType.FLOAT64).targets(target).read(file));
    }

    /** Rows with names of classes as targets. */
    static TrainTest classes(Path file, String target) throws IOException {
        requireTarget(file, target);
        DataSet data =
                Csv.reader().dtype(DType.FLOAT64).classNames(target).table(file).data();
        Problem.Choices.require(
                data.classes() >= 2, file + ": column '" + target + "' names one class only; expected at least 2");
        return split(file, data);
    }

    /**
     * {@return whether the target is a number in the first row, and so in all}
     *
     * @param file a CSV file
     * @param target the name of a column
     * @throws IOException if the file cannot be read
     */
    public static boolean isNumeric(Path file, String target) throws IOException {
        requireTarget(file, target);
        try (CSVParser rows = CSVParser.parse(
                file,
                StandardCharsets.UTF_8,
                CSVFormat.RFC4180
                        .builder()
                        .setIgnoreSurroundingSpaces(true)
                        .setIgnoreEmptyLines(true)
                        .get())) {
            Iterator<CSVRecord> records = rows.iterator();
            int column = records.hasNext() ? records.next().toList().indexOf(target) : -1;
            if (column < 0 || !records.hasNext()) {
                return true; // reading the whole file reports the error
            }
            CSVRecord first = records.next();
            return column >= first.size() || isNumber(first.get(column));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isNumber(String cell) {
        try {
            Double.parseDouble(cell);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void requireTarget(Path file, String target) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(
                    file.toString(),
                    null,
                    "there is no such file or folder for --data; give a folder of IDX files or a CSV file");
        }
        Problem.Choices.require(
                target != null, "--data " + file + " is a file of columns: name the one to be learned with --target");
    }

    private static TrainTest split(Path file, DataSet data) {
        int n = data.size();
        Problem.Choices.require(
                n >= LEAST_ROWS,
                file + ": found " + n + " rows; expected at least " + LEAST_ROWS + " to train on and to test");
        int[] order = new Rng(0).permutation(n);
        int train = n * 4 / 5;
        return Standardized.features(new TrainTest(
                data.take(Arrays.copyOfRange(order, 0, train)), data.take(Arrays.copyOfRange(order, train, n))));
    }
}
