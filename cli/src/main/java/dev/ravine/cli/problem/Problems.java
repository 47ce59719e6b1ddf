package dev.ravine.cli.problem;

import dev.ravine.optim.catalogue.Providers;
import java.util.List;
import java.util.stream.Collectors;

/** All problems on the class path: those of the command, then those of other jars. */
public final class Problems {
    private Problems() {}

    /**
     * {@return the problems of the current thread's class loader}
     *
     * @throws IllegalArgumentException if two problems have one name, naming both classes, or one cannot be loaded
     */
    public static List<Problem> all() {
        List<Problem> problems = Providers.load(Problem.class);
        Providers.requireDistinct("problem", problems, Problem::name, problem -> problem);
        return problems;
    }

    /** {@return the names of all problems} */
    public static List<String> names() {
        return all().stream().map(Problem::name).toList();
    }

    /**
     * {@return the problem of a name}
     *
     * @param name as on the command line
     * @throws IllegalArgumentException if there is none, listing all names
     */
    public static Problem of(String name) {
        List<Problem> all = all();
        return all.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no problem '" + name + "', but "
                        + all.stream().map(Problem::name).collect(Collectors.joining(", "))));
    }
}
