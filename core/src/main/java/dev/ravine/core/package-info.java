/**
 * The ground floor: native memory with an owner, dtypes, shapes, access to numbers in place, seeds, worker threads and
 * checks of settings.
 *
 * <p>{@link org.nd4j.linalg.api.ndarray.INDArray} is the type in which users hand numbers in and read them back. Only
 * this package and {@link dev.ravine.core.kernels} call ND4J, so another tensor library would change these two alone.
 *
 * <p>This package uses no other package of Ravine; all others may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.core;
