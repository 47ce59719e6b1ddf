package dev.ravine.autodiff;

import dev.ravine.autodiff.LayoutOps.Fill;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * The vocabulary of {@link Tensor}: each method builds one node, or a few. Where an operand is one number everywhere,
 * the result is simplified; transforms are full of such operands.
 */
abstract sealed class TensorMath permits Tensor {
    abstract Op op();

    abstract Tensor input(int i);

    abstract Shape shape();

    abstract DType dtype();

    private Tensor self() {
        return (Tensor) this;
    }

    // ---- arithmetic -------------------------------------------------------------------------------------------

    /**
     * {@return self() + other}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor add(Tensor other) {
        if (isFill(other, 0)) {
            return broadcastTo(Shape.broadcast("add", shape(), other.shape()));
        }
        return isFill(self(), 0) && other.dtype() == dtype()
                ? other.add(self())
                : Tensor.of(new BinaryOps.Add(), self(), other);
    }

    /**
     * {@return self() - other}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor sub(Tensor other) {
        return isFill(other, 0) ? add(other) : Tensor.of(new BinaryOps.Sub(), self(), other);
    }

    /**
     * {@return self() times other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor mul(Tensor other) {
        if (op() instanceof Fill && !(other.op() instanceof Fill)) {
            return other.mul(self());
        }
        if (other.op() instanceof Fill f && f.type() == dtype()) {
            return mul(f.value()).broadcastTo(Shape.broadcast("mul", shape(), other.shape()));
        }
        return Tensor.of(new BinaryOps.Mul(), self(), other);
    }

    /**
     * {@return self() / other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor div(Tensor other) {
        return Tensor.of(new BinaryOps.Div(), self(), other);
    }

    /**
     * {@return self() + a}
     *
     * @param a the number
     */
    public Tensor add(double a) {
        return a == 0 ? self() : Tensor.of(new UnaryOps.AddScalar(a), self());
    }

    /**
     * {@return self() - a}
     *
     * @param a the number
     */
    public Tensor sub(double a) {
        return add(-a);
    }

    /**
     * {@return self() times a}
     *
     * @param a the number
     */
    public Tensor mul(double a) {
        if (op() instanceof Fill f) {
            return filled(f.value() * a);
        }
        return a == 1 ? self() : a == -1 ? neg() : Tensor.of(new UnaryOps.Scale(a), self());
    }

    /**
     * {@return self() / a}
     *
     * @param a the number
     */
    public Tensor div(double a) {
        return mul(1 / a);
    }

    /** {@return -this} */
    public Tensor neg() {
        return op() instanceof Fill ? mul(-1.0) : Tensor.of(new UnaryOps.Neg(), self());
    }

    /** {@return e to the power of this} */
    public Tensor exp() {
        return Tensor.of(new UnaryOps.Exp(), self());
    }

    /** {@return e to the power of this, minus 1; exact near 0} */
    public Tensor expm1() {
        return Tensor.of(new UnaryOps.Expm1(), self());
    }

    /** {@return the natural logarithm} */
    public Tensor log() {
        return Tensor.of(new UnaryOps.Log(), self());
    }

    /** {@return the square root} */
    public Tensor sqrt() {
        return Tensor.of(new UnaryOps.Sqrt(), self());
    }

    /** {@return the square} */
    public Tensor square() {
        return Tensor.of(new UnaryOps.Square(), self());
    }

    /** {@return 1 / this} */
    public Tensor reciprocal() {
        return Tensor.of(new UnaryOps.Reciprocal(), self());
    }

    /**
     * {@return self() to a fixed power}
     *
     * @param p the exponent
     */
    public Tensor pow(double p) {
        if (p == 0) {
            return filled(1);
        }
        return p == 1 ? self() : p == 2 ? square() : Tensor.of(new UnaryOps.PowScalar(p), self());
    }

    /**
     * {@return self() to the power of other, elementwise}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor pow(Tensor other) {
        Shape common = Shape.broadcast("pow", shape(), other.shape());
        return Tensor.of(new BinaryOps.Pow(), broadcastTo(common), other.broadcastTo(common));
    }

    /** {@return the absolute value; derivative 0 at 0} */
    public Tensor abs() {
        return Tensor.of(new UnaryOps.Abs(), self());
    }

    /**
     * {@return the larger of this and other, elementwise; equal elements share the derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor maximum(Tensor other) {
        Shape common = Shape.broadcast("maximum", shape(), other.shape());
        return Tensor.of(new BinaryOps.Maximum(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return the smaller of this and other, elementwise; equal elements share the derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor minimum(Tensor other) {
        Shape common = Shape.broadcast("minimum", shape(), other.shape());
        return Tensor.of(new BinaryOps.Minimum(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return self() limited to [low, high]}
     *
     * @param low lower limit
     * @param high upper limit
     */
    public Tensor clip(double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("clip: low must not exceed high, found " + low + " and " + high);
        }
        return Tensor.of(new UnaryOps.Clip(low, high), self());
    }

    /** {@return the sine} */
    public Tensor sin() {
        return Tensor.of(new UnaryOps.Sin(), self());
    }

    /** {@return the cosine} */
    public Tensor cos() {
        return Tensor.of(new UnaryOps.Cos(), self());
    }

    /** {@return the angle whose tangent is this, from -pi/2 to pi/2} */
    public Tensor atan() {
        return Tensor.of(new UnaryOps.Atan(), self());
    }

    /** {@return the error function} */
    public Tensor erf() {
        return Tensor.of(new UnaryOps.Erf(), self());
    }

    // ---- activations ------------------------------------------------------------------------------------------

    /** {@return the hyperbolic tangent} */
    public Tensor tanh() {
        return Tensor.of(new Activations.Tanh(), self());
    }

    /** {@return the logistic function} */
    public Tensor sigmoid() {
        return Tensor.of(new Activations.Sigmoid(), self());
    }

    /** {@return max(self(), 0); derivative 0 at 0} */
    public Tensor relu() {
        return Tensor.of(new Activations.Relu(), self());
    }

    /**
     * {@return self() where positive, else slope times this}
     *
     * @param slope where negative
     */
    public Tensor leakyRelu(double slope) {
        return Activations.leakyRelu(self(), slope);
    }

    /**
     * {@return self() where positive, else alpha (e^this - 1)}
     *
     * @param alpha the limit is -alpha
     */
    public Tensor elu(double alpha) {
        return Activations.elu(self(), alpha);
    }

    /** {@return ln(1 + e^this)} */
    public Tensor softplus() {
        return Tensor.of(new Activations.Softplus(), self());
    }

    /** {@return self() times the normal distribution function of this, exact by erf} */
    public Tensor gelu() {
        return Activations.gelu(self());
    }

    /** {@return self() times the logistic function of this} */
    public Tensor silu() {
        return Activations.silu(self());
    }

    // ---- masks ------------------------------------------------------------------------------------------------

    /** {@return 1 where this is positive, else 0, not a number where it is not a number; no derivative} */
    public Tensor step() {
        return Tensor.of(new MaskOps.Step(), self());
    }

    /** {@return -1, 0 or 1; no derivative} */
    public Tensor sign() {
        return Tensor.of(new MaskOps.Sign(), self());
    }

    /**
     * {@return 1 where this exceeds other, else 0; no derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor greater(Tensor other) {
        Shape common = Shape.broadcast("greater", shape(), other.shape());
        return Tensor.of(new MaskOps.Greater(), broadcastTo(common), other.broadcastTo(common));
    }

    /**
     * {@return 1 where this equals other, else 0; no derivative}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor equalTo(Tensor other) {
        Shape common = Shape.broadcast("equal", shape(), other.shape());
        return Tensor.of(new MaskOps.Equal(), broadcastTo(common), other.broadcastTo(common));
    }

    /** {@return the same numbers, taken as constant by derivatives} */
    public Tensor detach() {
        return Tensor.of(new MaskOps.Detach(), self());
    }

    // ---- products ---------------------------------------------------------------------------------------------

    /**
     * {@return the matrix product; with more than two axes, one for each index of the leading ones, which broadcast}
     *
     * @param other a tensor that broadcasts with this
     */
    public Tensor matmul(Tensor other) {
        return matmul(other, false, false);
    }

    /**
     * {@return the matrix product, either factor with its last two axes swapped}
     *
     * @param other a tensor that broadcasts with this
     * @param transposeThis whether the last two axes of this are swapped
     * @param transposeOther whether those of other are
     */
    public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
        if (op() instanceof LayoutOps.Permute p && p.order().equals(List.of(1, 0))) {
            return input(0).matmul(other, !transposeThis, transposeOther);
        }
        if (other.op() instanceof LayoutOps.Permute p && p.order().equals(List.of(1, 0))) {
            return matmul(other.input(0), transposeThis, !transposeOther);
        }
        return shape().rank() > 2 || other.shape().rank() > 2
                ? Tensor.of(new MatrixOps.BatchMatMul(transposeThis, transposeOther), self(), other)
                : Tensor.of(new MatrixOps.MatMul(transposeThis, transposeOther), self(), other);
    }

    // ---- reductions -------------------------------------------------------------------------------------------

    /**
     * {@return the sum over some axes, which vanish; over all if none is named}
     *
     * @param axes which, none for all
     */
    public Tensor sum(int... axes) {
        return sumKeeping(axes).reshape(shape().dropping(shape().axes(axes)));
    }

    /**
     * {@return the sum over some axes, which stay with size 1; over all if none is named}
     *
     * @param axes which, none for all
     */
    public Tensor sumKeeping(int... axes) {
        int[] normal = shape().axes(axes);
        if (op() instanceof Fill f) {
            return Tensor.fill(dtype(), shape().keeping(normal), f.value() * reduced(normal));
        }
        return reduced(normal) == 1
                ? reshape(shape().keeping(normal))
                : Tensor.of(new ReductionOps.Sum(list(normal)), self());
    }

    /**
     * {@return the mean over some axes, which vanish; over all if none is named. Not a number over no elements}
     *
     * @param axes which, none for all
     */
    public Tensor mean(int... axes) {
        return sum(axes).mul(1.0 / reduced(shape().axes(axes)));
    }

    /**
     * {@return the mean over some axes, which stay with size 1}
     *
     * @param axes which, none for all
     */
    public Tensor meanKeeping(int... axes) {
        return sumKeeping(axes).mul(1.0 / reduced(shape().axes(axes)));
    }

    /**
     * {@return the maximum over some axes, which vanish; over all if none is named. Equal maxima share the derivative}
     *
     * @param axes which, none for all
     */
    public Tensor max(int... axes) {
        int[] normal = shape().axes(axes);
        return Tensor.of(new ReductionOps.Max(list(normal)), self()).reshape(shape().dropping(normal));
    }

    /**
     * {@return ln sum e^this over some axes, which vanish; over all if none is named}
     *
     * @param axes which, none for all
     */
    public Tensor logSumExp(int... axes) {
        return logSumExpKeeping(axes).reshape(shape().dropping(shape().axes(axes)));
    }

    /**
     * {@return ln sum e^this over some axes, which stay with size 1}
     *
     * @param axes which, none for all
     */
    public Tensor logSumExpKeeping(int... axes) {
        return Tensor.of(new ReductionOps.LogSumExp(list(shape().axes(axes))), self());
    }

    /**
     * {@return e^this / sum e^this along some axes; along all if none is named}
     *
     * @param axes which, none for all
     */
    public Tensor softmax(int... axes) {
        return Tensor.of(new ReductionOps.Softmax(list(shape().axes(axes))), self());
    }

    /**
     * {@return the logarithm of the softmax, computed without forming it}
     *
     * @param axes which, none for all
     */
    public Tensor logSoftmax(int... axes) {
        return sub(logSumExpKeeping(axes));
    }

    private long reduced(int[] axes) {
        return Arrays.stream(axes).mapToLong(shape()::size).reduce(1, (a, b) -> a * b);
    }

    // ---- layout -----------------------------------------------------------------------------------------------

    /**
     * {@return the same numbers in the same order under another shape()}
     *
     * @param newShape with the same number of elements
     */
    public Tensor reshape(Shape newShape) {
        if (newShape.equals(shape())) {
            return self();
        }
        return op() instanceof Fill f && newShape.count() == shape().count()
                ? Tensor.fill(dtype(), newShape, f.value())
                : Tensor.of(new LayoutOps.Reshape(newShape), self());
    }

    /**
     * {@return the same numbers under another shape(), given by its sizes; one of them may be -1 and follows from the others}
     *
     * @param dims sizes
     */
    public Tensor reshape(long... dims) {
        long known = Arrays.stream(dims).filter(d -> d != -1).reduce(1, (a, b) -> a * b);
        long[] sizes = Arrays.stream(dims)
                .map(d -> d == -1 && known > 0 ? shape().count() / known : d)
                .toArray();
        return reshape(Shape.of(sizes));
    }

    /** {@return A matrix with its two axes swapped} */
    public Tensor transpose() {
        if (shape().rank() != 2) {
            throw new ShapeException("transpose: needs a matrix, found shape() " + shape() + "; use permute");
        }
        return permute(1, 0);
    }

    /**
     * {@return Axes reordered: axis i of the result is axis order[i] of this}
     *
     * @param order each axis once
     */
    public Tensor permute(int... order) {
        return Tensor.of(new LayoutOps.Permute(list(order)), self());
    }

    /**
     * {@return the block [from, to) of one axis}
     *
     * @param axis which axis
     * @param from first index
     * @param to index after the last
     */
    public Tensor slice(int axis, long from, long to) {
        return Tensor.of(new LayoutOps.Slice(shape().axis(axis), from, to), self());
    }

    /**
     * {@return self() repeated to a larger shape() by NumPy's rule}
     *
     * @param larger the shape() to repeat to
     */
    public Tensor broadcastTo(Shape larger) {
        if (larger.equals(shape())) {
            return self();
        }
        return op() instanceof Fill f && shape().broadcastsTo(larger)
                ? Tensor.fill(dtype(), larger, f.value())
                : Tensor.of(new LayoutOps.Broadcast(larger), self());
    }

    /**
     * The transpose of {@link #broadcastTo}: the sum over what a broadcast would repeat.
     *
     * @param smaller a shape() that broadcasts to this one
     * @return the tensor
     */
    public Tensor sumTo(Shape smaller) {
        if (!smaller.broadcastsTo(shape())) {
            throw new ShapeException("sumTo: " + smaller + " does not broadcast to " + shape());
        }
        int[] repeated = LayoutOps.repeatedAxes(smaller, shape());
        return (repeated.length == 0 ? self() : sumKeeping(repeated)).reshape(smaller);
    }

    // ---- rows by index ----------------------------------------------------------------------------------------

    /**
     * {@return self()[rows[i]] along the first axis, for INT64 rows of any shape()}
     *
     * @param rows INT64 indices
     */
    public Tensor gather(Tensor rows) {
        return Tensor.of(new IndexOps.Gather(), self(), rows);
    }

    /**
     * {@return Zeros with a number of rows, to which row i of this is added at rows[i]; rows may repeat}
     *
     * @param rows INT64 indices
     * @param count rows of the result
     */
    public Tensor scatterAdd(Tensor rows, long count) {
        return Tensor.of(new IndexOps.ScatterAdd(count), self(), rows);
    }

    /**
     * {@return For INT64 labels: 1 at the label's place along a new last axis, else 0}
     *
     * @param classes size of the new axis
     * @param type dtype of the result
     */
    public Tensor oneHot(int classes, DType type) {
        return Tensor.of(new IndexOps.OneHot(classes, type), self());
    }

    /**
     * {@return A tensor of this shape() and dtype with one number everywhere}
     *
     * @param value the number
     */
    public Tensor filled(double value) {
        return Tensor.fill(dtype(), shape(), value);
    }

    /** Whether t is one number everywhere, of this dtype. */
    private boolean isFill(Tensor t, double value) {
        return t.op() instanceof Fill f && f.value() == value && f.type() == dtype();
    }

    private static List<Integer> list(int[] axes) {
        return Arrays.stream(axes).boxed().toList();
    }
}
