package dev.ravine.cli.compare;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An optimizer as it is written on the command line: a name, then settings after a colon, as in {@code
 * hf:lambda=10,chunk=2000}. Settings that are not written keep their defaults.
 *
 * @param text as written
 * @param kind of the catalogue
 * @param settings values as written, by key
 */
public record OptimizerSpec(String text, OptimizerKind kind, Map<String, String> settings) {
    /** {@return the names of all optimizers} */
    public static List<String> names() {
        return OptimizerCatalogue.load().names();
    }

    /**
     * {@return the optimizer that a text names; its values are read by {@link #build}}
     *
     * @param text as on the command line
     * @throws IllegalArgumentException if the name or a setting is unknown, listing those there are
     */
    public static OptimizerSpec parse(String text) {
        int colon = text.indexOf(':');
        OptimizerKind kind = OptimizerCatalogue.load().kind(colon < 0 ? text : text.substring(0, colon));
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String setting : text.substring(colon + 1).split(",", -1)) {
                int equals = setting.indexOf('=');
                kind.requireKey(equals < 0 ? "" : setting.substring(0, equals), setting);
                String key = setting.substring(0, equals);
                if (settings.put(key, setting.substring(equals + 1)) != null) {
                    throw new IllegalArgumentException("'" + text + "' sets " + key + " twice");
                }
            }
        }
        return new OptimizerSpec(text, kind, settings);
    }

    /**
     * {@return the same optimizer with one setting changed or added}
     *
     * @param key of the setting
     * @param value as written
     */
    public OptimizerSpec with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.put(key, value);
        String list = changed.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
        return new OptimizerSpec(kind.name() + ":" + list, kind, changed);
    }

    /** {@return the values of the main setting to try} */
    public List<String> trials() {
        return kind.main().values(Optional.ofNullable(settings.get(kind.main().key())));
    }

    /**
     * {@return the optimizer}
     *
     * @param module what it will train, initialized
     * @param seed of the order of examples and of noise
     * @throws IllegalArgumentException if a value cannot be read, is out of range, or the module is too large
     */
    public Optimizer build(Module module, long seed) {
        return kind.make(settings, module, seed);
    }
}
