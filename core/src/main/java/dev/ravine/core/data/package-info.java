/**
 * Data sets in memory: readers of the IDX and CSV formats, generators of small problems, parts to train
 * on and to test with, and the order in which training visits the examples.
 *
 * <p>A reader either returns what the file says or throws an exception that says where in the file, what was expected
 * and what was found. It allocates no more memory than the file can fill, except that a column of categories becomes up
 * to 1,000 columns if the caller asks for it.
 *
 * <p>This package may use {@link dev.ravine.core}, {@link dev.ravine.core.kernels} and {@link dev.ravine.core.io};
 * every package of the modules above may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.core.data;
