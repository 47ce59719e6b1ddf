/**
 * The optimizers that can be chosen by name: an {@link dev.ravine.optim.catalogue.OptimizerKind} has a name, settings and a maker,
 * and the {@link dev.ravine.optim.catalogue.OptimizerCatalogue} lists those of all jars. The rooms of methods provide their kinds
 * through {@link dev.ravine.optim.catalogue.OptimizerProvider}; a jar of yours can, too. It uses the hall, {@code nn} and
 * {@code core}, and no method.
 */
package dev.ravine.optim.catalogue;
