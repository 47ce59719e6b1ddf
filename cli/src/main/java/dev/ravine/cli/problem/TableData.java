package dev.ravine.cli.problem;

import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.CsvPreview;
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
        return split(choices, choices.table().dtype(DType.FLOAT64).targets(choices.target()));
    }

    /** Rows with names of classes as targets. */
    static TrainTest classes(Problem.Choices choices) throws IOException {
        requireTarget(choices.data(), choices.target());
        TrainTest parts = split(choices, choices.table().dtype(DType.FLOAT64).classNames(choices.target()));
        Problem.Choices.require(
                parts.train().classes() >= 2,
                choices.data() + ": column '" + choices.target() + "' names one class only; expected at least 2");
        return parts;
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
        return CsvPreview.isNumericTarget(table.targets(target), file);
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

    private static TrainTest split(Problem.Choices choices, Csv csv) throws IOException {
        Csv reader = CsvPreview.textAsCategories(csv, choices.data());
        TrainTest parts = CsvParts.of(reader, choices.data(), TEST_FRACTION, 0).data();
        int rows = parts.train().size() + parts.test().size();
        Problem.Choices.require(
                rows >= LEAST_ROWS,
                choices.data() + ": found " + rows + " rows; expected at least " + LEAST_ROWS
                        + " to train on and to test");
        return Standardized.features(parts);
    }
}
