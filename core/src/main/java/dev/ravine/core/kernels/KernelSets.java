package dev.ravine.core.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * Which {@link KernelSet} runs beside Ravine's own kernels. The system property {@value #PROPERTY} decides: {@code own}
 * for none, else the first word of a set's name, such as {@code onednn}; without it, the one set on the class path. A
 * set stays for the life of the process, so that a run uses the same kernels from its first step to its last.
 */
public final class KernelSets {
    /** The system property that chooses a set. */
    public static final String PROPERTY = "ravine.kernels";

    private static final String OWN = "own";

    private KernelSets() {}

    /** The choice is made when it is first needed. */
    private static final class Chosen {
        static final Optional<KernelSet> SET = OWN.equals(System.getProperty(PROPERTY))
                ? Optional.empty()
                : choose(found(), System.getProperty(PROPERTY));
    }

    /**
     * {@return the set that is used}
     *
     * @throws IllegalStateException (inside an ExceptionInInitializerError) if the property names a set that is not
     *     there, or several sets are there and it names none
     */
    public static Optional<KernelSet> used() {
        return Chosen.SET;
    }

    /** {@return the name of the set that is used, else {@code own}, as reports have it} */
    public static String name() {
        return used().map(KernelSet::name).orElse(OWN);
    }

    /** A kernel of the set that is used, if there is one and it offers one. */
    static Optional<Kernel> kernel(Function<KernelSet, Optional<Kernel>> wanted) {
        return used().flatMap(wanted);
    }

    private static List<KernelSet> found() {
        List<KernelSet> sets = new ArrayList<>();
        try {
            ServiceLoader.load(KernelSet.class, KernelSet.class.getClassLoader())
                    .forEach(sets::add);
        } catch (ServiceConfigurationError e) {
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new IllegalStateException("a kernel set on the class path cannot be used: " + why, e);
        }
        return sets;
    }

    static Optional<KernelSet> choose(List<KernelSet> sets, String wanted) {
        if (wanted == null) {
            if (sets.size() > 1) {
                throw new IllegalStateException(
                        "several kernel sets are on the class path: " + names(sets) + "; choose one with -D" + PROPERTY
                                + "=" + word(sets.get(0)) + ", or -D" + PROPERTY + "=" + OWN);
            }
            return sets.stream().findFirst();
        }
        return Optional.of(sets.stream()
                .filter(set -> word(set).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("-D" + PROPERTY + "=" + wanted
                        + " names a kernel set that is not on the class path; there are " + OWN
                        + (sets.isEmpty() ? "" : ", " + names(sets)) + "; oneDNN's is in the artifact ravine-onednn")));
    }

    private static String names(List<KernelSet> sets) {
        return String.join(", ", sets.stream().map(KernelSets::word).toList());
    }

    private static String word(KernelSet set) {
        return set.name().split(" ", -1)[0].toLowerCase(Locale.ROOT);
    }
}
