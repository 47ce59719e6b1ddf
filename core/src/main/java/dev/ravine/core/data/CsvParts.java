package dev.ravine.core.data;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The rows of one CSV file, some to train on and the others to test with. Means that take the place of missing cells
 * are those of the rows to train on; classes and categories are those of all rows.
 *
 * @param data both parts
 * @param table all rows with the names of columns and classes
 * @param reader reads other files of this kind, as by {@link Csv#like}
 */
public record CsvParts(TrainTest data, Csv.Table table, Csv reader) {
    /** Chooses the rows of each part. */
    @FunctionalInterface
    private interface Choice {
        Splits.Rows of(CsvRows rows);
    }

    /**
     * {@return parts that are chosen at random, as by {@link Splits#trainTest}}
     *
     * @param csv reads the file
     * @param file with at least two rows
     * @param testFraction between 0 and 1, of the rows that are not dropped
     * @param seed the same seed gives the same parts
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or the file has one row only
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public static CsvParts of(Csv csv, Path file, double testFraction, long seed) throws IOException {
        return of(csv, file, rows -> Splits.rows(rows.features().size(), testFraction, seed));
    }

    /**
     * {@return parts that are chosen at random with all classes in proportion, by the rule of {@link
     * Splits#stratified}}
     *
     * @param csv reads the file, with labels or class names
     * @param file with at least two rows
     * @param testFraction between 0 and 1, of the rows that are not dropped
     * @param seed the same seed gives the same parts
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, the file has one row only, or targets
     *     are numbers
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public static CsvParts stratified(Csv csv, Path file, double testFraction, long seed) throws IOException {
        return of(csv, file, rows -> Splits.stratifiedRows(rows.labels(), testFraction, seed));
    }

    private static CsvParts of(Csv csv, Path file, Choice choice) throws IOException {
        String name = file.toString();
        CsvSettings settings = csv.settings();
        settings.requireTargets(name);
        try (Reader reader = CsvRows.open(file)) {
            CsvRows rows = CsvRows.read(settings, reader, name, true);
            Splits.Rows parts = choice.of(rows);
            Csv.Table all = Csv.table(new CsvTable(settings, name, rows, parts.train(rows.features())));
            return new CsvParts(parts.of(all.data()), all, csv.like(all));
        }
    }
}
