package dev.ravine.autodiff;

import dev.ravine.autodiff.LayoutOps.Fill;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An immutable node of a graph: an operation, its operands, a shape and a dtype. Methods build further nodes and check
 * shapes immediately; {@link #value()} computes the numbers on its first call.
 *
 * <p>Binary operations broadcast by NumPy's rule. Axes count from 0, or from the last axis if negative. Methods throw
 * {@link ShapeException} if shapes or dtypes do not fit; the message names the operation and both shapes.
 *
 * <p>An operand with the same number in every element simplifies the result: x + 0 is x, and x times a constant is a
 * scaling. Graphs of derivatives are full of such operands.
 */
public final class Tensor {
    private static final AtomicLong NODES = new AtomicLong();

    private final long id = NODES.getAndIncrement();
    private final Op op;
    private final List<Tensor> operands;
    private final Shape shape;
    private final DType dtype;

    /** The numbers once computed, and the clock of variables at that time; see {@link Evaluation}. */
    INDArray computed;

    long computedAt;

    private Tensor(Op op, Tensor... operands) {
        this.op = op;
        this.operands = List.of(Check.noNullsIn("the operands of an operation", operands));
        this.dtype = op.dtype(operands);
        this.shape = op.infer(operands);
    }

    // ---- where graphs begin -----------------------------------------------------------------------------------

    /**
     * {@return the result of applying an operation, built in or custom}
     *
     * @param op an operation
     * @param operands its operands, in the operation's order
     */
    public static Tensor of(Op op, Tensor... operands) {
        return new Tensor(op, operands);
    }

    /**
     * {@return a constant with a copy of these numbers}
     *
     * @param values the numbers
     */
    public static Tensor constant(INDArray values) {
        return new Tensor(new Leaf.Constant(Arena.copyOf(values)));
    }

    /**
     * {@return a constant with these numbers, given row by row}
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @param values the numbers
     * @throws IllegalArgumentException if the dtype does not hold one of the numbers, as in {@link Arena#of}
     */
    public static Tensor constant(DType dtype, Shape shape, double... values) {
        return new Tensor(new Leaf.Constant(Arena.of(dtype, shape, values)));
    }

    /**
     * {@return a constant with the same number in every element}
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @param value the number
     * @throws IllegalArgumentException if the dtype does not hold it, as in {@link Arena#of}
     */
    public static Tensor fill(DType dtype, Shape shape, double value) {
        return new Tensor(new Fill(dtype.checked(value), dtype, shape));
    }

    /**
     * {@return a variable that reads the array itself, not a copy} The owner may change the array in place and must
     * then call {@link #touch()}. A graph that was evaluated earlier throws instead of mixing old and new numbers.
     *
     * @param name its name in errors
     * @param values the numbers
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
     * {@return a placeholder, to be set in a {@link Program} before it runs}
     *
     * @param name its name in errors
     * @param dtype element type
     * @param shape sizes of the axes
     */
    public static Tensor input(String name, DType dtype, Shape shape) {
        return new Tensor(new Leaf.Input(name, dtype, shape));
    }

    /**
     * {@return random numbers, drawn once for {@link #value()} and again at each {@link Program#resample}} Their
     * derivative is 0.
     *
     * @param name its name in errors
     * @param dtype element type
     * @param shape sizes of the axes
     * @param seed distinguishes this noise from others; equal seeds draw equal numbers
     * @param sampler fills an array from a generator
     */
    public static Tensor noise(String name, DType dtype, Shape shape, long seed, NoiseSampler sampler) {
        return new Tensor(new Leaf.Noise(name, dtype, shape, false, seed, sampler));
    }

    /**
     * {@return noise with one row for each example} An example's row depends on the seeds and on the example, not on
     * its position in the batch. So it is the same in every batch that contains the example.
     *
     * @param name its name in errors
     * @param dtype element type
     * @param shape sizes of the axes; the first is the number of examples
     * @param seed distinguishes this noise from others; equal seeds draw equal numbers
     * @param sampler fills a row from the example's own generator
     */
    public static Tensor noisePerExample(String name, DType dtype, Shape shape, long seed, NoiseSampler sampler) {
        if (shape.rank() == 0) {
            throw new ShapeException("noise '" + name + "' for examples needs an axis of examples, found a scalar");
        }
        return new Tensor(new Leaf.Noise(name, dtype, shape, true, seed, sampler));
    }

    /** {@return the seeds of all noise that this tensor is computed from, its own included, as a new set} */
    public Set<Long> noiseSeeds() {
        Set<Long> seeds = new HashSet<>();
        for (Tensor t : Graph.ancestors(List.of(this))) {
            if (t.op() instanceof Leaf.Noise noise) {
                seeds.add(noise.seed());
            }
        }
        return seeds;
    }

    // ---- what a node is ---------------------------------------------------------------------------------------

    /** {@return the operation} */
    public Op op() {
        return op;
    }

    /** {@return the name that a leaf was given, or that of the operation} */
    public String name() {
        return op instanceof Leaf leaf ? leaf.label() : op.name();
    }

    /** {@return the operands, in the operation's order} */
    public List<Tensor> operands() {
        return operands;
    }

    /**
     * {@return one operand}
     *
     * @param i its index, from 0
     */
    public Tensor operand(int i) {
        if (i < 0 || i >= operands.size()) {
            throw new IllegalArgumentException("a tensor made by " + op + " has " + operands.size()
                    + " operands, counted from 0, and none of index " + i);
        }
        return operands.get(i);
    }

    /** {@return the sizes of the axes} */
    public Shape shape() {
        return shape;
    }

    /** {@return the element type} */
    public DType dtype() {
        return dtype;
    }

    /** Increases with every new node, so operands have smaller ids than the nodes that use them. */
    long id() {
        return id;
    }

    // ---- numbers ----------------------------------------------------------------------------------------------

    /**
     * {@return a copy of the numbers, which are computed on the first call}
     *
     * @throws IllegalStateException if a variable has changed since parts of this graph were computed, or if the graph
     *     depends on an {@link #input}, which only a program can set
     */
    public INDArray value() {
        return Arena.copyOf(Evaluation.of(this));
    }

    /**
     * {@return the number of a tensor with one element}
     *
     * @throws ShapeException if it has more than one element, or none
     */
    public double scalar() {
        if (shape.count() != 1) {
            throw new ShapeException("scalar() needs one element, found shape " + shape + "; reduce it first");
        }
        return Elements.of(Evaluation.of(this)).get(0);
    }

    /**
     * Declares that the array of this variable was changed in place.
     *
     * @throws IllegalStateException if this is not a variable
     */
    public void touch() {
        if (op instanceof Leaf.Variable variable) {
            variable.touch();
        } else {
            throw new IllegalStateException(op.name() + " is no variable: only variables change");
        }
    }

    // ---- arithmetic -------------------------------------------------------------------------------------------

    /**
     * {@return this + other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor add(Tensor other) {
        if (isFill(other, 0)) {
            return broadcastTo(Shape.broadcast("add", shape, other.shape()));
        }
        return isFill(this, 0) && other.dtype() == dtype
                ? other.add(this)
                : Tensor.of(new BinaryOps.Add(), this, other);
    }

    /**
     * {@return this - other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor sub(Tensor other) {
        return isFill(other, 0) ? add(other) : Tensor.of(new BinaryOps.Sub(), this, other);
    }

    /**
     * {@return this * other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor mul(Tensor other) {
        if (op instanceof Fill && !(other.op() instanceof Fill)) {
            return other.mul(this);
        }
        if (other.op() instanceof Fill f && f.type() == dtype) {
            return mul(f.value()).broadcastTo(Shape.broadcast("mul", shape, other.shape()));
        }
        return Tensor.of(new BinaryOps.Mul(), this, other);
    }

    /**
     * {@return this / other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor div(Tensor other) {
        return Tensor.of(new BinaryOps.Div(), this, other);
    }

    /**
     * {@return this + a}
     *
     * @param a the number
     */
    public Tensor add(double a) {
        return a == 0 ? this : Tensor.of(new UnaryOps.AddScalar(a), this);
    }

    /**
     * {@return this - a}
     *
     * @param a the number
     */
    public Tensor sub(double a) {
        return add(-a);
    }

    /**
     * {@return a - this, such as 1 - x}
     *
     * @param a the number
     */
    public Tensor subtractedFrom(double a) {
        return neg().add(a);
    }

    /**
     * {@return this * a}
     *
     * @param a the number
     */
    public Tensor mul(double a) {
        if (op instanceof Fill f) {
            return filled(f.value() * a);
        }
        return a == 1 ? this : a == -1 ? neg() : Tensor.of(new UnaryOps.Scale(a), this);
    }

    /**
     * {@return this / a}
     *
     * @param a the number
     */
    public Tensor div(double a) {
        if (op instanceof Fill f) {
            return filled(f.value() / a);
        }
        return a == 1 ? this : Tensor.of(new UnaryOps.DivScalar(a), this);
    }

    /** {@return -this} */
    public Tensor neg() {
        return op instanceof Fill ? mul(-1.0) : Tensor.of(new UnaryOps.Neg(), this);
    }

    /** {@return e^this} */
    public Tensor exp() {
        return Tensor.of(UnaryOps.EXP, this);
    }

    /** {@return e^this - 1, accurate near 0} */
    public Tensor expm1() {
        return Tensor.of(UnaryOps.EXPM1, this);
    }

    /** {@return the natural logarithm} */
    public Tensor log() {
        return Tensor.of(UnaryOps.LOG, this);
    }

    /** {@return ln(1 + this), accurate near 0} */
    public Tensor log1p() {
        return Tensor.of(UnaryOps.LOG1P, this);
    }

    /** {@return the square root} */
    public Tensor sqrt() {
        return Tensor.of(UnaryOps.SQRT, this);
    }

    /** {@return the square} */
    public Tensor square() {
        return Tensor.of(UnaryOps.SQUARE, this);
    }

    /** {@return 1 / this} */
    public Tensor reciprocal() {
        return Tensor.of(UnaryOps.RECIPROCAL, this);
    }

    /**
     * {@return this to the power p}
     *
     * @param p the exponent
     */
    public Tensor pow(double p) {
        if (p == 0) {
            return filled(1);
        }
        return p == 1 ? this : p == 2 ? square() : Tensor.of(new UnaryOps.PowScalar(p), this);
    }

    /**
     * {@return this to the power of other, elementwise} As in PyTorch, 0^0 is 1, x^0 has the derivative 0 everywhere,
     * and the derivative with respect to the exponent is 0 at 0^p for p of at least 0.
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor pow(Tensor other) {
        Shape common = Shape.broadcast("pow", shape, other.shape());
        return Tensor.of(new BinaryOps.Pow(0), broadcastTo(common), other.broadcastTo(common));
    }

    /** {@return the absolute value; its derivative at 0 is 0} */
    public Tensor abs() {
        return Tensor.of(UnaryOps.ABS, this);
    }

    /**
     * {@return the larger of this and other, elementwise; where they are equal, each gets half of the derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor maximum(Tensor other) {
        Shape common = Shape.broadcast("maximum", shape, other.shape());
        return Tensor.of(new BinaryOps.Maximum(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return the smaller of this and other, elementwise; where they are equal, each gets half of the derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor minimum(Tensor other) {
        Shape common = Shape.broadcast("minimum", shape, other.shape());
        return Tensor.of(new BinaryOps.Minimum(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return this, clipped to [low, high]; its derivative at the limits is 1}
     *
     * @param low lower limit
     * @param high upper limit
     */
    public Tensor clip(double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("clip: low must not exceed high, found " + low + " and " + high);
        }
        return Tensor.of(new UnaryOps.Clip(low, high), this);
    }

    /** {@return the sine} */
    public Tensor sin() {
        return Tensor.of(UnaryOps.SIN, this);
    }

    /** {@return the cosine} */
    public Tensor cos() {
        return Tensor.of(UnaryOps.COS, this);
    }

    /** {@return the arc tangent, between -pi/2 and pi/2} */
    public Tensor atan() {
        return Tensor.of(UnaryOps.ATAN, this);
    }

    /**
     * {@return the distribution function of the standard normal distribution at this, (1 + erf(x / sqrt 2)) / 2, with a
     * small relative error in the left tail too}
     */
    public Tensor normalDistribution() {
        return Tensor.of(UnaryOps.NORMAL_DISTRIBUTION, this);
    }

    /** {@return the error function} */
    public Tensor erf() {
        return Tensor.of(UnaryOps.ERF, this);
    }

    // ---- activations ------------------------------------------------------------------------------------------

    /**
     * {@return the hyperbolic tangent y; its derivative is 1 - y^2, which rounds to 0 where y rounds to 1 or -1}
     */
    public Tensor tanh() {
        return Tensor.of(Activations.TANH, this);
    }

    /**
     * {@return the logistic function y, 1 / (1 + e^-this); its derivative is y (1 - y), which rounds to 0 where y
     * rounds to 1} The second derivative of {@link #softplus} is the same, with all digits in both tails, and takes an
     * exponential more.
     */
    public Tensor sigmoid() {
        return Tensor.of(Activations.SIGMOID, this);
    }

    /** {@return max(this, 0); its derivative at 0 is 0} */
    public Tensor relu() {
        return Tensor.of(Activations.RELU, this);
    }

    /**
     * {@return this where it is positive, slope * this elsewhere; its derivative at 0 is the slope}
     *
     * @param slope the factor where this is negative
     */
    public Tensor leakyRelu(double slope) {
        return Activations.leakyRelu(this, slope);
    }

    /**
     * {@return this where it is positive, alpha (e^this - 1) elsewhere; its derivative at 0 is alpha}
     *
     * @param alpha minus the limit at -infinity
     */
    public Tensor elu(double alpha) {
        return Tensor.of(new Activations.Elu(alpha), this);
    }

    /** {@return ln(1 + e^this)} */
    public Tensor softplus() {
        return Tensor.of(new Activations.Softplus(), this);
    }

    /** {@return this times the standard normal distribution function of this} */
    public Tensor gelu() {
        return Activations.gelu(this);
    }

    /** {@return this times the logistic function of this} */
    public Tensor silu() {
        return Activations.silu(this);
    }

    // ---- losses -----------------------------------------------------------------------------------------------

    /**
     * {@return -ln softmax(this)[target] of each row, of shape [examples]} It keeps its digits where this is nearly 0,
     * and a class with the logit -infinity has the probability 0.
     *
     * @param targets INT64 labels [examples], or probabilities of the shape of this, [examples, classes]
     */
    public Tensor softmaxCrossEntropy(Tensor targets) {
        return targets.dtype() == DType.INT64
                ? Tensor.of(new LossOps.SoftmaxCrossEntropyOfLabels(), this, targets)
                : Tensor.of(new LossOps.SoftmaxCrossEntropy(), this, targets);
    }

    /**
     * {@return -t ln s(this) - (1 - t) ln(1 - s(this)) of each element, with targets t and the logistic function s} It
     * keeps its digits where this is nearly 0.
     *
     * @param targets probabilities, of the shape of this
     */
    public Tensor logisticCrossEntropy(Tensor targets) {
        return Tensor.of(new LossOps.LogisticCrossEntropy(), this, targets);
    }

    /**
     * {@return this^2 / 2 where |this| is at most delta, else delta (|this| - delta / 2)}
     *
     * @param delta positive, may be infinite
     * @throws IllegalArgumentException if delta is not positive
     */
    public Tensor huber(double delta) {
        return Tensor.of(new LossOps.Huber(delta), this);
    }

    // ---- masks ------------------------------------------------------------------------------------------------

    /** {@return 1 where this is positive, 0 elsewhere, NaN where it is NaN; the derivative is 0} */
    public Tensor step() {
        return Tensor.of(new MaskOps.Step(), this);
    }

    /** {@return the sign, -1, 0 or 1; the derivative is 0} */
    public Tensor sign() {
        return Tensor.of(new MaskOps.Sign(), this);
    }

    /**
     * {@return 1 where this is greater than other, 0 elsewhere; the derivative is 0}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor greater(Tensor other) {
        Shape common = Shape.broadcast("greater", shape, other.shape());
        return Tensor.of(new MaskOps.Greater(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return 1 where this is less than other, 0 elsewhere; the derivative is 0}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor less(Tensor other) {
        return other.greater(this);
    }

    /**
     * {@return 1 where this equals other, 0 elsewhere; the derivative is 0}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor equalTo(Tensor other) {
        Shape common = Shape.broadcast("equal", shape, other.shape());
        return Tensor.of(new MaskOps.Equal(), broadcastTo(common), other.broadcastTo(common));
    }

    /** {@return the same numbers, treated as constants by derivatives} */
    public Tensor detach() {
        return Tensor.of(new MaskOps.Detach(), this);
    }

    /**
     * {@return the same numbers, which loss, gradient and Hessian differentiate, and matrices J' M J, such as
     * Gauss-Newton, take as a constant} So batch normalization may hold its statistics in the curvature of a step.
     */
    public Tensor heldInCurvature() {
        return Tensor.of(new HeldInCurvature(), this);
    }

    // ---- products ---------------------------------------------------------------------------------------------

    /**
     * {@return the matrix product; with more than two axes, a product for each index of the leading axes, which
     * broadcast}
     *
     * @param other the right factor
     */
    public Tensor matmul(Tensor other) {
        return matmul(other, false, false);
    }

    /**
     * {@return the matrix product of the factors or their transposes}
     *
     * @param other the right factor
     * @param transposeThis whether to swap the last two axes of this
     * @param transposeOther whether to swap the last two axes of other
     */
    public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
        if (op instanceof LayoutOps.Permute p && MatrixOps.isTransposition(p.order())) {
            return operand(0).matmul(other, !transposeThis, transposeOther);
        }
        if (other.op() instanceof LayoutOps.Permute p && MatrixOps.isTransposition(p.order())) {
            return matmul(other.operand(0), transposeThis, !transposeOther);
        }
        if (shape.rank() <= 2 && other.shape().rank() <= 2) {
            return Tensor.of(new MatrixOps.MatMul(transposeThis, transposeOther), this, other);
        }
        boolean isRowsTimesMatrix = other.shape().rank() == 2
                && !transposeThis
                && shape.size(-1) == other.shape().size(transposeOther ? 1 : 0);
        return isRowsTimesMatrix
                ? MatrixOps.ofAllRows(this, other, transposeOther)
                : Tensor.of(new MatrixOps.BatchMatMul(transposeThis, transposeOther), this, other);
    }

    // ---- reductions -------------------------------------------------------------------------------------------

    /**
     * {@return the sum over the named axes, which are removed}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor sum(int... axes) {
        return sumKeeping(axes).reshape(shape.dropping(shape.axes(axes)));
    }

    /**
     * {@return the sum over the named axes, which are kept with size 1}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor sumKeeping(int... axes) {
        int[] normal = shape.axes(axes);
        if (op instanceof Fill f) {
            return Tensor.fill(dtype, shape.keeping(normal), f.value() * reduced(normal));
        }
        return reduced(normal) == 1
                ? reshape(shape.keeping(normal))
                : Tensor.of(new ReductionOps.Sum(list(normal)), this);
    }

    /**
     * {@return the mean over the named axes, which are removed; NaN if there are no elements}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor mean(int... axes) {
        return meanKeeping(axes).reshape(shape.dropping(shape.axes(axes)));
    }

    /**
     * {@return the mean over the named axes, which are kept with size 1; NaN if there are no elements}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor meanKeeping(int... axes) {
        int[] normal = shape.axes(axes);
        if (op instanceof Fill f && reduced(normal) > 0) {
            return Tensor.fill(dtype, shape.keeping(normal), f.value());
        }
        return reduced(normal) == 1
                ? reshape(shape.keeping(normal))
                : Tensor.of(new ReductionOps.Sum(list(normal), reduced(normal)), this);
    }

    /**
     * {@return the maximum over the named axes, which are removed; equal maxima share the derivative equally}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor max(int... axes) {
        int[] normal = shape.axes(axes);
        return Tensor.of(new ReductionOps.Max(list(normal)), this).reshape(shape.dropping(normal));
    }

    /**
     * {@return the minimum over the named axes, which are removed; equal minima share the derivative equally}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor min(int... axes) {
        return neg().max(axes).neg();
    }

    /**
     * {@return the mean of squared deviations from the mean over the named axes, which are removed} PyTorch divides by
     * one less unless told otherwise.
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor variance(int... axes) {
        return sub(meanKeeping(axes)).square().mean(axes);
    }

    /**
     * {@return the sums of the first 1, 2, 3, ... numbers along an axis, of the same shape}
     *
     * @param axis which axis
     */
    public Tensor cumulativeSum(int axis) {
        return Tensor.of(new ReductionOps.CumulativeSum(shape.axis(axis), false), this);
    }

    /**
     * {@return ln sum e^this over the named axes, which are removed}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor logSumExp(int... axes) {
        return logSumExpKeeping(axes).reshape(shape.dropping(shape.axes(axes)));
    }

    /**
     * {@return ln sum e^this over the named axes, which are kept with size 1}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor logSumExpKeeping(int... axes) {
        return Tensor.of(new SoftmaxOps.LogSumExp(list(shape.axes(axes))), this);
    }

    /**
     * {@return e^this / sum e^this along the named axes}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor softmax(int... axes) {
        return Tensor.of(new SoftmaxOps.Softmax(list(shape.axes(axes))), this);
    }

    /**
     * {@return the logarithm of the softmax, which keeps its digits where it is nearly 0}
     *
     * @param axes axes to reduce; all if none is named
     */
    public Tensor logSoftmax(int... axes) {
        return Tensor.of(new SoftmaxOps.LogSoftmax(list(shape.axes(axes))), this);
    }

    /**
     * {@return (this - mean) / sqrt(variance + epsilon), with mean and variance along the last axis} The variance is
     * the mean of squared deviations, and does not overflow or underflow before the result does.
     *
     * @param epsilon added to the variance, at least 0
     * @throws IllegalArgumentException if epsilon is negative or not finite
     */
    public Tensor standardize(double epsilon) {
        return Tensor.of(new StandardizeOps.Standardize(epsilon), this);
    }

    private long reduced(int[] axes) {
        return Arrays.stream(axes).mapToLong(shape::size).reduce(1, (a, b) -> a * b);
    }

    // ---- layout -----------------------------------------------------------------------------------------------

    /**
     * {@return the same numbers in the same order under another shape}
     *
     * @param newShape a shape with the same number of elements
     */
    public Tensor reshape(Shape newShape) {
        if (newShape.equals(shape)) {
            return this;
        }
        return op instanceof Fill f && newShape.count() == shape.count()
                ? Tensor.fill(dtype, newShape, f.value())
                : Tensor.of(new LayoutOps.Reshape(newShape), this);
    }

    /**
     * {@return the same numbers in the same order under another shape}
     *
     * @param dims the sizes of the axes; one of them may be -1 and follows from the others
     */
    public Tensor reshape(long... dims) {
        return reshape(LayoutOps.completed(shape, dims));
    }

    /** {@return the transpose of this matrix} */
    public Tensor transpose() {
        if (shape.rank() != 2) {
            throw new ShapeException("transpose: needs a matrix, found shape " + shape + "; use permute");
        }
        return permute(1, 0);
    }

    /**
     * {@return this with its axes reordered: axis i of the result is axis order[i] of this}
     *
     * @param order every axis, once; from 0, or negative to count from the last one
     */
    public Tensor permute(int... order) {
        return Tensor.of(new LayoutOps.Permute(LayoutOps.order(shape, order)), this);
    }

    /**
     * {@return the block with indices [from, to) along one axis}
     *
     * @param axis which axis
     * @param from first index
     * @param to index after the last
     */
    public Tensor slice(int axis, long from, long to) {
        return Tensor.of(new LayoutOps.Slice(shape.axis(axis), from, to), this);
    }

    /**
     * {@return every step-th slice with indices from, from + step, ... below to along one axis}
     *
     * @param axis which axis
     * @param from first index
     * @param to index after the last
     * @param step at least 1
     */
    public Tensor slice(int axis, long from, long to, long step) {
        return step == 1 ? slice(axis, from, to) : of(new StepOps.Every(shape.axis(axis), from, to, step), this);
    }

    /**
     * {@return what is at some indices of the first axes, which are removed: an element if there is an index for each}
     *
     * @param index of each of the first axes, from 0, or negative to count from the last one
     * @throws ShapeException if an index is outside of its axis, or if there are more indices than axes
     */
    public Tensor get(long... index) {
        return Layouts.get(this, index);
    }

    /**
     * {@return this with zeros added along one axis}
     *
     * @param axis which axis
     * @param before the number of zeros before the first element, at least 0
     * @param after the number of zeros after the last element, at least 0
     */
    public Tensor pad(int axis, long before, long after) {
        return Layouts.padded(this, shape.axis(axis), before, after);
    }

    /**
     * {@return the same numbers in another dtype} To {@link DType#INT64} they are cut to whole numbers, and what INT64
     * does not hold is an error at the run. The derivative from and to INT64 is 0.
     *
     * @param type the dtype of the result
     */
    public Tensor cast(DType type) {
        return type == dtype ? this : of(new Cast(type), this);
    }

    /**
     * {@return this, repeated to a larger shape by NumPy's rule}
     *
     * @param larger the shape to repeat to
     */
    public Tensor broadcastTo(Shape larger) {
        if (larger.equals(shape)) {
            return this;
        }
        return op instanceof Fill f && shape.broadcastsTo(larger)
                ? Tensor.fill(dtype, larger, f.value())
                : Tensor.of(new LayoutOps.Broadcast(larger), this);
    }

    /**
     * {@return the sum over the axes that {@link #broadcastTo} would repeat; it is that method's transpose}
     *
     * @param smaller a shape that broadcasts to this tensor's shape
     */
    public Tensor sumTo(Shape smaller) {
        if (!smaller.broadcastsTo(shape)) {
            throw new ShapeException("sumTo: " + smaller + " does not broadcast to " + shape);
        }
        int[] repeated = LayoutOps.repeatedAxes(smaller, shape);
        return (repeated.length == 0 ? this : sumKeeping(repeated)).reshape(smaller);
    }

    // ---- rows by index ----------------------------------------------------------------------------------------

    /**
     * {@return the rows this[rows[i]] along the first axis}
     *
     * @param rows INT64 indices, of any shape
     */
    public Tensor gather(Tensor rows) {
        return Tensor.of(new IndexOps.Gather(), this, rows);
    }

    /**
     * {@return the slices this[..., indices[i], ...] along any axis, which the axes of the indices replace}
     *
     * @param axis which axis
     * @param indices INT64, of any shape
     */
    public Tensor gather(int axis, Tensor indices) {
        return IndexOps.gather(this, shape.axis(axis), indices);
    }

    /**
     * {@return for each place an element along one axis: y[.., j, ..] = this[.., places[.., j, ..], ..]} PyTorch calls
     * this gather.
     *
     * @param axis which axis
     * @param places INT64, of this tensor's sizes along all other axes
     */
    public Tensor gatherAlong(int axis, Tensor places) {
        return of(new IndexOps.GatherAlong(shape.axis(axis)), this, places);
    }

    /**
     * {@return zeros to which each element is added at its place along one axis; the transpose of {@link #gatherAlong}}
     *
     * @param axis which axis
     * @param places INT64, of this tensor's shape; places may repeat
     * @param size of the result along the axis
     */
    public Tensor scatterAddAlong(int axis, Tensor places, long size) {
        return of(new IndexOps.ScatterAddAlong(shape.axis(axis), size), this, places);
    }

    /**
     * {@return zeros to which row i of this is added at row rows[i]; indices may repeat}
     *
     * @param rows INT64 indices
     * @param count the number of rows of the result
     */
    public Tensor scatterAdd(Tensor rows, long count) {
        return Tensor.of(new IndexOps.ScatterAdd(count), this, rows);
    }

    /**
     * {@return the one-hot code of INT64 labels: along a new last axis, 1 at the label's index and 0 elsewhere}
     *
     * @param classes the size of the new axis
     * @param type the dtype of the result
     */
    public Tensor oneHot(int classes, DType type) {
        return Tensor.of(new IndexOps.OneHot(classes, type), this);
    }

    /**
     * {@return a constant of this shape and dtype with the same number in every element}
     *
     * @param value the number
     */
    public Tensor filled(double value) {
        return Tensor.fill(dtype, shape, value);
    }

    /** Whether t has this value in every element, and this tensor's dtype. */
    private boolean isFill(Tensor t, double value) {
        return t.op() instanceof Fill f && f.value() == value && f.type() == dtype;
    }

    private static List<Integer> list(int[] axes) {
        return Arrays.stream(axes).boxed().toList();
    }

    // ---- windows over images ----------------------------------------------------------------------------------------

    /**
     * {@return the convolution of these images [examples, height, width, channels] with weights: [examples, output
     * height, output width, outputs]} As in PyTorch, the weights are not flipped.
     *
     * @param weights [rows, columns, channels / groups, outputs]
     * @param window of as many rows and columns
     * @param groups the number of groups of channels and outputs that do not meet; it divides both
     */
    public Tensor conv2d(Tensor weights, Window window, long groups) {
        return of(new ConvolutionOps.Conv(window, groups), this, weights);
    }

    /**
     * {@return the transpose of {@link #conv2d} by the images: these outputs handed back to images of a given size}
     *
     * @param weights [rows, columns, channels / groups, outputs], as of the convolution
     * @param window of the convolution
     * @param groups of the convolution
     * @param height of the result
     * @param width of the result
     */
    public Tensor convTranspose2d(Tensor weights, Window window, long groups, long height, long width) {
        return of(new ConvolutionOps.ConvInput(window, groups, height, width), this, weights);
    }

    /**
     * {@return what each window sees of these images: [examples, output height, output width, rows * columns *
     * channels]}
     *
     * @param window how it moves over the images
     */
    public Tensor unfold(Window window) {
        return of(new WindowOps.Unfold(window), this);
    }

    /**
     * {@return patches added up to images; the transpose of {@link #unfold}}
     *
     * @param window how it moves over the images
     * @param height of the images
     * @param width of the images
     */
    public Tensor fold(Window window, long height, long width) {
        return of(new WindowOps.Fold(window, height, width), this);
    }

    /**
     * {@return the largest number that each window sees in each channel of these images} Of equal ones the first, line
     * by line, has the derivative 1. Places outside of the image do not count.
     *
     * @param window how it moves over the images
     */
    public Tensor maxPool2d(Window window) {
        return WindowOps.maxPool(this, window);
    }

    /**
     * {@return the mean of what each window sees in each channel of these images}
     *
     * @param window how it moves over the images
     * @param countsPadding whether zeros around the image count
     */
    public Tensor avgPool2d(Window window, boolean countsPadding) {
        return WindowOps.averagePool(this, window, countsPadding);
    }

    // ---- several tensors ----------------------------------------------------------------------------------------

    /**
     * {@return a where the mask is not 0, b elsewhere; the three broadcast}
     *
     * @param mask chooses between a and b
     * @param a the values where the mask is not 0
     * @param b the values where the mask is 0
     */
    public static Tensor where(Tensor mask, Tensor a, Tensor b) {
        Shape common = Shape.broadcast("where", mask.shape, Shape.broadcast("where", a.shape, b.shape));
        return of(new MaskOps.Where(), mask.broadcastTo(common), a.broadcastTo(common), b.broadcastTo(common));
    }

    /**
     * {@return the tensors joined along an axis}
     *
     * @param axis the axis to join
     * @param parts at least one tensor; the sizes of all other axes must be equal
     */
    public static Tensor concat(int axis, Tensor... parts) {
        if (Check.noNullsIn("concat: tensors", parts).length == 0) {
            throw new IllegalArgumentException("concat: needs at least one tensor");
        }
        return of(new LayoutOps.Concat(parts[0].shape.axis(axis)), parts);
    }

    /**
     * {@return the tensors joined along a new axis}
     *
     * @param axis the new axis of the result
     * @param parts at least one tensor; all of one shape
     */
    public static Tensor stack(int axis, Tensor... parts) {
        return Layouts.stack(axis, parts);
    }

    // ---- text -------------------------------------------------------------------------------------------------

    @Override
    public String toString() {
        String head = describe();
        return Evaluation.isPossible(this) ? head + "\n" + Evaluation.of(this) : head;
    }

    /** The name, shape and dtype, for errors. */
    String describe() {
        String name = op instanceof Leaf leaf ? leaf.name() + " '" + leaf.label() + "'" : op.name();
        return name + " " + shape + " " + dtype;
    }
}
