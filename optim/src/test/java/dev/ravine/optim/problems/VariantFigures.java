package dev.ravine.optim.problems;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of other programs for variants of a method: a line such as {@code variant adam: lr=0.1} for each, whose text
 * after the name may be missing, and then a line of numbers for each step. Lines that begin with # are comments.
 */
public final class VariantFigures {
    private static final String VARIANT = "variant ";

    private VariantFigures() {}

    /** The lines of all variants by name, from a resource beside a class. */
    public static Map<String, List<double[]>> read(Class<?> beside, String resource) {
        Map<String, List<double[]>> all = new LinkedHashMap<>();
        try (InputStream in = beside.getResourceAsStream(resource)) {
            List<double[]> current = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList()) {
                if (line.startsWith(VARIANT)) {
                    current = new ArrayList<>();
                    all.put(line.substring(VARIANT.length()).split(":", 2)[0], current);
                } else {
                    current.add(Arrays.stream(line.split(" ", -1))
                            .mapToDouble(Double::parseDouble)
                            .toArray());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
