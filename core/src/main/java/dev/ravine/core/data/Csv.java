package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Quoted;
import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads numeric CSV files (RFC 4180, UTF-8) as data sets. A reader is immutable; each setting gives a new one:
 *
 * <pre>{@code
 * DataSet iris = Csv.reader().labels("species").read(Path.of("iris.csv"));
 * DataSet wine = Csv.reader().separator(';').targets("quality").dtype(DType.FLOAT64).read(file);
 * }</pre>
 *
 * <p>All columns that are neither labels nor targets are features, in the order of the file.
 */
public final class Csv {
    /** The most column names that an error lists. */
    private static final int SHOWN_COLUMNS = 8;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final boolean header;
    private final char separator;
    private final DType dtype;
    private final Kind kind;

    /** Column names (String) and indices (Integer) from the caller; whether they exist depends on the file. */
    private final List<Object> targets;

    /** The content of the target columns. */
    private enum Kind {
        NUMBERS,
        LABELS,
        CLASS_NAMES
    }

    private Csv(boolean header, char separator, DType dtype, Kind kind, List<Object> targets) {
        this.header = header;
        this.separator = separator;
        this.dtype = dtype;
        this.kind = kind;
        this.targets = targets;
    }

    /**
     * {@return a reader of comma-separated files whose first line names the columns, into {@link DType#FLOAT32}} It
     * needs labels or targets before it can read.
     */
    public static Csv reader() {
        return new Csv(true, ',', DType.FLOAT32, Kind.NUMBERS, List.of());
    }

    /** {@return a reader of files that begin with the first example; columns are then named by their index} */
    public Csv withoutHeader() {
        return new Csv(false, separator, dtype, kind, targets);
    }

    /**
     * {@return a reader of files with another separator than a comma}
     *
     * @param separator the character between two cells
     */
    public Csv separator(char separator) {
        return new Csv(header, separator, dtype, kind, targets);
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
        return new Csv(header, separator, dtype, kind, targets);
    }

    /**
     * {@return a reader that takes class labels, integers from 0, from a column}
     *
     * @param name as the header spells it
     */
    public Csv labels(String name) {
        return with(Kind.LABELS, name);
    }

    /**
     * {@return a reader that takes class labels, integers from 0, from a column}
     *
     * @param column from 0, or negative to count from the last one
     */
    public Csv labels(int column) {
        return with(Kind.LABELS, column);
    }

    /**
     * {@return a reader that takes class names, which may be any text, from a column} Classes are numbered from 0 in
     * the order of their names.
     *
     * @param name as the header spells it
     */
    public Csv classNames(String name) {
        return with(Kind.CLASS_NAMES, name);
    }

    /**
     * {@return a reader that takes numeric targets from some columns}
     *
     * @param names as the header spells them, at least one
     */
    public Csv targets(String... names) {
        return with(Kind.NUMBERS, (Object[]) names);
    }

    /**
     * {@return a reader that takes numeric targets from some columns}
     *
     * @param columns from 0, or negative to count from the last one; at least one
     */
    public Csv targets(int... columns) {
        return with(Kind.NUMBERS, Arrays.stream(columns).boxed().toArray());
    }

    private Csv with(Kind newKind, Object... newTargets) {
        return new Csv(header, separator, dtype, newKind, List.of(newTargets));
    }

    /**
     * The contents of a file, with the names of its columns.
     *
     * @param data the examples
     * @param featureNames the name of each feature; its column's index if the file has no header
     * @param targetNames the name of each target or of the label column, likewise
     * @param classNames the name of each class if the file has class names; empty otherwise
     */
    public record Table(DataSet data, List<String> featureNames, List<String> targetNames, List<String> classNames) {}

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
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file; looked for a CSV file");
        }
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
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
        if (targets.isEmpty()) {
            throw new IllegalStateException("the reader of " + name
                    + " knows no targets; name them with labels(...), classNames(...) or targets(...)");
        }
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreSurroundingSpaces(true)
                .setIgnoreEmptyLines(true)
                .get();
        try {
            // Closing the parser would close the caller's reader.
            @SuppressWarnings("resource")
            CSVParser parser = CSVParser.builder()
                    .setReader(withoutByteOrderMark(reader))
                    .setFormat(format)
                    .get();
            return new Parsing(parser, name).table();
        } catch (CharacterCodingException e) {
            throw new MalformedFileException(
                    name + ": expected text in UTF-8 but found other bytes; save the file as UTF-8", e);
        }
    }

    /** Skips the mark that some editors write before the text. */
    private static Reader withoutByteOrderMark(Reader reader) throws IOException {
        PushbackReader text = new PushbackReader(reader);
        int first = text.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) {
            text.unread(first);
        }
        return text;
    }

    /** One pass over one file. */
    private final class Parsing {
        private final CSVParser parser;
        private final Iterator<CSVRecord> records;
        private final String name;
        private List<String> columns;
        private int[] targetColumns;
        private int[] featureColumns;

        Parsing(CSVParser parser, String name) {
            this.parser = parser;
            this.records = parser.iterator();
            this.name = name;
        }

        Table table() throws IOException {
            CSVRecord first = next();
            if (first == null) {
                throw new MalformedFileException(name + ": the file is empty; expected "
                        + (header ? "a line of column names and then " : "") + "one line for each example");
            }
            nameColumns(first);
            List<double[]> features = new ArrayList<>();
            List<double[]> targetRows = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (CSVRecord row = header ? next() : first; row != null; row = next()) {
                if (row.size() != columns.size()) {
                    throw malformed(
                            Math.min(row.size(), columns.size()),
                            columns.size() + " cells, as in the first line",
                            String.valueOf(row.size()),
                            "complete the line, or quote cells that contain the separator '" + separator + "'");
                }
                features.add(numbers(row, featureColumns));
                switch (kind) {
                    case NUMBERS -> targetRows.add(numbers(row, targetColumns));
                    case LABELS -> targetRows.add(new double[] {label(row)});
                    case CLASS_NAMES -> names.add(className(row));
                }
            }
            if (features.isEmpty()) {
                throw new MalformedFileException(
                        name + ": only a line of column names; expected one line for each example after it");
            }
            List<String> classes = names.stream().distinct().sorted().toList();
            names.forEach(name -> targetRows.add(new double[] {Collections.binarySearch(classes, name)}));
            INDArray targetArray = kind == Kind.NUMBERS
                    ? array(targetRows, targetColumns.length)
                    : Arena.ofIntegers(
                            targetRows.stream().mapToLong(row -> (long) row[0]).toArray());
            return new Table(
                    DataSet.of(array(features, featureColumns.length), targetArray),
                    names(featureColumns),
                    names(targetColumns),
                    classes);
        }

        /** The next record, or null at the end. */
        private CSVRecord next() throws IOException {
            try {
                return records.hasNext() ? records.next() : null;
            } catch (UncheckedIOException e) {
                throw checked(e.getCause());
            }
        }

        private IOException checked(IOException e) {
            if (e instanceof CSVException) {
                return new MalformedFileException(
                        name + ": after line " + parser.getCurrentLineNumber()
                                + ": expected a line of cells but found broken quoting (" + e.getMessage()
                                + "); a quoted cell ends with a quote right before the separator",
                        e);
            }
            return e;
        }

        private void nameColumns(CSVRecord first) throws MalformedFileException {
            columns = header
                    ? first.toList()
                    : IntStream.range(0, first.size()).mapToObj(String::valueOf).toList();
            targetColumns = new int[targets.size()];
            for (int i = 0; i < targetColumns.length; i++) {
                targetColumns[i] = column(targets.get(i));
            }
            featureColumns = IntStream.range(0, columns.size())
                    .filter(c -> Arrays.stream(targetColumns).noneMatch(t -> t == c))
                    .toArray();
            if (featureColumns.length == 0) {
                throw new MalformedFileException(name + ": every column is a target; expected at least one column of"
                        + " features, found " + known());
            }
        }

        private int column(Object target) throws MalformedFileException {
            if (target instanceof Integer index) {
                int column = index < 0 ? index + columns.size() : index;
                if (column < 0 || column >= columns.size()) {
                    throw new MalformedFileException(name + ": there is no column " + index + "; found " + known());
                }
                return column;
            }
            int column = header ? columns.indexOf(target) : -1;
            if (column < 0) {
                throw new MalformedFileException(name + ": there is no column '" + target + "'; found " + known());
            }
            if (columns.lastIndexOf(target) != column) {
                throw new MalformedFileException(name + ": two columns are called '" + target
                        + "'; rename one or give the column's index; found " + known());
            }
            return column;
        }

        private String known() {
            return header
                    ? columns.stream()
                            .limit(SHOWN_COLUMNS)
                            .map(Quoted::of)
                            .collect(Collectors.joining(
                                    ", ",
                                    "the columns ",
                                    columns.size() > SHOWN_COLUMNS ? ", ... (" + columns.size() + " in all)" : ""))
                    : columns.size() + " columns without names, called by their index from 0";
        }

        private double[] numbers(CSVRecord row, int[] from) throws MalformedFileException {
            double[] numbers = new double[from.length];
            for (int i = 0; i < from.length; i++) {
                numbers[i] = number(row.get(from[i]), from[i]);
            }
            return numbers;
        }

        private double number(String cell, int column) throws MalformedFileException {
            double value;
            try {
                // Java also reads the suffixes of its literals, 1f and 1d, which no CSV file means as numbers.
                value = endsWithSuffix(cell) ? Double.NaN : Double.parseDouble(cell);
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            if (!Double.isFinite(dtype == DType.FLOAT32 ? (float) value : value)) {
                throw malformed(
                        column,
                        "a finite " + dtype + " number",
                        quoted(cell),
                        "if the file has "
                                + (header
                                        ? "no header line, add one or read it with Csv.withoutHeader()"
                                        : "a header line, read it without Csv.withoutHeader()")
                                + "; otherwise fill in or remove the line");
            }
            return value;
        }

        private static boolean endsWithSuffix(String cell) {
            return !cell.isEmpty() && "fFdD".indexOf(cell.charAt(cell.length() - 1)) >= 0;
        }

        private double label(CSVRecord row) throws MalformedFileException {
            String cell = row.get(targetColumns[0]);
            int label;
            try {
                label = Integer.parseInt(cell);
            } catch (NumberFormatException e) {
                label = -1;
            }
            if (label < 0 || label == Integer.MAX_VALUE) {
                throw malformed(
                        targetColumns[0],
                        "a label, which is an integer from 0",
                        quoted(cell),
                        "number the classes from 0, or use classNames(...) for names and targets(...)"
                                + " for a numeric target");
            }
            return label;
        }

        private String className(CSVRecord row) throws MalformedFileException {
            String cell = row.get(targetColumns[0]);
            if (cell.isEmpty()) {
                throw malformed(targetColumns[0], "the name of a class", quoted(cell), "fill it in or remove the line");
            }
            return cell;
        }

        private static String quoted(String cell) {
            return cell.isEmpty() ? "an empty cell" : Quoted.of(cell);
        }

        private MalformedFileException malformed(int column, String expected, String found, String advice) {
            String where = column < columns.size() ? columns.get(column) : String.valueOf(column);
            return new MalformedFileException(name + ": line " + parser.getCurrentLineNumber() + ", column "
                    + (header && column < columns.size() ? Quoted.of(where) + " (index " + column + ")" : where)
                    + ": expected " + expected + " but found " + found + "; " + advice);
        }

        private List<String> names(int[] of) {
            return Arrays.stream(of).mapToObj(columns::get).toList();
        }

        private INDArray array(List<double[]> rows, int width) {
            INDArray array = Arena.create(dtype, Shape.of(rows.size(), width));
            Elements out = Elements.of(array);
            for (int i = 0; i < rows.size(); i++) {
                out.write(i * width, width, rows.get(i));
            }
            return array;
        }
    }
}
