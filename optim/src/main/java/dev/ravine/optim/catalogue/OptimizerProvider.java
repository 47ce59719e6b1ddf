package dev.ravine.optim.catalogue;

import java.util.List;

/**
 * Adds kinds of optimizers to the catalogue. A jar on the class path that names a class with a public constructor
 * without arguments in {@code META-INF/services/dev.ravine.optim.catalogue.OptimizerProvider} is found by {@link
 * java.util.ServiceLoader}.
 */
public interface OptimizerProvider {
    /** {@return the kinds, in the order in which they are listed} */
    List<OptimizerKind> kinds();
}
