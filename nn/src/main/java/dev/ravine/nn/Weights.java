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
 * Writes and reads the parameters of a module by path, as {@link Module#stateDict} names them: safetensors for files that end with
 * {@code .safetensors}, NumPy's archives for {@code .npz}. Python reads and writes both.
 */
public final class Weights {
    private static final String SAFETENSORS = ".safetensors";
    private static final String NPZ = ".npz";

    private Weights() {}

    /**
     * Writes all parameters, whole or not at all.
     *
     * @param module initialized
     * @param file to make or replace
     * @throws IllegalArgumentException if the file's name ends otherwise
     * @throws IOException if writing fails; the file then stays as it was
     */
    public static void save(Module module, Path file) throws IOException {
        if (isNpz(file)) {
            Npz.write(file, module.stateDict());
        } else {
            Safetensors.write(file, module.stateDict(), Map.of());
        }
    }

    /**
     * Overwrites all parameters. Nothing is changed unless everything fits.
     *
     * @param module initialized
     * @param file with an array of the right shape and dtype for each parameter and nothing else
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format
     * @throws ShapeException if all names are right but a shape or dtype is not, naming each
     * @throws IllegalArgumentException if names are missing or unknown, naming all that does not fit; or if the file's name ends
     *     otherwise
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
