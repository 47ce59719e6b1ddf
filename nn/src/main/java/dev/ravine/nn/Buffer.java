package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array that belongs to the state of a module, such as a running mean, but is no parameter: it has no place in the
 * parameter vector, no derivative, and no optimizer changes it. It is saved and loaded with the parameters.
 */
public final class Buffer {
    private final Shape shape;
    private final double value;
    private INDArray array;
    private Tensor variable;
    private long version;

    Buffer(Shape shape, double value) {
        this.shape = shape;
        this.value = value;
    }

    /** {@return the sizes of its axes} */
    public Shape shape() {
        return shape;
    }

    /**
     * {@return the tensor to use in {@link Module#forward}}
     *
     * @throws IllegalStateException if the module has not been initialized
     */
    public Tensor tensor() {
        require();
        return variable;
    }

    /**
     * {@return a copy of the numbers}
     *
     * @throws IllegalStateException if the module has not been initialized
     */
    public INDArray array() {
        require();
        return Arena.copyOf(array);
    }

    /**
     * Overwrites the numbers. Graphs and programs that hold the old ones are planned again, as after a change of mode.
     *
     * @param numbers of its size and dtype
     * @throws IllegalStateException if the module has not been initialized
     */
    public void set(INDArray numbers) {
        require();
        INDArray dense = Arena.dense(numbers);
        Check.vector(
                "the new numbers of a buffer",
                Arena.view(dense, 0, Shape.of(dense.length())),
                DType.of(array),
                array.length());
        Vectors.copy(dense, array);
        variable.touch();
        version++;
    }

    DType dtype() {
        return DType.of(array);
    }

    /** Increases with every change. */
    long version() {
        return version;
    }

    void place(String path, DType dtype) {
        array = Arena.create(dtype, shape);
        Vectors.fill(array, value);
        variable = Tensor.variable(path, array);
        version++;
    }

    /** Its present numbers in a dtype. */
    Tensor constant(DType dtype) {
        return Tensor.constant(dtype, shape, Arena.toDoubles(array));
    }

    /** Replaces the variable, for a graph of other numbers, and returns the previous one. */
    Tensor replace(Tensor standIn) {
        Tensor before = tensor();
        variable = standIn;
        return before;
    }

    private void require() {
        if (array == null) {
            throw new IllegalStateException("a buffer " + shape
                    + " has no numbers yet; call initialize(dtype, seed) on the outermost module first");
        }
    }
}
