/**
 * Numbers: the one door to ND4J and OpenBLAS, memory with an owner, dtypes, shapes, seeds and worker threads.
 *
 * <p>Nothing above this package calls an ND4J operation; {@link org.nd4j.linalg.api.ndarray.INDArray} itself is the
 * exchange type in which users hand numbers in and read them back. Another tensor library would be a change to this
 * package alone.
 */
package dev.ravine.core;
