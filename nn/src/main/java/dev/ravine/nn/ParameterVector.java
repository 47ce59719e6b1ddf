package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All parameters of a module as one contiguous vector: each parameter, in the order of
 * {@link Module#namedParameters()}, row by row. The vector owns the memory of all parameters.
 */
public final class ParameterVector implements AutoCloseable {
    /**
     * Where a parameter lies.
     *
     * @param path its full name, such as {@code encoder.0.weight}
     * @param parameter the parameter
     * @param offset its first element in the vector
     */
    public record Segment(String path, Parameter parameter, long offset) {
        /**
         * How long it is.
         *
         * @return the number of its elements
         */
        public long size() {
            return parameter.shape().count();
        }
    }

    private final Arena arena = new Arena();
    private final List<Segment> segments = new ArrayList<>();
    private final DType dtype;
    private final INDArray array;

    ParameterVector(Map<String, Parameter> parameters, DType dtype) {
        this.dtype = dtype;
        long size = 0;
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            segments.add(new Segment(entry.getKey(), entry.getValue(), size));
            size += entry.getValue().shape().count();
        }
        this.array = arena.allocate(dtype, Shape.of(size));
        segments.forEach(s -> s.parameter.place(s.path, array, s.offset));
    }

    /**
     * The numbers, in place. After writing to them call {@link #touch()}.
     *
     * @return a flat vector
     */
    public INDArray array() {
        return array;
    }

    /**
     * The number of parameters.
     *
     * @return the vector's length
     */
    public long size() {
        return array.length();
    }

    /**
     * The dtype of all parameters.
     *
     * @return a floating-point type
     */
    public DType dtype() {
        return dtype;
    }

    /**
     * Where each parameter lies.
     *
     * @return segments in the vector's order
     */
    public List<Segment> segments() {
        return List.copyOf(segments);
    }

    /** Says that the numbers have been changed in place. */
    public void touch() {
        segments.forEach(s -> s.parameter.touch());
    }

    /**
     * Overwrites all parameters.
     *
     * @param values a vector of the same length and dtype
     */
    public void set(INDArray values) {
        Vectors.copy(values, array);
        touch();
    }

    /**
     * The parameters by path, as copies.
     *
     * @return arrays in the vector's order
     */
    Map<String, INDArray> copies() {
        Map<String, INDArray> state = new LinkedHashMap<>();
        segments.forEach(s -> state.put(s.path, Arena.copyOf(s.parameter.array())));
        return state;
    }

    /**
     * The paths, for error messages.
     *
     * @return all paths
     */
    Collection<String> paths() {
        return segments.stream().map(Segment::path).toList();
    }

    /** Whether no other vector has taken over one of the parameters, as initializing a part or a whole of the module does. */
    boolean isCurrent() {
        return segments.stream().allMatch(s -> s.parameter.livesIn(array));
    }

    /** Returns the memory; the module cannot be used any more until it is initialized again. */
    @Override
    public void close() {
        arena.close();
    }
}
