package dev.ravine.optim.catalogue;

import dev.ravine.core.Check;
import java.util.List;
import java.util.stream.Collectors;

/** All kinds of optimizers on the class path, by name: those of the library, then those of other jars. */
public final class OptimizerCatalogue {
    private final List<OptimizerKind> kinds;

    private record Entry(OptimizerKind kind, OptimizerProvider provider) {}

    private OptimizerCatalogue(List<Entry> entries) {
        Providers.requireDistinct("optimizer", entries, e -> e.kind().name(), Entry::provider);
        this.kinds = entries.stream().map(Entry::kind).toList();
    }

    /**
     * {@return the catalogue of the current thread's class loader}
     *
     * @throws IllegalArgumentException if two providers have an optimizer of one name, or a provider cannot be loaded
     */
    public static OptimizerCatalogue load() {
        return of(Providers.load(OptimizerProvider.class));
    }

    /**
     * {@return the catalogue of some providers}
     *
     * @param providers in the order of their kinds
     * @throws IllegalArgumentException if two have an optimizer of one name
     */
    public static OptimizerCatalogue of(List<OptimizerProvider> providers) {
        return new OptimizerCatalogue(Check.noNulls("the providers", providers).stream()
                .flatMap(p -> p.kinds().stream().map(kind -> new Entry(kind, p)))
                .toList());
    }

    /** {@return all kinds, in the order in which they are listed} */
    public List<OptimizerKind> kinds() {
        return kinds;
    }

    /** {@return the names of all kinds} */
    public List<String> names() {
        return kinds.stream().map(OptimizerKind::name).toList();
    }

    /**
     * {@return the kind of a name}
     *
     * @param name such as {@code adam}
     * @throws IllegalArgumentException if there is none, listing all names
     */
    public OptimizerKind kind(String name) {
        return kinds.stream()
                .filter(k -> k.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no optimizer '" + name + "', but "
                        + kinds.stream().map(OptimizerKind::name).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return "OptimizerCatalogue" + names();
    }
}
