package dev.ravine.core.data;

import dev.ravine.core.DType;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads the cells of one file, once. Names become the order of their first occurrence, and missing numbers NaN, which
 * no cell can hold.
 */
final class CsvRows {
    private static final int SHOWN_NAMES = 8;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final CsvSettings settings;
    private final String file;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private CsvColumns columns;

    private final List<double[]> features = new ArrayList<>();
    private final List<double[]> targets = new ArrayList<>();

    /** The names in each column of categories, in the order of their first occurrence; null for columns of numbers. */
    private final List<Map<String, Integer>> categories = new ArrayList<>();

    private final Map<String, Integer> classes = new LinkedHashMap<>();
    private int dropped;

    private CsvRows(CsvSettings settings, String file, CSVParser parser) {
        this.settings = settings;
        this.file = file;
        this.parser = parser;
        this.records = parser.iterator();
    }

    /** Opens a file as text. */
    static Reader open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file; looked for a CSV file");
        }
        return Files.newBufferedReader(file, StandardCharsets.UTF_8);
    }

    /** Something that reads from an open file. */
    @FunctionalInterface
    private interface Use<T> {
        T of(CsvRows rows) throws IOException;
    }

    private static <T> T use(CsvSettings settings, Reader text, String file, Use<T> use) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(settings.separator)
                .setIgnoreSurroundingSpaces(true)
                .setIgnoreEmptyLines(true)
                .get();
        try {
            // Closing the parser would close the caller's reader.
            @SuppressWarnings("resource")
            CSVParser parser = CSVParser.builder()
                    .setReader(withoutByteOrderMark(text))
                    .setFormat(format)
                    .get();
            return use.of(new CsvRows(settings, file, parser));
        } catch (CharacterCodingException e) {
            throw new MalformedFileException(
                    file + ": expected text in UTF-8 but found other bytes; save the file as UTF-8", e);
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

    /** Reads all rows; without targets the file need not have their columns. */
    static CsvRows read(CsvSettings settings, Reader text, String file, boolean withTargets) throws IOException {
        return use(settings, text, file, rows -> {
            rows.readAll(withTargets);
            return rows;
        });
    }

    /** Whether the first cell of the only target that is not missing holds a number; true if all are missing. */
    static boolean isNumericTarget(CsvSettings settings, Reader text, String file) throws IOException {
        return use(settings, text, file, CsvRows::isNumericTarget);
    }

    private boolean isNumericTarget() throws IOException {
        CSVRecord row = first(true);
        int target = columns.targets()[0];
        for (; row != null; row = next()) {
            checkWidth(row);
            if (!isMissing(row.get(target))) {
                return !Double.isNaN(CsvNumber.parse(row.get(target), settings.decimalSign));
            }
        }
        return true;
    }

    /** The columns of features whose first cell that is not missing is no number, as other files call them. */
    static List<Object> textColumns(CsvSettings settings, Reader text, String file) throws IOException {
        return use(settings, text, file, CsvRows::textColumns);
    }

    private List<Object> textColumns() throws IOException {
        CSVRecord row = first(false);
        List<CsvColumns.Feature> open = new ArrayList<>(columns.features());
        List<Object> found = new ArrayList<>();
        for (; row != null && !open.isEmpty(); row = next()) {
            checkWidth(row);
            CSVRecord cells = row;
            open.stream()
                    .filter(f -> !f.isCategory() && isTelling(cells.get(f.column())))
                    .filter(f -> Double.isNaN(CsvNumber.parse(cells.get(f.column()), settings.decimalSign)))
                    .forEach(f -> found.add(f.reference()));
            open.removeIf(f -> f.isCategory() || isTelling(cells.get(f.column())));
        }
        return found;
    }

    /** Whether a cell tells if its column holds numbers or names. */
    private boolean isTelling(String cell) {
        return !isMissing(cell) && !MissingMarks.isUsual(cell);
    }

    CsvColumns columns() {
        return columns;
    }

    /** One array for each example, with an element for each column of features. */
    List<double[]> features() {
        return features;
    }

    List<double[]> targets() {
        return targets;
    }

    /** The class of each example, numbered in some order. */
    int[] labels() {
        if (settings.kind == CsvSettings.Kind.NUMBERS) {
            throw new IllegalArgumentException(file + ": classes are kept in proportion by labels or class names, and"
                    + " the targets are numbers; split the rows without regard to classes");
        }
        return targets.stream().mapToInt(row -> (int) row[0]).toArray();
    }

    /** The names in a column of categories, in the order of their numbers here. */
    List<String> categories(int feature) {
        return List.copyOf(categories.get(feature).keySet());
    }

    /** The names of the classes, in the order of their numbers here. */
    List<String> classes() {
        return List.copyOf(classes.keySet());
    }

    private void readAll(boolean withTargets) throws IOException {
        long kept = forEach(withTargets, (row, answer) -> {
            features.add(row);
            if (withTargets) {
                targets.add(answer);
            }
        });
        requireSome(kept);
    }

    /** Receives the numbers of each example. */
    @FunctionalInterface
    interface Sink {
        void row(double[] features, double[] targets) throws IOException;
    }

    /** Reads all rows without keeping them; what the file tells about names and columns is kept. */
    static CsvRows scan(CsvSettings settings, Reader text, String file, Sink sink) throws IOException {
        return use(settings, text, file, rows -> {
            rows.requireSome(rows.forEach(true, sink));
            return rows;
        });
    }

    /** {@return how many rows there were} */
    private long forEach(boolean withTargets, Sink sink) throws IOException {
        long kept = 0;
        CSVRecord row = first(withTargets);
        List<Map<String, Integer>> known = new ArrayList<>();
        for (CsvColumns.Feature feature : columns.features()) {
            categories.add(feature.isCategory() ? new LinkedHashMap<>() : null);
            known.add(feature.known() == null ? null : numbered(feature.known()));
        }
        Map<String, Integer> knownClasses = settings.classNames == null ? null : numbered(settings.classNames);
        for (; row != null; row = next()) {
            checkWidth(row);
            if (isDropped(row, withTargets)) {
                dropped++;
                continue;
            }
            sink.row(features(row, known), withTargets ? targets(row, knownClasses) : null);
            kept++;
        }
        return kept;
    }

    private void requireSome(long kept) throws MalformedFileException {
        if (kept == 0) {
            throw new MalformedFileException(
                    dropped == 0
                            ? file + ": only a line of column names; expected one line for each example after it"
                            : file + ": all " + dropped + " rows have missing cells, so none is left; fill them in, or"
                                    + " choose another rule for Csv.missing");
        }
    }

    private static Map<String, Integer> numbered(List<String> names) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        return numbers;
    }

    /** The first example, or null if there is none. */
    private CSVRecord first(boolean withTargets) throws IOException {
        CSVRecord first = next();
        if (first == null) {
            throw new MalformedFileException(file + ": the file is empty; expected "
                    + (settings.header ? "a line of column names and then " : "") + "one line for each example");
        }
        columns = new CsvColumns(settings, file, first.toList(), withTargets);
        return settings.header ? next() : first;
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
                    file + ": after line " + parser.getCurrentLineNumber()
                            + ": expected a line of cells but found broken quoting (" + e.getMessage()
                            + "); a quoted cell ends with a quote right before the separator, which is '"
                            + settings.separator
                            + "': if the file has another one, say so with Csv.separator",
                    e);
        }
        return e;
    }

    private void checkWidth(CSVRecord row) throws MalformedFileException {
        if (row.size() != columns.count()) {
            throw malformed(
                    Math.min(row.size(), columns.count()),
                    columns.count() + " cells, as in the first line",
                    String.valueOf(row.size()),
                    "complete the line, or quote cells that contain the separator '" + settings.separator + "'");
        }
    }

    private boolean isMissing(String cell) {
        return settings.missingCells.contains(cell);
    }

    private boolean isDropped(CSVRecord row, boolean withTargets) {
        for (CsvColumns.Feature feature : columns.features()) {
            if (feature.rule() instanceof Missing.DropRow && isMissing(row.get(feature.column()))) {
                return true;
            }
        }
        for (int target : columns.targets()) {
            if (withTargets && columns.isRowDropped(target) && isMissing(row.get(target))) {
                return true;
            }
        }
        return false;
    }

    private double[] features(CSVRecord row, List<Map<String, Integer>> known) throws MalformedFileException {
        List<CsvColumns.Feature> plan = columns.features();
        double[] numbers = new double[plan.size()];
        for (int i = 0; i < numbers.length; i++) {
            CsvColumns.Feature feature = plan.get(i);
            String cell = row.get(feature.column());
            boolean isMissing = isMissing(cell);
            if (isMissing && (feature.isCategory() || feature.rule() instanceof Missing.Refuse)) {
                throw missing(feature.column(), cell, feature.isCategory());
            }
            if (feature.isCategory()) {
                numbers[i] = number(cell, feature.column(), categories.get(i), known.get(i), "category");
            } else {
                numbers[i] = isMissing ? Double.NaN : number(cell, feature.column());
            }
        }
        return numbers;
    }

    private double[] targets(CSVRecord row, Map<String, Integer> knownClasses) throws MalformedFileException {
        int[] from = columns.targets();
        double[] numbers = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            String cell = row.get(from[i]);
            if (isMissing(cell)) {
                throw missing(from[i], cell, false);
            }
            numbers[i] = switch (settings.kind) {
                case NUMBERS -> number(cell, from[i]);
                case LABELS -> label(cell, from[i]);
                case CLASS_NAMES -> number(cell, from[i], classes, knownClasses, "class");
            };
        }
        return numbers;
    }

    private double number(String cell, int column) throws MalformedFileException {
        double value = CsvNumber.parse(cell, settings.decimalSign);
        if (!Double.isFinite(settings.dtype == DType.FLOAT32 ? (float) value : value)) {
            String header = settings.header
                    ? "no header line, add one or read it with Csv.withoutHeader()"
                    : "a header line, read it without Csv.withoutHeader()";
            String advice = MissingMarks.isUsual(cell)
                    ? "if it means a missing value, name it in Csv.missingCells; otherwise"
                    : "if the file has " + header + ", " + decimals()
                            + ", and if the column holds names, call it Csv.categories; otherwise";
            String expected = "a finite " + settings.dtype + " number";
            throw malformed(column, expected, quoted(cell), advice + " fill in or remove the line");
        }
        return value;
    }

    private String decimals() {
        return settings.decimalSign == ','
                ? "if its numbers have a decimal point, leave out Csv.decimalComma()"
                : "if its numbers have a decimal comma, say so with Csv.decimalComma()";
    }

    /** The number of a name: among all known ones, or in the order of occurrence. */
    private double number(String name, int column, Map<String, Integer> seen, Map<String, Integer> known, String what)
            throws MalformedFileException {
        Integer number = known == null ? Integer.valueOf(seen.size()) : known.get(name);
        if (number == null) {
            throw malformed(
                    column,
                    "a " + what + " that is known, one of " + shown(List.copyOf(known.keySet())),
                    quoted(name),
                    "correct the cell, or learn the names from a file that has all of them");
        }
        Integer before = seen.putIfAbsent(name, number);
        return before == null ? number : before;
    }

    private double label(String cell, int column) throws MalformedFileException {
        int label = CsvNumber.label(cell);
        if (label < 0 || (settings.classes > 0 && label >= settings.classes)) {
            throw malformed(
                    column,
                    "a label, which is an integer from 0"
                            + (settings.classes > 0 ? " to " + (settings.classes - 1) : ""),
                    quoted(cell),
                    "number the classes from 0, or use classNames(...) for names and targets(...)"
                            + " for a numeric target");
        }
        return label;
    }

    private MalformedFileException missing(int column, String cell, boolean isCategory) {
        boolean isTarget = isTarget(column);
        String answer = settings.kind == CsvSettings.Kind.LABELS
                ? "a label, which is an integer from 0"
                : settings.kind == CsvSettings.Kind.CLASS_NAMES ? "the name of a class" : null;
        String number = "a finite " + settings.dtype + " number";
        String expected = isCategory ? "the name of a category" : isTarget && answer != null ? answer : number;
        return malformed(
                column,
                expected,
                quoted(cell) + (cell.isEmpty() ? "" : ", which means a missing value"),
                isCategory || isTarget
                        ? "fill it in or remove the line, or drop such rows with Csv.missing(Missing.dropRow())"
                        : "fill it in or remove the line, or say with Csv.missing(...) what takes its place");
    }

    private boolean isTarget(int column) {
        for (int target : columns.targets()) {
            if (target == column) {
                return true;
            }
        }
        return false;
    }

    private static String quoted(String cell) {
        return cell.isEmpty() ? "an empty cell" : Quoted.of(cell);
    }

    private MalformedFileException malformed(int column, String expected, String found, String advice) {
        return new MalformedFileException(file + ": line " + parser.getCurrentLineNumber() + ", column "
                + columns.described(column) + ": expected " + expected + " but found " + found + "; " + advice);
    }

    /** Some names for an error. */
    static String shown(List<String> names) {
        return names.stream()
                .limit(SHOWN_NAMES)
                .map(Quoted::of)
                .collect(Collectors.joining(
                        ", ", "", names.size() > SHOWN_NAMES ? ", ... (" + names.size() + " in all)" : ""));
    }
}
