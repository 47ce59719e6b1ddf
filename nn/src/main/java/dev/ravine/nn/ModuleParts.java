package dev.ravine.nn;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What a module has declared, by name and in order of declaration. */
final class ModuleParts {
    private final Class<?> owner;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Buffer> buffers = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();

    ModuleParts(Class<?> owner) {
        this.owner = owner;
    }

    Map<String, Parameter> parameters() {
        return parameters;
    }

    Map<String, Buffer> buffers() {
        return buffers;
    }

    Map<String, Module> children() {
        return children;
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

    void add(String name, Module child) {
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

    /** All parts of a kind by path, each once, under its first path. */
    static <P> Map<String, P> named(Module outermost, Function<ModuleParts, Map<String, P>> kind) {
        Map<String, P> named = new LinkedHashMap<>();
        Set<P> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        visit(
                outermost,
                (prefix, module) -> kind.apply(module.parts()).forEach((name, part) -> {
                    if (seen.add(part)) {
                        named.put(prefix + name, part);
                    }
                }));
        return Collections.unmodifiableMap(named);
    }

    /** Calls a visitor once for each module, outermost first, with the prefix of its parts' paths. */
    static void visit(Module outermost, BiConsumer<String, Module> visitor) {
        visit("", outermost, visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void visit(String prefix, Module module, BiConsumer<String, Module> visitor, Set<Module> seen) {
        if (seen.add(module)) {
            visitor.accept(prefix, module);
            module.parts().children.forEach((name, child) -> visit(prefix + name + ".", child, visitor, seen));
        }
    }
}
