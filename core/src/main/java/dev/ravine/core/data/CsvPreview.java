package dev.ravine.core.data;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Looks at the first rows of a CSV file to tell what its columns hold. It reads no further than it must. */
public final class CsvPreview {
    private CsvPreview() {}

    /**
     * {@return whether the first target holds a number where it is not missing for the first time; true if it always
     * is}
     *
     * @param csv reads the file
     * @param file a CSV file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the file has no such column, or the lines up to that one are broken
     * @throws IOException if reading fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public static boolean isNumericTarget(Csv csv, Path file) throws IOException {
        csv.settings().requireTargets(file.toString());
        try (Reader reader = CsvRows.open(file)) {
            return CsvRows.isNumericTarget(csv.settings(), reader, file.toString());
        }
    }

    /**
     * {@return a reader that takes columns of text as {@link Csv#categories}} A column of features holds text if its
     * first cell that tells is no number. A cell tells nothing if it is missing, or is a usual mark of a missing value:
     * NA, N/A, #N/A, NaN, null, none, ?, - or a dot. All cells of a column of text are names, and those of every other
     * column numbers.
     *
     * @param csv reads the file; columns that it has as categories stay so
     * @param file a CSV file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if columns are not there, or a line that is read is broken
     * @throws IOException if reading fails
     */
    public static Csv textAsCategories(Csv csv, Path file) throws IOException {
        try (Reader reader = CsvRows.open(file)) {
            Csv with = csv;
            for (Object column : CsvRows.textColumns(csv.settings(), reader, file.toString())) {
                with = with.categories(column);
            }
            return with;
        }
    }
}
