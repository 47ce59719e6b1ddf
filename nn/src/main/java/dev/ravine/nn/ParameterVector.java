package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All parameters of a module as one contiguous vector, in the order of {@link Module#namedParameters()}, each row by
 * row. The vector owns the memory of all parameters.
 */
public final class ParameterVector implements AutoCloseable {
    /**
     * A parameter's place in the vector.
     *
     * @param path its full name, such as {@code encoder.0.weight}
     * @param parameter the parameter
     * @param offset index of its first element
     */
    public record Segment(String path, Parameter parameter, long offset) {
        /** {@return the number of its elements} */
        public long size() {
            return parameter.shape().count();
        }
    }

    private static final String NAME = "the parameter vector";

    private final Arena arena = new Arena(NAME);
    private final Lifetime lifetime = new Lifetime(NAME, arena::close);
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

    /** Fills all parameters, each from a generator that depends on its path. */
    void initialize(Rng rng) {
        for (Segment s : segments) {
            Parameter parameter = s.parameter;
            try {
                parameter.initializer().fill(parameter.array(), parameter.fans(), rng.split(s.path));
            } catch (IllegalStateException e) {
                throw new IllegalStateException(
                        "parameter '" + s.path + "' " + parameter.shape() + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * {@return the numbers themselves, flat} Call {@link #touch()} after writing to them.
     *
     * @throws IllegalStateException if the vector is closed
     */
    public INDArray array() {
        lifetime.require();
        return array;
    }

    /** {@return the number of elements} */
    public long size() {
        return array.length();
    }

    /** {@return the floating-point type of all parameters} */
    public DType dtype() {
        return dtype;
    }

    /** {@return the parameters and their places, in order} */
    public List<Segment> segments() {
        return List.copyOf(segments);
    }

    /**
     * Tells graphs and programs that the numbers have changed in place.
     *
     * @throws IllegalStateException if the vector is closed
     */
    public void touch() {
        lifetime.require();
        segments.forEach(s -> s.parameter.touch());
    }

    /**
     * Overwrites all parameters.
     *
     * @param values a vector of the same length and dtype
     * @throws IllegalStateException if the vector is closed
     */
    public void set(INDArray values) {
        lifetime.require();
        Check.vector("the new parameters", values, dtype(), size());
        Vectors.copy(values, array);
        touch();
    }

    /**
     * Does something while the parameters have other values, then puts their own back, bit for bit.
     *
     * @param <T> of the result
     * @param values a vector of the same length and dtype
     * @param work such as a measurement; must not change parameters
     * @return the result of the work
     * @throws IllegalStateException if the vector is closed
     */
    public <T> T during(INDArray values, Supplier<T> work) {
        lifetime.require();
        INDArray own = Arena.copyOf(array);
        set(values);
        try {
            return work.get();
        } finally {
            set(own);
        }
    }

    /** {@return copies of the parameters by path, in order} */
    Map<String, INDArray> copies() {
        lifetime.require();
        Map<String, INDArray> state = new LinkedHashMap<>();
        segments.forEach(s -> state.put(s.path, Arena.copyOf(s.parameter.array())));
        return state;
    }

    /** {@return all paths, in order} */
    Collection<String> paths() {
        return segments.stream().map(Segment::path).toList();
    }

    /** {@return false if a parameter has moved to another vector, because a module inside or around was initialized} */
    boolean isCurrent() {
        return segments.stream().allMatch(s -> s.parameter.livesIn(array));
    }

    /**
     * Frees the memory, after computations in other threads that use it have ended. The module cannot be used until it
     * is initialized again.
     */
    @Override
    public void close() {
        lifetime.close();
    }

    /**
     * {@return where an element is, for messages: the parameter's path and the element within it}
     *
     * @param element an index into the flat vector
     */
    public String describe(long element) {
        for (Segment s : segments) {
            if (element >= s.offset() && element < s.offset() + s.size()) {
                return "'" + s.path() + "' at element " + (element - s.offset());
            }
        }
        return "at element " + element;
    }

    @Override
    public String toString() {
        return "ParameterVector[" + size() + " numbers of " + dtype + ", " + segments.size() + " parameters]";
    }
}
