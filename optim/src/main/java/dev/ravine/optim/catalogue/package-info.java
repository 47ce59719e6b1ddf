/**
 * Optimizers that can be chosen by name: an {@link dev.ravine.optim.catalogue.OptimizerKind} has a name, settings and a
 * maker, and the {@link dev.ravine.optim.catalogue.OptimizerCatalogue} lists the kinds of all jars. The packages of
 * methods provide theirs through {@link dev.ravine.optim.catalogue.OptimizerProvider}, and so can your own jar.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective} and the modules below, and knows no method.
 * The packages of methods and the command use it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.catalogue;
