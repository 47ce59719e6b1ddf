package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Elementwise kernels of one input. The result may be the input itself.
 *
 * <p>Numbers pass through small arrays, one chunk at a time, where the loops of {@link UnaryFunctions} run as vector
 * instructions. A run costs about 0.1 us plus 0.1-0.3 ns per element and array. ND4J's own kernels cost 4-9 us per run,
 * and several times more per element when two threads call them at once.
 *
 * <p>The largest errors, in units in the last place of the result, in single and in double precision: 0 and 0 for neg,
 * abs, sign, step, relu and clip; 0.5 and 0.5 for square, sqrt, reciprocal, addScalar, scale and divideBy; 2 and 1 for
 * exp; 2 and 2 for tanh; 3 and 2 for sigmoid and softplus; 5 and 3 for logisticSlope; 6 and 4 for normalDistribution; 1
 * and 1 for the others. addScalar and scale round their constant first. A sigmoid below the smallest normal number may
 * be 0.
 */
public final class UnaryKernels {
    private UnaryKernels() {}

    /**
     * {@return the kernel y = -x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel neg(INDArray x, INDArray y) {
        return of(UnaryFunctions.NEG, x, y);
    }

    /**
     * {@return the kernel y = e^x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel exp(INDArray x, INDArray y) {
        return of(UnaryFunctions.EXP, x, y);
    }

    /**
     * {@return the kernel y = e^x - 1, accurate for small x too}
     *
     * @param x input
     * @param y result
     */
    public static Kernel expm1(INDArray x, INDArray y) {
        return map(x, y, Math::expm1);
    }

    /**
     * {@return the kernel y = ln(1 + x), accurate for small x too}
     *
     * @param x input
     * @param y result
     */
    public static Kernel log1p(INDArray x, INDArray y) {
        return map(x, y, Math::log1p);
    }

    /**
     * {@return the kernel y = ln x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel log(INDArray x, INDArray y) {
        return of(UnaryFunctions.each(Math::log), x, y);
    }

    /**
     * {@return the kernel y = the square root of x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel sqrt(INDArray x, INDArray y) {
        return of(UnaryFunctions.SQRT, x, y);
    }

    /**
     * {@return the kernel y = x^2}
     *
     * @param x input
     * @param y result
     */
    public static Kernel square(INDArray x, INDArray y) {
        return of(UnaryFunctions.SQUARE, x, y);
    }

    /**
     * {@return the kernel y = 1 / x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel reciprocal(INDArray x, INDArray y) {
        return of(UnaryFunctions.RECIPROCAL, x, y);
    }

    /**
     * {@return the kernel y = |x|}
     *
     * @param x input
     * @param y result
     */
    public static Kernel abs(INDArray x, INDArray y) {
        return of(UnaryFunctions.ABS, x, y);
    }

    /**
     * {@return the kernel y = the sign of x: -1, 0 or 1}
     *
     * @param x input
     * @param y result
     */
    public static Kernel sign(INDArray x, INDArray y) {
        return map(x, y, Math::signum);
    }

    /**
     * {@return the kernel y = 1 where x > 0, else 0; NaN stays NaN}
     *
     * @param x input
     * @param y result
     */
    public static Kernel step(INDArray x, INDArray y) {
        return of(UnaryFunctions.STEP, x, y);
    }

    /**
     * {@return the kernel y = tanh x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel tanh(INDArray x, INDArray y) {
        Fit.counts("tanh", x, y);
        return KernelSets.kernel(set -> x.isEmpty() ? Optional.empty() : set.tanh(x, y))
                .<Kernel>map(kernel -> new HeldKernel(kernel, x, y))
                .orElseGet(() -> of(UnaryFunctions.TANH, x, y));
    }

    /**
     * {@return the kernel y = 1 / (1 + e^-x)}
     *
     * @param x input
     * @param y result
     */
    public static Kernel sigmoid(INDArray x, INDArray y) {
        return of(UnaryFunctions.SIGMOID, x, y);
    }

    /**
     * {@return the kernel y = s(x) s(-x), the derivative of the logistic function s, accurate in both tails}
     *
     * @param x input
     * @param y result
     */
    public static Kernel logisticSlope(INDArray x, INDArray y) {
        return of(LogisticFunctions.SLOPE, x, y);
    }

    /**
     * {@return the kernel y = x where x > 0, alpha (e^x - 1) elsewhere}
     *
     * @param x input
     * @param alpha minus the limit at -infinity
     * @param y result
     */
    public static Kernel elu(INDArray x, double alpha, INDArray y) {
        return map(x, y, v -> v > 0 ? v : alpha * Math.expm1(v));
    }

    /**
     * {@return the kernel y = e^x where x is at most 0, else 0; NaN stays NaN}
     *
     * @param x input
     * @param y result
     */
    public static Kernel negativeExp(INDArray x, INDArray y) {
        return map(x, y, v -> v > 0 ? 0 : Math.exp(v));
    }

    /**
     * {@return the kernel y = x^2 / 2 for |x| up to delta, else delta (|x| - delta / 2)}
     *
     * @param x input
     * @param delta positive
     * @param y result
     */
    public static Kernel huber(INDArray x, double delta, INDArray y) {
        return map(x, y, v -> Math.abs(v) <= delta ? v * (v / 2) : delta * (Math.abs(v) - delta / 2));
    }

    /**
     * {@return the kernel y = max(x, 0); NaN stays NaN}
     *
     * @param x input
     * @param y result
     */
    public static Kernel relu(INDArray x, INDArray y) {
        return of(UnaryFunctions.RELU, x, y);
    }

    /**
     * {@return the kernel y = ln(1 + e^x)} Computed as max(x, 0) + ln(1 + e^-|x|), which neither
     * overflows nor loses small values.
     *
     * @param x input
     * @param y result
     */
    public static Kernel softplus(INDArray x, INDArray y) {
        return of(UnaryFunctions.SOFTPLUS, x, y);
    }

    /**
     * {@return the kernel y = F(x), the distribution function of the standard normal distribution, with a small
     * relative error in the left tail too}
     *
     * @param x input
     * @param y result
     */
    public static Kernel normalDistribution(INDArray x, INDArray y) {
        return of(NormalDistribution.FUNCTION, x, y);
    }

    /**
     * {@return the kernel y = the error function of x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel erf(INDArray x, INDArray y) {
        return of(ErrorFunction.ERF, x, y);
    }

    /**
     * {@return the kernel y = atan x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel atan(INDArray x, INDArray y) {
        return of(UnaryFunctions.each(Math::atan), x, y);
    }

    /**
     * {@return the kernel y = sin x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel sin(INDArray x, INDArray y) {
        return nd4j(x, y, Sin::new);
    }

    /**
     * {@return the kernel y = cos x}
     *
     * @param x input
     * @param y result
     */
    public static Kernel cos(INDArray x, INDArray y) {
        return nd4j(x, y, Cos::new);
    }

    /**
     * {@return the kernel y = x + a}
     *
     * @param x input
     * @param a the constant
     * @param y result
     */
    public static Kernel addScalar(INDArray x, double a, INDArray y) {
        return of(UnaryFunctions.addScalar(a), x, y);
    }

    /**
     * {@return the kernel y = a x}
     *
     * @param x input
     * @param a the constant
     * @param y result
     */
    public static Kernel scale(INDArray x, double a, INDArray y) {
        return of(UnaryFunctions.scale(a), x, y);
    }

    /**
     * {@return the kernel y = x / a, rounded once}
     *
     * @param x input
     * @param a the divisor, rounded to the dtype of x
     * @param y result
     */
    public static Kernel divideBy(INDArray x, double a, INDArray y) {
        return of(UnaryFunctions.divideBy(a), x, y);
    }

    /**
     * {@return the kernel y = x^p}
     *
     * @param x input
     * @param p exponent
     * @param y result
     */
    public static Kernel pow(INDArray x, double p, INDArray y) {
        return map(x, y, v -> Math.pow(v, p));
    }

    /**
     * {@return the kernel y = x limited to [low, high]; NaN stays NaN}
     *
     * @param x input
     * @param low lower limit
     * @param high upper limit
     * @param y result
     */
    public static Kernel clip(INDArray x, double low, double high, INDArray y) {
        return map(x, y, v -> v < low ? low : v > high ? high : v);
    }

    /**
     * {@return the kernel y = x in another dtype: rounded, or cut to whole numbers} Its run throws ArithmeticException
     * for a number that has no whole part of 64 bits, such as NaN.
     *
     * @param x input
     * @param y result of the same shape
     */
    public static Kernel cast(INDArray x, INDArray y) {
        return map(x, y, DType.of(y).isFloating() ? v -> v : UnaryKernels::whole);
    }

    private static double whole(double v) {
        if (!(Math.abs(v) < 0x1p63)) {
            throw new ArithmeticException(
                    "cast: " + v + " has no whole part that INT64 holds; clip it or take out what is"
                            + " not finite before the cast");
        }
        return v;
    }

    /**
     * {@return the kernel y = f(x), for functions without a kernel here} A plain Java loop, slower than the named
     * kernels: a few nanoseconds per element.
     *
     * @param x input
     * @param y result of the same shape
     * @param f evaluated in double precision on each element
     */
    public static Kernel map(INDArray x, INDArray y, DoubleUnaryOperator f) {
        return of(UnaryFunctions.each(f), x, y);
    }

    /** y = f(x), where y may be x. */
    static Kernel of(UnaryFunction f, INDArray x, INDArray y) {
        Fit.counts("a function of each element", x, y);
        return HeldKernel.ifLarge(new ChunkLoop(f, Elements.of(x), Elements.of(y)), x, y);
    }

    private static Kernel nd4j(INDArray x, INDArray y, BiFunction<INDArray, INDArray, Op> function) {
        Fit.oneFloatingType("a function of each element", x, y);
        if (x.length() != y.length() || !Arena.isDense(x) || !Arena.isDense(y)) {
            throw new ShapeException("a function of each element needs dense arrays of one shape, found " + DType.of(x)
                    + " " + Shape.of(x) + " and " + DType.of(y) + " " + Shape.of(y));
        }
        if (y.isEmpty()) {
            return () -> {};
        }
        Op op = function.apply(x, y);
        var executioner = Nd4j.getExecutioner();
        return new HeldKernel(() -> executioner.exec(op), x, y);
    }
}
