package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A named, shaped part of a module that training changes. Its numbers live in the {@link ParameterVector}. */
public final class Parameter {
    private final String name;
    private final Shape shape;
    private final Initializer initializer;
    private final Fans fans;
    private Tensor variable;
    private INDArray flat;
    private INDArray array;
    private boolean frozen;

    Parameter(String name, Shape shape, Initializer initializer, Fans fans) {
        this.name = name;
        this.shape = shape;
        this.initializer = initializer;
        this.fans = fans;
    }

    /**
     * The name inside its module, such as {@code weight}.
     *
     * @return the last part of the path
     */
    public String name() {
        return name;
    }

    /**
     * The shape.
     *
     * @return its sizes
     */
    public Shape shape() {
        return shape;
    }

    /**
     * How its numbers begin.
     *
     * @return the initializer
     */
    public Initializer initializer() {
        return initializer;
    }

    /** {@return the fan-in and fan-out that the initializer scales by} */
    public Fans fans() {
        return fans;
    }

    /**
     * The parameter in a graph: a variable, or the same held constant while it is frozen.
     *
     * @return a tensor for {@link Module#forward}
     * @throws IllegalStateException if the module has not been initialized
     */
    public Tensor tensor() {
        return frozen ? variable().detach() : variable();
    }

    /**
     * The variable itself, frozen or not: what derivatives are taken with respect to.
     *
     * @return a leaf
     * @throws IllegalStateException if the module has not been initialized
     */
    public Tensor variable() {
        if (variable == null) {
            throw new IllegalStateException("parameter '" + name + "' " + shape
                    + " has no numbers yet; call initialize(dtype, seed) on the outermost module first");
        }
        return variable;
    }

    /**
     * The numbers, in place. After writing to them call {@link #touch()}.
     *
     * @return a view of the parameter vector
     * @throws IllegalStateException if the module has not been initialized
     */
    public INDArray array() {
        variable();
        return array;
    }

    /** Says that the numbers have been changed in place. */
    public void touch() {
        variable().touch();
    }

    /**
     * Whether derivatives take it as a constant.
     *
     * @return true after {@link #freeze()}
     */
    public boolean isFrozen() {
        return frozen;
    }

    /** Takes it as a constant: its gradient and its part of every product are zero, and training leaves it alone. */
    public void freeze() {
        frozen = true;
    }

    /** Lets training change it again. */
    public void unfreeze() {
        frozen = false;
    }

    void place(String path, INDArray flat, long offset) {
        this.flat = flat;
        this.array = Arena.view(flat, offset, shape);
        this.variable = Tensor.variable(path, array);
    }

    /** Puts a tensor in the variable's place while a graph is built, and returns the one that stood there. */
    Tensor replace(Tensor standIn) {
        Tensor before = variable();
        variable = standIn;
        return before;
    }

    /** Whether a vector's memory is where the numbers are. */
    boolean livesIn(INDArray vector) {
        return flat == vector;
    }
}
