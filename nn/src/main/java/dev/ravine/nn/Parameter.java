package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.ArrayMemory;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A named array of a module that training changes. Its numbers are a view of the {@link ParameterVector}. */
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

    /** {@return the name inside its module, such as {@code weight}: the last part of its path} */
    public String name() {
        return name;
    }

    /** {@return the sizes of its axes} */
    public Shape shape() {
        return shape;
    }

    /** {@return what fills it when the module is initialized} */
    public Initializer initializer() {
        return initializer;
    }

    /** {@return the fan-in and fan-out that the initializer scales by} */
    public Fans fans() {
        return fans;
    }

    /**
     * {@return the tensor to use in {@link Module#forward}: the variable, or a constant with its value while frozen}
     *
     * @throws IllegalStateException if the module has not been initialized
     */
    public Tensor tensor() {
        return frozen ? variable().detach() : variable();
    }

    /**
     * {@return the leaf that derivatives are taken with respect to, frozen or not}
     *
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
     * {@return the numbers, a view of the parameter vector} Call {@link #touch()} after writing to it.
     *
     * @throws IllegalStateException if the module has not been initialized, or its parameter vector is closed
     */
    public INDArray array() {
        variable();
        ArrayMemory.requireOpen(array);
        return array;
    }

    /**
     * Tells graphs and programs that the numbers have changed in place.
     *
     * @throws IllegalStateException if the module has not been initialized
     */
    public void touch() {
        variable().touch();
    }

    /** {@return whether it is held constant} */
    public boolean isFrozen() {
        return frozen;
    }

    /** Holds it constant: its gradient and its part of every product become zero, and training does not change it. */
    public void freeze() {
        frozen = true;
    }

    /** Undoes {@link #freeze()}. */
    public void unfreeze() {
        frozen = false;
    }

    /** Makes it a view of a vector. */
    void place(String path, INDArray flat, long offset) {
        this.flat = flat;
        this.array = Arena.view(flat, offset, shape);
        this.variable = Tensor.variable(path, array);
    }

    /** Replaces the variable, for a graph of other parameters, and returns the previous one. */
    Tensor replace(Tensor standIn) {
        Tensor before = variable();
        variable = standIn;
        return before;
    }

    /** {@return whether it is a view of this vector} */
    boolean livesIn(INDArray vector) {
        return flat == vector;
    }

    @Override
    public String toString() {
        return "Parameter[" + name + " " + shape + ", " + initializer + "]";
    }
}
