package dev.ravine.nn;

import dev.ravine.core.ShapeException;
import dev.ravine.core.io.FloatFormat;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Npz;
import dev.ravine.core.io.PyTorch;
import dev.ravine.core.io.Safetensors;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes and reads a module's parameters by path, as {@link Module#stateDict} names them. The file's name chooses the
 * format: {@code .safetensors}, or {@code .npz} for an archive of NumPy. Python reads and writes both. Files of
 * PyTorch, which end with {@code .pt}, {@code .pth} or {@code .bin}, are read only.
 */
public final class Weights {
    private static final String SAFETENSORS = ".safetensors";
    private static final String NPZ = ".npz";
    private static final List<String> TORCH = List.of(".pt", ".pth", ".bin");

    private Weights() {}

    /**
     * Writes all parameters. The file is written completely or not at all.
     *
     * @param module an initialized module
     * @param file the file to create or replace
     * @throws IllegalArgumentException if the file's name ends with neither suffix
     * @throws IOException if writing fails; an existing file is then unchanged
     */
    public static void save(Module module, Path file) throws IOException {
        save(module, file, FloatFormat.OWN);
    }

    /**
     * Writes all parameters in another precision, such as half of it. The file is written completely or not at all.
     *
     * @param module an initialized module
     * @param file the file to create or replace
     * @param format of all numbers; {@link FloatFormat#BF16} for safetensors only
     * @throws IllegalArgumentException if the file's name ends with neither suffix, its format does not have this
     *     precision, or a number is too large for it
     * @throws IOException if writing fails; an existing file is then unchanged
     */
    public static void save(Module module, Path file, FloatFormat format) throws IOException {
        if (endsWith(file, NPZ)) {
            Npz.write(file, module.stateDict(), format);
        } else if (endsWith(file, SAFETENSORS)) {
            Safetensors.write(file, module.stateDict(), Map.of(), format);
        } else {
            throw new IllegalArgumentException(
                    file + ": weights are kept in files that end with " + SAFETENSORS + " or " + NPZ + "; rename it");
        }
    }

    /**
     * Overwrites all parameters, or none if an array does not fit. {@link #read} is for files that fit less well.
     *
     * @param module an initialized module
     * @param file a file with one array of the right shape and dtype for each parameter, and no other arrays
     * @throws NoSuchFileException if the file does not exist
     * @throws MalformedFileException if the contents break the format
     * @throws ShapeException if all names fit, but a shape or dtype does not; the message lists each
     * @throws IllegalArgumentException if names are missing or unknown, with a list of everything that does not fit; or
     *     if the file's name ends with neither suffix
     * @throws IOException if reading fails
     */
    public static void load(Module module, Path file) throws IOException {
        read(file).load(module);
    }

    /**
     * {@return the arrays of a file in Ravine's layout, to be renamed, converted, or loaded as far as they fit}
     *
     * @param file a file that ends with {@code .safetensors} or {@code .npz}
     * @throws NoSuchFileException if the file does not exist
     * @throws MalformedFileException if the contents break the format
     * @throws IllegalArgumentException if the file's name ends with neither suffix
     * @throws IOException if reading fails
     */
    public static SavedWeights read(Path file) throws IOException {
        if (TORCH.stream().anyMatch(suffix -> endsWith(file, suffix))) {
            throw new IllegalArgumentException(
                    file + ": weights of PyTorch have another layout; read them by Weights.pytorch");
        }
        return SavedWeights.of(file.toString(), arrays(file));
    }

    /**
     * {@return the arrays of a file that PyTorch wrote; loading transposes the weights of linear layers, which PyTorch
     * keeps as [outputs, inputs]} The names of a {@code torch.nn.Sequential} are those of Ravine's; {@code LayerNorm}
     * calls {@code gain} what PyTorch calls {@code weight}.
     *
     * @param file a {@code state_dict} as {@code torch.save} writes it, which ends with {@code .pt}, {@code .pth} or
     *     {@code .bin}, or the same as {@code .safetensors} or {@code .npz}
     * @throws NoSuchFileException if the file does not exist
     * @throws MalformedFileException if the contents break the format, or hold anything but tensors
     * @throws IllegalArgumentException if the file's name has another suffix
     * @throws IOException if reading fails
     */
    public static SavedWeights pytorch(Path file) throws IOException {
        return SavedWeights.of(file.toString(), arrays(file)).transposed();
    }

    private static Map<String, INDArray> arrays(Path file) throws IOException {
        if (endsWith(file, NPZ)) {
            return Npz.read(file);
        }
        if (endsWith(file, SAFETENSORS)) {
            return Safetensors.read(file).arrays();
        }
        if (TORCH.stream().anyMatch(suffix -> endsWith(file, suffix))) {
            return PyTorch.read(file);
        }
        throw new IllegalArgumentException(file + ": weights are read from files that end with " + SAFETENSORS + " or "
                + NPZ + ", and PyTorch's from " + String.join(", ", TORCH) + " too; rename it");
    }

    private static boolean endsWith(Path file, String suffix) {
        return String.valueOf(file.getFileName()).endsWith(suffix);
    }
}
