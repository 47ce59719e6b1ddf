package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All numbers of a module by path.
 *
 * @param vector its parameters
 * @param buffers by path
 */
record ModuleState(ParameterVector vector, Map<String, Buffer> buffers) {
    /** Parameters, then buffers. */
    Map<String, INDArray> copies() {
        Map<String, INDArray> copies = vector.copies();
        buffers.forEach((path, buffer) -> copies.put(path, buffer.array()));
        return copies;
    }

    private Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        vector.segments().forEach(s -> shapes.put(s.path(), s.parameter().shape()));
        buffers.forEach((path, buffer) -> shapes.put(path, buffer.shape()));
        return shapes;
    }

    /** Overwrites all numbers, or none if an array does not fit. */
    void load(Map<String, INDArray> state) {
        Map<String, Shape> shapes = shapes();
        Set<String> missing = new TreeSet<>(shapes.keySet());
        missing.removeAll(state.keySet());
        Set<String> unknown = new TreeSet<>(state.keySet());
        unknown.removeAll(shapes.keySet());
        String misfits = misfits(state, shapes);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("the state does not fit this model: missing " + missing + ", unknown "
                    + unknown + (misfits.isEmpty() ? "" : ", and " + misfits) + "; the model has " + shapes.keySet());
        }
        if (!misfits.isEmpty()) {
            throw new ShapeException("the state does not fit this model: " + misfits);
        }
        vector.segments()
                .forEach(s -> Vectors.copy(
                        Arena.dense(state.get(s.path())), s.parameter().array()));
        buffers.forEach((path, buffer) -> buffer.set(state.get(path)));
        vector.touch();
    }

    /** Lists the arrays of a state whose shape or dtype is another one. */
    private String misfits(Map<String, INDArray> state, Map<String, Shape> shapes) {
        return shapes.entrySet().stream()
                .filter(e -> state.containsKey(e.getKey()))
                .filter(e -> !Shape.of(state.get(e.getKey())).equals(e.getValue())
                        || DType.of(state.get(e.getKey())) != vector.dtype())
                .map(e -> (buffers.containsKey(e.getKey()) ? "buffer '" : "parameter '") + e.getKey() + "' is "
                        + vector.dtype() + " " + e.getValue() + ", the state has " + DType.of(state.get(e.getKey()))
                        + " " + Shape.of(state.get(e.getKey())))
                .collect(Collectors.joining("; "));
    }
}
