package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changes the graphs of a module without changing its code: the mode of each layer, which parameters are frozen,
 * and the numbers of buffers. With it, a module that the same code has built elsewhere gets equal graphs.
 *
 * @param training the mode of the module and of all modules within it, outermost first
 * @param frozen whether each parameter is frozen, in the order of {@link Module#namedParameters()}
 * @param buffers the numbers of each buffer by path
 */
public record ModuleSetup(List<Boolean> training, List<Boolean> frozen, Map<String, double[]> buffers)
        implements Serializable {
    /**
     * {@return the setup of a module}
     *
     * @param module initialized
     */
    public static ModuleSetup of(Module module) {
        Map<String, double[]> buffers = new LinkedHashMap<>();
        module.namedBuffers().forEach((path, buffer) -> buffers.put(path, Arena.toDoubles(buffer.array())));
        return new ModuleSetup(
                new ArrayList<>(module.all().stream().map(Module::isTraining).toList()),
                new ArrayList<>(module.namedParameters().values().stream()
                        .map(Parameter::isFrozen)
                        .toList()),
                buffers);
    }

    /**
     * Gives a module this setup.
     *
     * @param module initialized, built by the same code as the one that this setup is of
     * @throws IllegalArgumentException if it has other layers, parameters or buffers
     */
    public void applyTo(Module module) {
        List<Module> modules = module.all();
        List<Parameter> parameters = List.copyOf(module.namedParameters().values());
        Map<String, Buffer> own = module.namedBuffers();
        if (modules.size() != training.size()
                || parameters.size() != frozen.size()
                || !own.keySet().equals(buffers.keySet())) {
            throw new IllegalArgumentException("a setup of " + training.size() + " modules, " + frozen.size()
                    + " parameters and the buffers " + buffers.keySet() + " does not fit to a net with "
                    + modules.size()
                    + ", " + parameters.size() + " and " + own.keySet() + "; build both nets by the same code");
        }
        for (int i = 0; i < modules.size(); i++) {
            modules.get(i).setOwnMode(training.get(i));
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (frozen.get(i)) {
                parameters.get(i).freeze();
            } else {
                parameters.get(i).unfreeze();
            }
        }
        own.forEach((path, buffer) ->
                buffer.set(Arena.of(buffer.dtype(), Shape.of(buffers.get(path).length), buffers.get(path))));
    }
}
