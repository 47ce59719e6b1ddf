/**
 * Data sets in memory: readers of the IDX and CSV formats, generators of small problems, and the order in which training
 * visits the examples.
 *
 * <p>A reader either returns what the file says or throws an exception that names the place in the file, what was
 * expected there and what was found; it allocates no more than the file can fill.
 */
package dev.ravine.core.data;
