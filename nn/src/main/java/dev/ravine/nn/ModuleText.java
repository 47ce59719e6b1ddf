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
    private record Layer(String name, Collection<Parameter> parameters, List<Layer> children) {}

    /**
     * {@return the lines of a module and all modules inside it}
     *
     * @param outermost the module around all others
     * @param parts of a module
     * @param description what a module says of itself
     */
    static <M> String of(M outermost, Function<M, ModuleParts<M>> parts, Function<M, String> description) {
        Set<M> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return of(layer("", outermost, parts, description, seen));
    }

    private static <M> Layer layer(
            String name, M module, Function<M, ModuleParts<M>> parts, Function<M, String> description, Set<M> seen) {
        String type = module.getClass().getSimpleName();
        String text = Stream.of(name, type.isEmpty() ? "Module" : type, description.apply(module))
                .filter(t -> !t.isEmpty())
                .collect(Collectors.joining(" "));
        if (!seen.add(module)) {
            return new Layer(text + " (as above)", List.of(), List.of());
        }
        List<Layer> inner = new ArrayList<>();
        ModuleParts<M> own = parts.apply(module);
        own.children().forEach((path, child) -> inner.add(layer(path, child, parts, description, seen)));
        return new Layer(text, own.parameters().values(), inner);
    }

    /**
     * {@return the lines, aligned in columns} A parameter that is used twice counts once.
     *
     * @param outermost the layer around all others
     */
    private static String of(Layer outermost) {
        ModuleText text = new ModuleText();
        text.add("", outermost);
        long total = text.counted.stream().mapToLong(p -> p.shape().count()).sum();
        int names = text.width(Row::name);
        int shapes = text.width(Row::shapes);
        int digits = count(total).length();
        Row first = text.rows.get(0);
        text.rows.set(0, new Row(first.name, first.shapes, total));
        return text.rows.stream().map(row -> row.line(names, shapes, digits)).collect(Collectors.joining("\n"));
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
        String line(int names, int widths, int digits) {
            String left = name + " ".repeat(names - name.length());
            String middle = shapes + " ".repeat(widths - shapes.length());
            String right = numbers == 0 ? "" : count(numbers);
            return (left + "  " + middle + "  " + " ".repeat(digits - right.length()) + right).stripTrailing();
        }
    }
}
