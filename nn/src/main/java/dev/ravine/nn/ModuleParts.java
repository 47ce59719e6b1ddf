package dev.ravine.nn;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What a module has declared, by name and in order of declaration.
 *
 * @param <M> the type of modules
 */
final class ModuleParts<M> {
    private final Class<?> owner;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Buffer> buffers = new LinkedHashMap<>();
    private final Map<String, M> children = new LinkedHashMap<>();

    ModuleParts(Class<?> owner) {
        this.owner = owner;
    }

    Map<String, Parameter> parameters() {
        return parameters;
    }

    Map<String, Buffer> buffers() {
        return buffers;
    }

    Map<String, M> children() {
        return children;
    }

    /** What a graph depends on, without the children, mixed into a key. Makes no objects. */
    long key(long before, boolean isTraining, boolean readsBuffers) {
        long state = mixed(before, isTraining ? 1 : 2);
        for (Parameter parameter : parameters.values()) {
            state = mixed(state, parameter.isFrozen() ? 1 : 2);
        }
        if (readsBuffers) {
            for (Buffer buffer : buffers.values()) {
                state = mixed(state, buffer.version());
            }
        }
        return state;
    }

    private static long mixed(long state, long number) {
        return Long.rotateLeft((state + number) * 0x9E3779B97F4A7C15L, 29);
    }

    Parameter add(String name, Parameter parameter) {
        checkName(name);
        parameters.put(name, parameter);
        return parameter;
    }

    Buffer add(String name, Buffer buffer) {
        checkName(name);
        buffers.put(name, buffer);
        return buffer;
    }

    void add(String name, M child) {
        checkName(name);
        children.put(name, child);
    }

    private void checkName(String name) {
        boolean isTaken = parameters.containsKey(name) || buffers.containsKey(name) || children.containsKey(name);
        if (name.isEmpty() || name.contains(".") || isTaken) {
            throw new IllegalArgumentException("'" + name + "' cannot name a part of " + owner.getSimpleName()
                    + ": names are unique in their module, not empty and without dots; taken are "
                    + parameters.keySet() + ", " + buffers.keySet() + " and " + children.keySet());
        }
    }

    /**
     * All parts of a kind by path, each once, under its first path.
     *
     * @param parts of a module
     * @param kind which of them
     */
    static <M, P> Map<String, P> named(
            M outermost, Function<M, ModuleParts<M>> parts, Function<ModuleParts<M>, Map<String, P>> kind) {
        Map<String, P> named = new LinkedHashMap<>();
        Set<P> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        visit(
                outermost,
                parts,
                (prefix, module) -> kind.apply(parts.apply(module)).forEach((name, part) -> {
                    if (seen.add(part)) {
                        named.put(prefix + name, part);
                    }
                }));
        return Collections.unmodifiableMap(named);
    }

    /** Calls a visitor once for each module, outermost first, with the prefix of its parts' paths. */
    static <M> void visit(M outermost, Function<M, ModuleParts<M>> parts, BiConsumer<String, M> visitor) {
        visit("", outermost, parts, visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static <M> void visit(
            String prefix, M module, Function<M, ModuleParts<M>> parts, BiConsumer<String, M> visitor, Set<M> seen) {
        if (seen.add(module)) {
            visitor.accept(prefix, module);
            parts.apply(module)
                    .children
                    .forEach((name, child) -> visit(prefix + name + ".", child, parts, visitor, seen));
        }
    }
}
