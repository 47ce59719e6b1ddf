package dev.ravine.core;

import java.io.Serial;

/**
 * Shapes or dtypes that do not fit an operation. The message names the operation, what it expected and what it found.
 */
public class ShapeException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The names of the layers, innermost last; empty outside any module. */
    private final String path;

    /** What is wrong, without where. */
    private final String problem;

    /**
     * An error outside of any layer.
     *
     * @param problem the operation, what it expected and what it found
     */
    public ShapeException(String problem) {
        this("", problem, null);
    }

    private ShapeException(String path, String problem, Throwable cause) {
        super(path.isEmpty() ? problem : "in layer '" + path + "': " + problem, cause);
        this.path = path;
        this.problem = problem;
    }

    /**
     * The same error, seen from the layer around it; modules call this as the error passes through them.
     *
     * @param layer the name of the enclosing layer
     * @return an error whose message carries the path down to the operation
     */
    public ShapeException within(String layer) {
        return new ShapeException(path.isEmpty() ? layer : layer + "." + path, problem, this);
    }
}
