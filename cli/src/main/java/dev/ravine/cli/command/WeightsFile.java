package dev.ravine.cli.command;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parameters in a safetensors file: of the net alone, or in a checkpoint. */
final class WeightsFile {
    private static final String CHECKPOINT_PREFIX = "model.";

    private WeightsFile() {}

    /** The parameters by their paths, converted to a dtype. */
    static Map<String, INDArray> read(Path file, DType dtype) throws IOException {
        Map<String, INDArray> arrays = Safetensors.read(file).arrays();
        boolean isCheckpoint = arrays.keySet().stream().anyMatch(name -> name.startsWith(CHECKPOINT_PREFIX));
        Map<String, INDArray> state = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (!isCheckpoint) {
                state.put(name, as(dtype, array));
            } else if (name.startsWith(CHECKPOINT_PREFIX)) {
                state.put(name.substring(CHECKPOINT_PREFIX.length()), as(dtype, array));
            }
        });
        return state;
    }

    private static INDArray as(DType dtype, INDArray array) {
        if (DType.of(array) == dtype) {
            return array;
        }
        INDArray copy = Arena.create(dtype, Shape.of(array));
        double[] numbers = Arena.toDoubles(array);
        Elements.of(copy).write(0, numbers.length, numbers);
        return copy;
    }
}
