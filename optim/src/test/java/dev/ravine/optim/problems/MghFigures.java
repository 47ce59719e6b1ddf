package dev.ravine.optim.problems;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Independent figures about the problems of {@link MghProblem}; the resources say how they were made. */
public final class MghFigures {
    private static final List<String> PROBLEMS = lines("mgh.txt");
    private static final List<String> SCIPY = lines("mgh-scipy.txt");

    private MghFigures() {}

    /** A quantity of a problem that is there once, such as "gradient". */
    public static double[] numbers(MghProblem problem, String quantity) {
        return all(problem, quantity).get(0);
    }

    /** A quantity of a problem that may be there more than once, such as "minimizer". */
    public static List<double[]> all(MghProblem problem, String quantity) {
        List<double[]> found = new ArrayList<>();
        boolean reading = false;
        for (String line : PROBLEMS) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("problem")) {
                reading = words[1].equals(problem.id());
            } else if (reading && words[0].equals(quantity)) {
                found.add(Arrays.stream(words)
                        .skip(1)
                        .mapToDouble(Double::parseDouble)
                        .toArray());
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("mgh.txt has no " + quantity + " of " + problem);
        }
        return found;
    }

    /**
     * How many iterations a method of SciPy needs from the standard start until the norm of the gradient is 1e-6; empty if
     * it does not get there.
     */
    public static OptionalInt iterations(String problem, String method) {
        for (String line : SCIPY) {
            String[] words = line.split(" ", -1);
            if (words[0].equals(problem) && words[1].equals(method)) {
                return words[2].equals("failed") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(words[2]));
            }
        }
        throw new IllegalArgumentException("mgh-scipy.txt has no line for " + problem + " " + method);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = MghFigures.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
