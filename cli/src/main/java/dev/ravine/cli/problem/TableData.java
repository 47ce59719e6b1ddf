package dev.ravine.cli.problem;

import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Splits;
import dev.ravine.core.data.TrainTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Data of a CSV file, standardized: a fixed random four fifths of the rows to train on, the others to test. */
public final class TableData {
    private static final int LEAST_ROWS = 10;
    private static final double TEST_FRACTION = 0.2;

    private TableData() {}

    /** Rows with numbers as targets. */
    static TrainTest numbers(Problem.Choices choices) throws IOException {
        requireTarget(choices.data(), choices.target());
        Csv csv = choices.table().dtype(DType.FLOAT64).targets(choices.target());
        return split(choices.data(), csv.read(choices.data()));
    }

    /** Rows with names of classes as targets. */
    static TrainTest classes(Problem.Choices choices) throws IOException {
        requireTarget(choices.data(), choices.target());
        Csv csv = choices.table().dtype(DType.FLOAT64).classNames(choices.target());
        DataSet data = csv.read(choices.data());
        Problem.Choices.require(
                data.classes() >= 2,
                choices.data() + ": column '" + choices.target() + "' names one class only; expected at least 2");
        return split(choices.data(), data);
    }

    /**
     * {@return whether the target is a number in the first row that has it, and so in all}
     *
     * @param file a CSV file
     * @param target the name of a column
     * @param table reads the file; knows no targets yet
     * @throws IOException if the file cannot be read, or has no such column
     */
    public static boolean isNumeric(Path file, String target, Csv table) throws IOException {
        requireTarget(file, target);
        return table.targets(target).isNumericTarget(file);
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
        Problem.Choices.require(
                data.size() >= LEAST_ROWS,
                file + ": found " + data.size() + " rows; expected at least " + LEAST_ROWS
                        + " to train on and to test");
        return Standardized.features(Splits.trainTest(data, TEST_FRACTION, 0));
    }
}
