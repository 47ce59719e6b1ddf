package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The settings of a reader of CSV files. Columns are names (String) or indices (Integer) as the caller gave them;
 * whether they exist depends on the file. An object does not change after it was made by {@link #with}.
 */
final class CsvSettings {
    /** The content of the target columns. */
    enum Kind {
        NUMBERS,
        LABELS,
        CLASS_NAMES
    }

    boolean header = true;
    char separator = ',';
    char decimalSign = '.';
    DType dtype = DType.FLOAT32;

    Kind kind = Kind.NUMBERS;
    List<Object> targets = List.of();

    /** The names of all classes in their order, or null to take them from the file. */
    List<String> classNames;

    /** The number of classes of integer labels, or 0 to take it from the file. */
    int classes;

    /** The columns of features in their order, or null for all others. */
    List<Object> features;

    /** Columns that are neither features nor targets. */
    List<Object> ignored = List.of();

    /** The columns of categories with the names of all categories in their order; null takes them from the file. */
    Map<Object, List<String>> categories = Map.of();

    Missing missing = Missing.refuse();
    Map<Object, Missing> missingOf = Map.of();

    /** What a cell without a value holds. */
    Set<String> missingCells = Set.of("");

    /** The number that takes the place of missing cells, for columns in which it is known before reading. */
    Map<Object, Double> means = Map.of();

    /** A copy with a change. */
    CsvSettings with(Consumer<CsvSettings> change) {
        CsvSettings copy = new CsvSettings();
        copy.header = header;
        copy.separator = separator;
        copy.decimalSign = decimalSign;
        copy.dtype = dtype;
        copy.kind = kind;
        copy.targets = targets;
        copy.classNames = classNames;
        copy.classes = classes;
        copy.features = features;
        copy.ignored = ignored;
        copy.categories = categories;
        copy.missing = missing;
        copy.missingOf = missingOf;
        copy.missingCells = missingCells;
        copy.means = means;
        change.accept(copy);
        return copy;
    }

    /** A map with one more entry, in the order of the entries. */
    static <V> Map<Object, V> plus(Map<Object, V> map, Object key, V value) {
        Map<Object, V> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }

    /** A list with more elements. */
    static List<Object> joined(List<Object> before, Object... more) {
        List<Object> all = new ArrayList<>(before);
        all.addAll(List.of(Check.noNullsIn("columns", more)));
        return List.copyOf(all);
    }

    /** Makes further cells missing. */
    void addMissingCells(String... cells) {
        Set<String> all = new HashSet<>(missingCells);
        all.addAll(List.of(Check.noNullsIn("missing cells", cells)));
        missingCells = Set.copyOf(all);
    }

    /** Refuses files where these settings drop rows. */
    void keepRows() {
        missing = keepingRow(missing);
        Map<Object, Missing> kept = new LinkedHashMap<>(missingOf);
        kept.replaceAll((column, rule) -> keepingRow(rule));
        missingOf = kept;
    }

    private static Missing keepingRow(Missing rule) {
        return rule instanceof Missing.DropRow ? Missing.refuse() : rule;
    }

    /** Takes features, categories, means and the names of classes from a file that was read. */
    void encodeAs(CsvEncoding encoding) {
        features = encoding.features();
        ignored = List.of();
        categories = Map.copyOf(encoding.categories());
        means = encoding.means();
        classNames = encoding.classNames().isEmpty() ? null : encoding.classNames();
    }

    /** Names the targets for other files, in which the last column may be another one. */
    void resolveTargets(List<String> names) {
        List<Object> resolved = new ArrayList<>(targets);
        for (int i = 0; i < resolved.size(); i++) {
            if (String.valueOf(resolved.get(i)).startsWith("-") && (!header || resolved.get(i) instanceof Integer)) {
                resolved.set(i, names.get(i));
            }
        }
        targets = List.copyOf(resolved);
    }

    /** Checks a list of names that a user gave. */
    static void requireDistinct(String what, List<String> names) {
        Check.noNulls(what, names);
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException(what + " need at least one name, and each name once, found " + names);
        }
    }

    /** Checks that there is something to read examples with. */
    void requireTargets(String file) {
        if (targets.isEmpty()) {
            throw new IllegalStateException("the reader of " + file
                    + " knows no targets; name them with labels(...), classNames(...) or targets(...)");
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("separator '" + separator + "', " + dtype);
        text.append(header ? "" : ", no header");
        text.append(targets.isEmpty() ? "" : ", " + kind + " " + targets);
        text.append(features == null ? "" : ", features " + features);
        text.append(ignored.isEmpty() ? "" : ", ignored " + ignored);
        text.append(categories.isEmpty() ? "" : ", categories " + categories.keySet());
        return text.append(", missing ").append(missing).toString();
    }
}
