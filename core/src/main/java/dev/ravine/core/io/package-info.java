/**
 * Array files: the safetensors format, NumPy's npy and npz, and files that are replaced whole or not at all.
 *
 * <p>A file may come from anywhere. A reader either returns what the file says or throws an exception that names the
 * place in the file, what was expected there and what was found; it checks every size against the file before it
 * allocates, runs nothing that the file holds, and follows no path that the file names.
 */
package dev.ravine.core.io;
