package dev.ravine.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A module as text: a line for each layer with its name, kind, parameters, and the count of their numbers. */
final class ModuleText {
    private final List<Row> rows = new ArrayList<>();
    private final Set<Parameter> counted = Collections.newSetFromMap(new IdentityHashMap<>());

    private ModuleText() {}

    /**
     * A layer to print.
     *
     * @param name within the layer around it, with its kind
     * @param parameters its own, without those of its children
     * @param children the layers inside it
     */
    record Layer(String name, Collection<Parameter> parameters, List<Layer> children) {}

    /** A layer with its kind, which is its class, and what it says of itself. */
    static Layer layer(
            String name, Class<?> kind, String description, Collection<Parameter> parameters, List<Layer> children) {
        String type = kind.getSimpleName().isEmpty() ? "Module" : kind.getSimpleName();
        String text =
                Stream.of(name, type, description).filter(t -> !t.isEmpty()).collect(Collectors.joining(" "));
        return new Layer(text, parameters, children);
    }

    /** A layer that has a line already. */
    static Layer again(String name, Class<?> kind, String description) {
        return new Layer(
                layer(name, kind, description, List.of(), List.of()).name() + " (as above)", List.of(), List.of());
    }

    /**
     * {@return the lines, aligned in columns} A parameter that is used twice counts once.
     *
     * @param outermost the layer around all others
     */
    static String of(Layer outermost) {
        ModuleText text = new ModuleText();
        text.add("", outermost);
        long total = text.counted.stream().mapToLong(p -> p.shape().count()).sum();
        int names = text.width(Row::name);
        int shapes = text.width(Row::shapes);
        int digits = count(total).length();
        return text.rows.stream()
                .map(row -> row.line(names, shapes, digits, row == text.rows.get(0) ? total : row.numbers))
                .collect(Collectors.joining("\n"));
    }

    private void add(String indent, Layer layer) {
        String shapes = layer.parameters().stream().map(ModuleText::shape).collect(Collectors.joining(", "));
        long numbers = layer.parameters().stream()
                .filter(counted::add)
                .mapToLong(p -> p.shape().count())
                .sum();
        rows.add(new Row(indent + layer.name(), shapes, numbers));
        layer.children().forEach(child -> add(indent + "  ", child));
    }

    private static String shape(Parameter parameter) {
        return parameter.name() + " " + parameter.shape() + (parameter.isFrozen() ? " frozen" : "");
    }

    private static String count(long numbers) {
        return String.format(Locale.ROOT, "%,d", numbers);
    }

    private int width(Function<Row, String> column) {
        return rows.stream().mapToInt(row -> column.apply(row).length()).max().orElse(0);
    }

    private record Row(String name, String shapes, long numbers) {
        String line(int names, int widths, int digits, long shown) {
            String left = name + " ".repeat(names - name.length());
            String middle = shapes + " ".repeat(widths - shapes.length());
            String right = shown == 0 ? "" : count(shown);
            return (left + "  " + middle + "  " + " ".repeat(digits - right.length()) + right).stripTrailing();
        }
    }
}
