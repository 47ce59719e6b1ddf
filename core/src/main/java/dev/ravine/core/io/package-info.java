/**
 * Array files: the safetensors format, NumPy's npy and npz, PyTorch's files of tensors, files that are replaced as a
 * whole or not at all, and messages in the format of Protocol Buffers.
 *
 * <p>A file may come from anywhere. A reader either returns what the file says or throws an exception that says where
 * in the file, what was expected and what was found. It checks every size against the file before it allocates memory,
 * runs nothing from the file, and follows no path in it.
 *
 * <p>This package may use {@link dev.ravine.core} and {@link dev.ravine.core.kernels}; {@link dev.ravine.core.data} and
 * every package of the modules above may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.core.io;
