package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.io.Json;
import dev.ravine.core.io.MalformedFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The settings of a {@link Csv} reader as text (JSON), so that another program reads files as the first one did: with
 * its separator and its columns, and with the categories, classes and means that it has learned.
 */
public final class CsvText {
    private final Map<?, ?> fields;
    private final String where;

    private CsvText(Map<?, ?> fields, String where) {
        this.fields = fields;
        this.where = where;
    }

    /**
     * {@return a reader's settings as one line of JSON}
     *
     * @param csv a reader
     */
    public static String write(Csv csv) {
        CsvSettings s = csv.settings();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("header", s.header);
        fields.put("separator", String.valueOf(s.separator));
        fields.put("decimalSign", String.valueOf(s.decimalSign));
        fields.put("dtype", s.dtype.name());
        fields.put("targetKind", s.kind.name());
        fields.put("targets", s.targets);
        fields.put("classNames", s.classNames);
        fields.put("classes", s.classes);
        fields.put("features", s.features);
        fields.put("ignored", s.ignored);
        fields.put("categories", pairs(s.categories, names -> names));
        fields.put("missing", rule(s.missing));
        fields.put("missingOf", pairs(s.missingOf, CsvText::rule));
        fields.put("missingCells", List.copyOf(new TreeSet<>(s.missingCells)));
        fields.put("means", pairs(s.means, mean -> mean));
        return Json.write(fields);
    }

    /** Keys are text or numbers, which the names of a map in JSON are not. */
    private static <V> List<Object> pairs(Map<Object, V> map, Function<V, Object> value) {
        List<Object> pairs = new ArrayList<>();
        for (Map.Entry<Object, V> entry : map.entrySet()) {
            List<Object> pair = new ArrayList<>();
            pair.add(entry.getKey());
            pair.add(value.apply(entry.getValue()));
            pairs.add(pair);
        }
        return pairs;
    }

    private static Object rule(Missing rule) {
        if (rule instanceof Missing.Constant constant) {
            return constant.value();
        }
        return rule instanceof Missing.Mean ? "mean" : rule instanceof Missing.DropRow ? "drop" : "refuse";
    }

    /**
     * {@return the reader of these settings}
     *
     * @param text what {@link #write} has made
     * @param where it stands, for errors
     * @throws MalformedFileException if the text is no JSON, or a setting is absent or wrong
     */
    public static Csv read(String text, String where) throws MalformedFileException {
        if (!(Json.read(text, where) instanceof Map<?, ?> fields)) {
            throw new MalformedFileException(where + ": expected the settings of a CSV reader, found " + text);
        }
        try {
            return new CsvText(fields, where).reader();
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(where + ": " + e.getMessage(), e);
        }
    }

    private Csv reader() throws MalformedFileException {
        Csv reader = Csv.reader().separator(character("separator")).dtype(DType.valueOf(text("dtype", value("dtype"))));
        CsvSettings s = reader.settings();
        s.header = value("header") instanceof Boolean isTrue && isTrue;
        s.decimalSign = character("decimalSign");
        s.kind = CsvSettings.Kind.valueOf(text("targetKind", value("targetKind")));
        s.targets = columns("targets");
        s.classNames = value("classNames") == null ? null : texts("classNames", value("classNames"));
        s.classes = whole("classes", value("classes"));
        s.features = value("features") == null ? null : columns("features");
        s.ignored = columns("ignored");
        s.categories = pairs("categories", (name, value) -> value == null ? null : texts(name, value));
        s.missing = missing("missing", value("missing"));
        s.missingOf = pairs("missingOf", CsvText::missing);
        s.missingCells = Set.copyOf(texts("missingCells", value("missingCells")));
        s.means = pairs("means", CsvText::number);
        return reader;
    }

    private Object value(String name) {
        require(fields.containsKey(name), name, "a setting of a CSV reader", "none");
        return fields.get(name);
    }

    private static void require(boolean holds, String name, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", found " + found);
        }
    }

    private static String text(String name, Object value) {
        require(value instanceof String, name, "text", value);
        return (String) value;
    }

    private char character(String name) {
        String text = text(name, value(name));
        require(text.length() == 1, name, "one character", text);
        return text.charAt(0);
    }

    private static List<?> list(String name, Object value) {
        require(value instanceof List, name, "a list", value);
        return (List<?>) value;
    }

    private static List<String> texts(String name, Object value) {
        return list(name, value).stream().map(element -> text(name, element)).toList();
    }

    private static double number(String name, Object value) {
        require(value instanceof Double, name, "a number", value);
        return (Double) value;
    }

    private static int whole(String name, Object value) {
        int whole = (int) number(name, value);
        require(whole == number(name, value), name, "a whole number", value);
        return whole;
    }

    private static Object column(String name, Object value) {
        return value instanceof String ? value : (Object) whole(name, value);
    }

    private List<Object> columns(String name) {
        List<Object> columns = new ArrayList<>();
        list(name, value(name)).forEach(element -> columns.add(column(name, element)));
        return List.copyOf(columns);
    }

    private <V> Map<Object, V> pairs(String name, BiFunction<String, Object, V> value) {
        Map<Object, V> map = new LinkedHashMap<>();
        for (Object element : list(name, value(name))) {
            List<?> pair = list(name, element);
            require(pair.size() == 2, name, "pairs of a column and its value", pair);
            map.put(column(name, pair.get(0)), value.apply(name, pair.get(1)));
        }
        return map;
    }

    private static Missing missing(String name, Object value) {
        if (value instanceof Double number) {
            return Missing.constant(number);
        }
        return switch (text(name, value)) {
            case "refuse" -> Missing.refuse();
            case "drop" -> Missing.dropRow();
            case "mean" -> Missing.mean();
            default ->
                throw new IllegalArgumentException(name + ": expected refuse, drop, mean or a number, found " + value);
        };
    }

    @Override
    public String toString() {
        return "CsvText[" + where + "]";
    }
}
