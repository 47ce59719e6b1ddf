package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads tables in CSV files (RFC 4180, UTF-8) as data sets. A reader is immutable; each setting gives a new one:
 *
 * <pre>{@code
 * DataSet iris = Csv.reader().labels("species").read(Path.of("iris.csv"));
 * DataSet wine = Csv.reader().separator(';').targets("quality").dtype(DType.FLOAT64).read(file);
 * }</pre>
 *
 * <p>Columns are called by their name in the first line or by their index. All columns that are neither targets nor
 * ignored are features, in the order of the file, unless {@link #features} names them. A feature is a number or a
 * {@link #categories category}. Numbers are decimal: a sign, digits with a decimal sign, an exponent.
 *
 * <p>Files that belong together must be read alike: {@link #like} reads a file with the classes, categories and means
 * of another one, and {@link #trainTest} does it for the two parts of a data set.
 */
public final class Csv {
    private final CsvSettings settings;

    private Csv(CsvSettings settings) {
        this.settings = settings;
    }

    CsvSettings settings() {
        return settings;
    }

    private Csv with(Consumer<CsvSettings> change) {
        return new Csv(settings.with(change));
    }

    /**
     * {@return a reader of comma-separated files whose first line names the columns, into {@link DType#FLOAT32}} It
     * needs labels or targets before it can read examples.
     */
    public static Csv reader() {
        return new Csv(new CsvSettings());
    }

    /**
     * {@return a reader of files that begin with the first example; columns are called by their index, such as 0 or
     * "0"}
     */
    public Csv withoutHeader() {
        return with(s -> s.header = false);
    }

    /**
     * {@return a reader of files with another separator than a comma}
     *
     * @param separator the character between two cells
     * @throws IllegalArgumentException if it is a quote or ends a line
     */
    public Csv separator(char separator) {
        if (separator == '"' || separator == '\n' || separator == '\r') {
            throw new IllegalArgumentException("a quote or the end of a line cannot separate cells; use a character"
                    + " such as ',' ';' or a tab");
        }
        return with(s -> s.separator = separator);
    }

    /**
     * {@return a reader of numbers such as 3,25, whose decimal sign is a comma} If the separator is a comma too, such
     * cells must be quoted.
     */
    public Csv decimalComma() {
        return with(s -> s.decimalSign = ',');
    }

    /**
     * {@return a reader with another dtype of features and of numeric targets}
     *
     * @param dtype {@link DType#FLOAT32} or {@link DType#FLOAT64}
     * @throws IllegalArgumentException if the dtype is not floating-point
     */
    public Csv dtype(DType dtype) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("features must be FLOAT32 or FLOAT64, found " + dtype);
        }
        return with(s -> s.dtype = dtype);
    }

    /**
     * {@return a reader that takes class labels, integers from 0, from a column} The largest label of the file tells
     * the number of classes.
     *
     * @param name as the header spells it
     */
    public Csv labels(String name) {
        return targets(CsvSettings.Kind.LABELS, null, 0, name);
    }

    /**
     * {@return a reader that takes class labels, integers from 0, from a column}
     *
     * @param column from 0, or negative to count from the last one
     */
    public Csv labels(int column) {
        return targets(CsvSettings.Kind.LABELS, null, 0, column);
    }

    /**
     * {@return a reader that takes labels of a known number of classes from a column; some may not occur in a file}
     *
     * @param name as the header spells it
     * @param classes their number, at least 1; labels are less
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Csv labels(String name, int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("labels need at least 1 class, found " + classes);
        }
        return targets(CsvSettings.Kind.LABELS, null, classes, name);
    }

    /**
     * {@return a reader that takes class names, which may be any text, from a column} Classes are numbered from 0 in
     * the order of their names. Two files have the same numbers only if the same names occur in them; see {@link #like}
     * and {@link #classNames(String, List)}.
     *
     * @param name as the header spells it
     */
    public Csv classNames(String name) {
        return targets(CsvSettings.Kind.CLASS_NAMES, null, 0, name);
    }

    /**
     * {@return a reader that takes class names from a column}
     *
     * @param column from 0, or negative to count from the last one
     */
    public Csv classNames(int column) {
        return targets(CsvSettings.Kind.CLASS_NAMES, null, 0, column);
    }

    /**
     * {@return a reader that takes the names of known classes from a column; some may not occur in a file}
     *
     * @param name as the header spells it
     * @param classes the names of all classes; a class is numbered by its place
     * @throws IllegalArgumentException if there are no names, or one occurs twice
     */
    public Csv classNames(String name, List<String> classes) {
        CsvSettings.requireDistinct("classes", classes);
        return targets(CsvSettings.Kind.CLASS_NAMES, List.copyOf(classes), 0, name);
    }

    /**
     * {@return a reader that takes numeric targets from some columns}
     *
     * @param names as the header spells them, at least one
     */
    public Csv targets(String... names) {
        return targets(CsvSettings.Kind.NUMBERS, null, 0, (Object[]) names);
    }

    /**
     * {@return a reader that takes numeric targets from some columns}
     *
     * @param columns from 0, or negative to count from the last one; at least one
     */
    public Csv targets(int... columns) {
        return targets(CsvSettings.Kind.NUMBERS, null, 0, boxed(columns));
    }

    private Csv targets(CsvSettings.Kind kind, List<String> names, int classes, Object... columns) {
        return with(s -> {
            s.kind = kind;
            s.targets = List.of(Check.noNullsIn("the targets", columns));
            s.classNames = names;
            s.classes = classes;
        });
    }

    private static Object[] boxed(int... columns) {
        return Arrays.stream(columns).boxed().toArray();
    }

    /**
     * {@return a reader that takes these columns as features, in this order, and no others}
     *
     * @param names as the header spells them, at least one
     */
    public Csv features(String... names) {
        return with(s -> s.features = List.of(Check.noNullsIn("the features", (Object[]) names)));
    }

    /**
     * {@return a reader that takes these columns as features, in this order, and no others}
     *
     * @param columns from 0, or negative to count from the last one; at least one
     */
    public Csv features(int... columns) {
        return with(s -> s.features = List.of(boxed(columns)));
    }

    /**
     * {@return a reader that leaves out these columns, besides those named before}
     *
     * @param names as the header spells them
     */
    public Csv ignore(String... names) {
        return with(s -> s.ignored = CsvSettings.joined(s.ignored, (Object[]) names));
    }

    /**
     * {@return a reader that leaves out these columns, besides those named before}
     *
     * @param columns from 0, or negative to count from the last one
     */
    public Csv ignore(int... columns) {
        return with(s -> s.ignored = CsvSettings.joined(s.ignored, boxed(columns)));
    }

    /**
     * {@return a reader that takes names from these columns of features, besides those named before} A column with k
     * different names becomes k features, in the order of the names: 1 for the name in the cell and 0 for the others. A
     * file may bring up to 1,000 names in a column.
     *
     * @param names as the header spells them
     */
    public Csv categories(String... names) {
        return categories(null, (Object[]) names);
    }

    /**
     * {@return a reader that takes names from these columns of features, besides those named before}
     *
     * @param columns from 0, or negative to count from the last one
     */
    public Csv categories(int... columns) {
        return categories(null, boxed(columns));
    }

    /**
     * {@return a reader that takes known names from a column of features; some may not occur in a file}
     *
     * @param name as the header spells it
     * @param categories all names that the column may hold, in the order of their features
     * @throws IllegalArgumentException if there are no names, or one occurs twice
     */
    public Csv categories(String name, List<String> categories) {
        CsvSettings.requireDistinct("categories", categories);
        return categories(List.copyOf(categories), name);
    }

    /** Categories of a column by its name or index; the file tells them. */
    Csv categories(Object column) {
        return categories((List<String>) null, column);
    }

    private Csv categories(List<String> known, Object... columns) {
        return with(s -> {
            for (Object column : Check.noNullsIn("columns of categories", columns)) {
                s.categories = CsvSettings.plus(s.categories, column, known);
            }
        });
    }

    /**
     * {@return a reader with a rule for all missing cells} By default the file is refused. Means and constants are for
     * numeric features: a missing category or target drops the row under {@link Missing#dropRow()} and refuses the file
     * under every other rule.
     *
     * @param rule what to do
     */
    public Csv missing(Missing rule) {
        return with(s -> s.missing = rule);
    }

    /**
     * {@return a reader with a rule for the missing cells of one column}
     *
     * @param name as the header spells it
     * @param rule what to do
     */
    public Csv missing(String name, Missing rule) {
        return with(s -> s.missingOf = CsvSettings.plus(s.missingOf, name, rule));
    }

    /**
     * {@return a reader to which these cells are missing too} An empty cell always is.
     *
     * @param cells such as {@code NA} or {@code ?}
     */
    public Csv missingCells(String... cells) {
        return with(s -> s.addMissingCells(cells));
    }

    /**
     * {@return a reader that refuses a file where this one drops rows} Each row of a file then has its prediction.
     */
    public Csv keepingRows() {
        return with(CsvSettings::keepRows);
    }

    /**
     * {@return a reader that encodes files as another file was encoded} It takes the same features in the same order,
     * wherever they stand, with the same categories, classes and means. A category or a class that the other file does
     * not have is refused.
     *
     * @param other usually the training data
     */
    public Csv like(Table other) {
        CsvEncoding encoding = other.encoding();
        return with(s -> {
            s.resolveTargets(other.targetNames());
            s.encodeAs(encoding);
            s.classes = encoding.classes();
        });
    }

    /**
     * The contents of a file, with the names of its columns.
     *
     * @param data the examples
     * @param featureNames the name of each feature; its column's index if the file has no header, and {@code
     *     column=category} for each category
     * @param targetNames the name of each target or of the label column, likewise
     * @param classNames the name of each class if the file has class names; empty otherwise
     * @param encoding how cells became numbers, for {@link #like}
     */
    public record Table(
            DataSet data,
            List<String> featureNames,
            List<String> targetNames,
            List<String> classNames,
            CsvEncoding encoding) {}

    /**
     * {@return the examples of a file: features [N, d], and INT64 labels [N] or numeric targets [N, t]}
     *
     * @param file a CSV file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public DataSet read(Path file) throws IOException {
        return table(file).data();
    }

    /**
     * {@return the examples of a file and the names of its columns}
     *
     * @param file a CSV file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public Table table(Path file) throws IOException {
        try (Reader reader = CsvRows.open(file)) {
            return table(reader, file.toString());
        }
    }

    /**
     * {@return the examples of a stream of characters and the names of its columns}
     *
     * @param reader the contents of a CSV file; read to its end and left open
     * @param name names the contents in errors
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public Table table(Reader reader, String name) throws IOException {
        settings.requireTargets(name);
        return table(new CsvTable(settings, name, CsvRows.read(settings, reader, name, true)));
    }

    /** The examples with all names. */
    static Table table(CsvTable contents) throws MalformedFileException {
        DataSet data = contents.data();
        CsvEncoding encoding = contents.encoding(data.hasLabels() ? data.classes() : 0);
        return new Table(data, contents.featureNames(), contents.targetNames(), contents.classNames(), encoding);
    }

    /**
     * {@return the two files of a data set, the second one read {@link #like} the first}
     *
     * @param train the file that tells classes, categories and means
     * @param test the other file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings, or the test
     *     data have a class or a category that the training data have not
     * @throws IOException if reading fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public TrainTest trainTest(Path train, Path test) throws IOException {
        Table learned = table(train);
        return new TrainTest(learned.data(), like(learned).read(test));
    }

    /**
     * {@return the features [N, d] of a file, for predictions} The columns of targets are left out, and need not be
     * there.
     *
     * @param file a CSV file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     */
    public INDArray readFeatures(Path file) throws IOException {
        try (Reader reader = CsvRows.open(file)) {
            return readFeatures(reader, file.toString());
        }
    }

    /**
     * {@return the features [N, d] of a stream of characters, for predictions, as {@link #readFeatures(Path)}}
     *
     * @param reader the contents of a CSV file; read to its end and left open
     * @param name names the contents in errors
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading fails
     */
    public INDArray readFeatures(Reader reader, String name) throws IOException {
        return new CsvTable(settings, name, CsvRows.read(settings, reader, name, false)).features();
    }

    /** Writes a file's numbers as two npy files, and returns the number of classes; 0 if targets are numbers. */
    int convert(Path table, Path features, Path targets) throws IOException {
        settings.requireTargets(table.toString());
        return new CsvConversion(settings, table).write(features, targets);
    }

    @Override
    public String toString() {
        return "Csv[" + settings + "]";
    }
}
