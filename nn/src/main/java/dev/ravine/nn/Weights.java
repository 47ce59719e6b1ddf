package dev.ravine.nn;

import dev.ravine.core.ShapeException;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Npz;
import dev.ravine.core.io.Safetensors;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes and reads a module's parameters by path, as {@link Module#stateDict} names them. The file's name chooses the
 * format: {@code .safetensors}, or {@code .npz} for an archive of NumPy. Python reads and writes both.
 */
public final class Weights {
    private static final String SAFETENSORS = ".safetensors";
    private static final String NPZ = ".npz";

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
        if (isNpz(file)) {
            Npz.write(file, module.stateDict());
        } else {
            Safetensors.write(file, module.stateDict(), Map.of());
        }
    }

    /**
     * Overwrites all parameters, or none if an array does not fit.
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
        Map<String, INDArray> state =
                isNpz(file) ? Npz.read(file) : Safetensors.read(file).arrays();
        try {
            module.loadStateDict(state);
        } catch (IllegalArgumentException e) {
            String message = file + ": " + e.getMessage();
            throw e instanceof ShapeException ? new ShapeException(message) : new IllegalArgumentException(message, e);
        }
    }

    private static boolean isNpz(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(NPZ) && !name.endsWith(SAFETENSORS)) {
            throw new IllegalArgumentException(
                    file + ": weights are kept in files that end with " + SAFETENSORS + " or " + NPZ + "; rename it");
        }
        return name.endsWith(NPZ);
    }
}
