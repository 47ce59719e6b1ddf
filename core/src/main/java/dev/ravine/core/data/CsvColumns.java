package dev.ravine.core.data;

import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Quoted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What each column of one file is, by the settings and the file's first line. */
final class CsvColumns {
    /** The most column names that an error lists. */
    private static final int SHOWN_COLUMNS = 8;

    /** Without a header, text that is a number is an index. */
    private static final Pattern INDEX = Pattern.compile("-?[0-9]{1,9}");

    private final CsvSettings settings;
    private final String file;
    private final List<String> names;

    /** The first column of each name, and the names of several columns; empty without a header. */
    private final Map<String, Integer> columnOf = new HashMap<>();

    private final Set<String> ambiguous = new HashSet<>();

    private final int[] targets;
    private final Map<Integer, Missing> ownRules;
    private final List<Feature> features;

    /**
     * A column of features.
     *
     * @param column its index
     * @param reference names the same column in other files: its name, or its index if there is no such name
     * @param isCategory whether its cells are names
     * @param known all categories in their order; null if the file tells them
     * @param rule for missing cells
     * @param mean takes the place of missing cells; null if the file tells it
     */
    record Feature(int column, Object reference, boolean isCategory, List<String> known, Missing rule, Double mean) {}

    /** Reads the first line, which names the columns or is the first example. */
    CsvColumns(CsvSettings settings, String file, List<String> first, boolean needsTargets)
            throws MalformedFileException {
        this.settings = settings;
        this.file = file;
        this.names = settings.header
                ? List.copyOf(first)
                : IntStream.range(0, first.size()).mapToObj(String::valueOf).toList();
        for (int column = 0; settings.header && column < names.size(); column++) {
            if (columnOf.putIfAbsent(names.get(column), column) != null) {
                ambiguous.add(names.get(column));
            }
        }
        this.targets = targets(needsTargets);
        this.ownRules = byColumn(settings.missingOf);
        this.features = plan();
        if (features.isEmpty()) {
            throw new MalformedFileException(file + ": every column is a target or ignored; expected at least one"
                    + " column of features, found " + known());
        }
    }

    int count() {
        return names.size();
    }

    int[] targets() {
        return targets;
    }

    List<Feature> features() {
        return features;
    }

    List<String> targetNames() {
        return Arrays.stream(targets).mapToObj(names::get).toList();
    }

    String name(int column) {
        return names.get(column);
    }

    /** A column for errors; beyond the first line's columns it has no name. */
    String described(int column) {
        return settings.header && column < names.size()
                ? Quoted.of(names.get(column)) + " (index " + column + ")"
                : String.valueOf(column);
    }

    /** Whether a row is dropped if this target is missing; it is refused otherwise, since no answer is made up. */
    boolean isRowDropped(int target) {
        return ruleOf(target) instanceof Missing.DropRow;
    }

    private Missing ruleOf(int column) {
        return ownRules.getOrDefault(column, settings.missing);
    }

    private int[] targets(boolean areNeeded) throws MalformedFileException {
        List<Integer> found = new ArrayList<>();
        for (Object target : settings.targets) {
            if (areNeeded || find(target) >= 0) {
                addOnce(column(target), found, "a target");
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private void addOnce(int column, List<Integer> columns, String what) throws MalformedFileException {
        if (columns.contains(column)) {
            throw new MalformedFileException(
                    file + ": column " + described(column) + " is named twice as " + what + "; name it once");
        }
        columns.add(column);
    }

    private List<Feature> plan() throws MalformedFileException {
        Set<Integer> others = new HashSet<>();
        Arrays.stream(targets).forEach(others::add);
        for (Object reference : settings.ignored) {
            others.add(column(reference));
        }
        List<Integer> chosen = new ArrayList<>();
        if (settings.features == null) {
            IntStream.range(0, names.size()).filter(c -> !others.contains(c)).forEach(chosen::add);
        } else {
            for (Object reference : settings.features) {
                addOnce(chosenFeature(reference, others), chosen, "a feature");
            }
        }
        Map<Integer, List<String>> categories = byColumn(settings.categories);
        Map<Integer, Double> means = byColumn(settings.means);
        checkFeatures(categories.keySet(), new HashSet<>(chosen));
        List<Feature> plan = new ArrayList<>();
        for (int column : chosen) {
            plan.add(new Feature(
                    column,
                    reference(column),
                    categories.containsKey(column),
                    categories.get(column),
                    ruleOf(column),
                    means.get(column)));
        }
        return List.copyOf(plan);
    }

    private void checkFeatures(Set<Integer> categories, Set<Integer> features) throws MalformedFileException {
        for (int column : categories) {
            if (!features.contains(column)) {
                throw new MalformedFileException(file + ": column " + described(column)
                        + " is named as categories but is no feature; name it among the features, or not at all");
            }
        }
    }

    private <V> Map<Integer, V> byColumn(Map<Object, V> settingOf) throws MalformedFileException {
        Map<Integer, V> found = new HashMap<>();
        for (Map.Entry<Object, V> entry : settingOf.entrySet()) {
            found.put(column(entry.getKey()), entry.getValue());
        }
        return found;
    }

    private int chosenFeature(Object reference, Set<Integer> others) throws MalformedFileException {
        int column = column(reference);
        if (others.contains(column)) {
            throw new MalformedFileException(file + ": column " + described(column)
                    + " is named as a feature and as a target or ignored column; decide for one");
        }
        return column;
    }

    /** What calls the same column in another file. */
    private Object reference(int column) {
        boolean isNamed = settings.header && !ambiguous.contains(names.get(column));
        return isNamed ? (Object) names.get(column) : (Object) column;
    }

    /** The index of a column, or negative if there is none. */
    private int find(Object reference) {
        if (reference instanceof Integer index) {
            int column = index < 0 ? index + names.size() : index;
            return column < names.size() ? column : -1;
        }
        if (!settings.header && INDEX.matcher((String) reference).matches()) {
            return find(Integer.valueOf((String) reference));
        }
        return columnOf.getOrDefault(reference, -1);
    }

    private int column(Object reference) throws MalformedFileException {
        int column = find(reference);
        if (column < 0) {
            throw new MalformedFileException(file + ": there is no column "
                    + (reference instanceof Integer ? reference : "'" + reference + "'") + "; found " + known()
                    + otherSeparator());
        }
        if (reference instanceof String && ambiguous.contains(reference)) {
            throw new MalformedFileException(file + ": two columns are called '" + reference
                    + "'; rename one or give the column's index; found " + known());
        }
        return column;
    }

    /** A line that is one cell may have been written with another separator. */
    private String otherSeparator() {
        boolean isOneCell = settings.header && names.size() == 1 && names.get(0).matches("(?s).*[;,\\t|].*");
        return isOneCell
                ? "; the separator is '" + settings.separator
                        + "': if the file has another one, say so with Csv.separator"
                : "";
    }

    private String known() {
        return settings.header
                ? names.stream()
                        .limit(SHOWN_COLUMNS)
                        .map(Quoted::of)
                        .collect(Collectors.joining(
                                ", ",
                                "the columns ",
                                names.size() > SHOWN_COLUMNS ? ", ... (" + names.size() + " in all)" : ""))
                : names.size() + " columns without names, called by their index from 0";
    }
}
