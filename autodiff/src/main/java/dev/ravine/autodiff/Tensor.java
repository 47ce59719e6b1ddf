package dev.ravine.autodiff;

import dev.ravine.autodiff.LayoutOps.Fill;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An immutable node of a graph: an operation, its input tensors, a shape and a dtype. Methods build further nodes and
 * check shapes at once; numbers are computed when {@link #value()} asks for them, once.
 *
 * <p>Binary operations broadcast by NumPy's rule. Axes count from 0, or from the last one if negative. Methods throw
 * {@link ShapeException} if shapes or dtypes do not fit, naming the operation and both shapes.
 */
public final class Tensor extends TensorMath {
    private static final AtomicLong NODES = new AtomicLong();

    private final long id = NODES.getAndIncrement();
    private final Op op;
    private final List<Tensor> inputs;
    private final Shape shape;
    private final DType dtype;

    /** The numbers once computed, and the clock of variables at that time; see {@link Evaluation}. */
    INDArray computed;

    long computedAt;

    private Tensor(Op op, Tensor... inputs) {
        this.op = op;
        this.inputs = List.of(inputs);
        this.dtype = op.dtype(inputs);
        this.shape = op.infer(inputs);
    }

    // ---- where graphs begin -----------------------------------------------------------------------------------

    /**
     * {@return the result of an operation, one of Ravine's or of your own, on some inputs}
     *
     * @param op an operation
     * @param inputs its inputs
     */
    public static Tensor of(Op op, Tensor... inputs) {
        return new Tensor(op, inputs);
    }

    /**
     * {@return Numbers that never change; they are copied}
     *
     * @param values the numbers
     */
    public static Tensor constant(INDArray values) {
        return new Tensor(new Leaf.Constant(Arena.copyOf(values)));
    }

    /**
     * {@return Numbers that never change, given row by row}
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @param values the numbers
     */
    public static Tensor constant(DType dtype, Shape shape, double... values) {
        return new Tensor(new Leaf.Constant(Arena.of(dtype, shape, values)));
    }

    /**
     * {@return One number everywhere}
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @param value the number
     */
    public static Tensor fill(DType dtype, Shape shape, double value) {
        return new Tensor(new Fill(value, dtype, shape));
    }

    /**
     * Parameters: the array itself, not a copy. Its owner may change it in place and must then call {@link #touch()};
     * graphs whose values were computed before refuse to mix old numbers with new ones.
     *
     * @param name for errors
     * @param values the numbers
     * @return a leaf
     * @throws IllegalArgumentException if the array is not dense, row-major and floating-point
     */
    public static Tensor variable(String name, INDArray values) {
        if (!Arena.isDense(values) || !DType.of(values).isFloating()) {
            throw new IllegalArgumentException("variable '" + name + "' needs a dense row-major floating-point array,"
                    + " found " + DType.of(values) + " " + Shape.of(values) + "; pass Arena.dense(array)");
        }
        return new Tensor(new Leaf.Variable(name, values));
    }

    /**
     * A place for numbers that a {@link Program} is given before it runs.
     *
     * @param name for errors
     * @param dtype element type
     * @param shape sizes of the axes
     * @return the tensor
     */
    public static Tensor input(String name, DType dtype, Shape shape) {
        return new Tensor(new Leaf.Input(name, dtype, shape));
    }

    /**
     * Random numbers without a derivative: drawn once for {@link #value()}, and anew at each {@link Program#resample}.
     *
     * @param name for errors
     * @param dtype element type
     * @param shape sizes of the axes
     * @param seed tells this noise from others; noise with equal seeds draws the same
     * @param sampler fills an array from a generator
     * @return a leaf
     */
    public static Tensor noise(String name, DType dtype, Shape shape, long seed, NoiseSampler sampler) {
        return new Tensor(new Leaf.Noise(name, dtype, shape, false, seed, sampler));
    }

    /**
     * Noise of which each row of the first axis belongs to an example: what an example draws depends on the seeds and on
     * the example, not on its place in a batch, so it is the same in every batch that has the example.
     *
     * @param name for errors
     * @param dtype element type
     * @param shape sizes of the axes, the first one counting examples
     * @param seed tells this noise from others; noise with equal seeds draws the same
     * @param sampler fills a row from the example's own generator
     * @return a leaf
     */
    public static Tensor noisePerExample(String name, DType dtype, Shape shape, long seed, NoiseSampler sampler) {
        if (shape.rank() == 0) {
            throw new ShapeException("noise '" + name + "' for examples needs an axis of examples, found a scalar");
        }
        return new Tensor(new Leaf.Noise(name, dtype, shape, true, seed, sampler));
    }

    // ---- what a node is ---------------------------------------------------------------------------------------

    /** {@return the operation} */
    @Override
    public Op op() {
        return op;
    }

    /** {@return the inputs, in the operation's order} */
    public List<Tensor> inputs() {
        return inputs;
    }

    /**
     * {@return One input}
     *
     * @param i which
     */
    @Override
    public Tensor input(int i) {
        return inputs.get(i);
    }

    /** {@return the sizes of the axes} */
    @Override
    public Shape shape() {
        return shape;
    }

    /** {@return the element type} */
    @Override
    public DType dtype() {
        return dtype;
    }

    /** Grows with every node; inputs are older than what uses them. */
    long id() {
        return id;
    }

    // ---- numbers ----------------------------------------------------------------------------------------------

    /**
     * The numbers, computed on the first call.
     *
     * @return a copy that the caller owns
     * @throws IllegalStateException if a variable has changed since parts of this graph were computed, or if the graph
     *     begins at an {@link #input} that only a program can give
     */
    public INDArray value() {
        return Arena.copyOf(Evaluation.of(this));
    }

    /**
     * The number of a tensor with one element.
     *
     * @return its value
     * @throws ShapeException if there are more
     */
    public double scalar() {
        if (shape.count() != 1) {
            throw new ShapeException("scalar() needs one element, found shape " + shape + "; reduce it first");
        }
        return Evaluation.of(this).getDouble(0);
    }

    /**
     * Says that the array of this variable has been changed in place.
     *
     * @throws IllegalStateException if this is no variable
     */
    public void touch() {
        if (op instanceof Leaf.Variable variable) {
            variable.touch();
        } else {
            throw new IllegalStateException(op.name() + " is no variable: only variables change");
        }
    }

    // ---- several tensors ----------------------------------------------------------------------------------------

    /**
     * {@return a where the mask is not 0, else b}
     *
     * @param mask chooses
     * @param a the number
     * @param b where the mask is 0
     */
    public static Tensor where(Tensor mask, Tensor a, Tensor b) {
        Shape common = Shape.broadcast("where", mask.shape, Shape.broadcast("where", a.shape, b.shape));
        return of(new MaskOps.Where(), mask.broadcastTo(common), a.broadcastTo(common), b.broadcastTo(common));
    }

    /**
     * {@return Tensors one after the other along an axis; the others must agree}
     *
     * @param axis which axis
     * @param parts at least one
     */
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("concat: needs at least one tensor");
        }
        return of(new LayoutOps.Concat(parts[0].shape.axis(axis)), parts);
    }

    // ---- text -------------------------------------------------------------------------------------------------

    @Override
    public String toString() {
        String head = describe();
        return Evaluation.isPossible(this) ? head + "\n" + Evaluation.of(this) : head;
    }

    /** Name, shape and dtype, for errors. */
    String describe() {
        String name = op instanceof Leaf leaf ? leaf.name() + " '" + leaf.label() + "'" : op.name();
        return name + " " + shape + " " + dtype;
    }
}
