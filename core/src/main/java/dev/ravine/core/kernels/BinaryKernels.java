package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Elementwise kernels of two inputs, and the choice between two inputs. The result may be one of the inputs, if it has
 * the same shape. Numbers pass through small arrays, one chunk at a time, as in {@link UnaryKernels}.
 *
 * <p>Sums, differences, products and quotients are rounded once, and powers have an error of at most one unit in the
 * last place. The logistic kernels, for targets 0 and 1, have one of at most 4 units in single and 2 in double
 * precision.
 */
public final class BinaryKernels {
    private BinaryKernels() {}

    /**
     * {@return the kernel y = a + b, broadcast to the shape of y}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel add(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.ADD, a, b, y);
    }

    /**
     * {@return the kernel y = a - b, broadcast to the shape of y}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel sub(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.SUB, a, b, y);
    }

    /**
     * {@return the kernel y = a b elementwise, broadcast to the shape of y}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel mul(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.MUL, a, b, y);
    }

    /**
     * {@return the kernel y = a / b, broadcast to the shape of y}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel div(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.DIV, a, b, y);
    }

    /**
     * {@return the kernel y = the larger of a and b, all of the same shape; NaN wins}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel max(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each(Math::max), a, b, y);
    }

    /**
     * {@return the kernel y = the smaller of a and b, all of the same shape; NaN wins}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel min(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each(Math::min), a, b, y);
    }

    /**
     * {@return the kernel y = a^b, all of the same shape}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel pow(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each(Math::pow), a, b, y);
    }

    /**
     * {@return the kernel y = a^b (ln a)^k, all of the same shape} It is 0 where it tends to 0: for a = 0 and positive
     * b, for infinite a and negative b, and, by convention, for a = b = 0.
     *
     * @param a first input
     * @param b second input
     * @param k the power of the logarithm, at least 1
     * @param y result
     */
    public static Kernel powTimesLog(INDArray a, INDArray b, int k, INDArray y) {
        return of(BinaryFunctions.each((p, q) -> powTimesLog(p, q, k)), a, b, y);
    }

    private static double powTimesLog(double a, double b, int k) {
        boolean vanishes = (a == 0 && b >= 0) || (a == Double.POSITIVE_INFINITY && b < 0);
        return vanishes ? 0 : Math.pow(a, b) * Math.pow(Math.log(a), k);
    }

    /**
     * {@return the kernel y = a b, but 0 where a is 0, whatever b is; all of the same shape}
     *
     * @param a first input
     * @param b second input, which may be infinite or NaN
     * @param y result
     */
    public static Kernel mulUnlessZero(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each((p, q) -> p == 0 ? 0 : p * q), a, b, y);
    }

    /**
     * {@return the kernel y = (1 - t) ln(1 + e^z) + t ln(1 + e^-z), the cross-entropy of a logit and a target, all of
     * the same shape} No terms cancel for t from 0 to 1, and a term with the factor 0 is 0.
     *
     * @param z logits
     * @param t targets
     * @param y result
     */
    public static Kernel logisticCrossEntropy(INDArray z, INDArray t, INDArray y) {
        return of(LogisticFunctions.CROSS_ENTROPY, z, t, y);
    }

    /**
     * {@return the kernel y = s(z) - t with the logistic function s, accurate for t = 1 too; all of the same shape}
     *
     * @param z logits
     * @param t targets
     * @param y result
     */
    public static Kernel logisticError(INDArray z, INDArray t, INDArray y) {
        return of(LogisticFunctions.ERROR, z, t, y);
    }

    /**
     * {@return the kernel y = 1 where a > b, else 0, all of the same shape}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel greater(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each((p, q) -> p > q ? 1 : 0), a, b, y);
    }

    /**
     * {@return the kernel y = 1 where a equals b, else 0, all of the same shape}
     *
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel equal(INDArray a, INDArray b, INDArray y) {
        return of(BinaryFunctions.each((p, q) -> p == q ? 1 : 0), a, b, y);
    }

    /**
     * {@return the kernel y = a where the mask is not 0, else b, all of the same shape} y may be any input.
     *
     * @param mask 0 or 1
     * @param a first input
     * @param b second input
     * @param y result
     */
    public static Kernel where(INDArray mask, INDArray a, INDArray b, INDArray y) {
        Fit.counts("where", mask, a, b, y);
        return HeldKernel.ifLarge(choose(mask, a, b, y), mask, a, b, y);
    }

    private static Kernel choose(INDArray mask, INDArray a, INDArray b, INDArray y) {
        Elements choice = Elements.of(mask);
        Elements yes = Elements.of(a);
        Elements no = Elements.of(b);
        Elements to = Elements.of(y);
        int size = to.size();
        return () -> {
            double[][] chunks = Scratch.ofThread().doubles;
            for (int i = 0; i < size; i += Scratch.CHUNK) {
                int count = Math.min(Scratch.CHUNK, size - i);
                choice.read(i, count, chunks[0]);
                yes.read(i, count, chunks[1]);
                no.read(i, count, chunks[2]);
                for (int k = 0; k < count; k++) {
                    chunks[1][k] = chunks[0][k] != 0 ? chunks[1][k] : chunks[2][k];
                }
                to.write(i, count, chunks[1]);
            }
        };
    }

    /** y = f(a, b), broadcast to the shape of y, which may be an input of that shape. */
    static Kernel of(BinaryFunction f, INDArray a, INDArray b, INDArray y) {
        Arena scratchMemory = new Arena("the kernel");
        Kernel[] copies = new Kernel[2];
        BroadcastInput first = source(a, y, scratchMemory, copies, 0);
        BroadcastInput second = source(b, y, scratchMemory, copies, 1);
        Kernel combine = HeldKernel.ifLarge(new ChunkLoop(f, first, second, Elements.of(y)), a, b, y);
        Kernel[] steps = Arrays.stream(new Kernel[] {copies[0], copies[1], combine})
                .filter(Objects::nonNull)
                .toArray(Kernel[]::new);
        return steps.length == 1 ? combine : new KernelSequence(scratchMemory, steps);
    }

    /** y = f(a, b) for arrays of equal length, whatever their shapes. */
    static Kernel flat(BinaryFunction f, INDArray a, INDArray b, INDArray y) {
        return new ChunkLoop(
                f, BroadcastInput.whole(Elements.of(a)), BroadcastInput.whole(Elements.of(b)), Elements.of(y));
    }

    /** An input as it is read, after it was written out where its axes do not repeat in a simple way. */
    private static BroadcastInput source(INDArray x, INDArray y, Arena scratch, Kernel[] copies, int at) {
        boolean isMixed = DType.of(x) != DType.of(y) && !x.isEmpty() && !y.isEmpty();
        if (isMixed && DType.of(y) == DType.FLOAT32) {
            throw new ShapeException("a result in FLOAT32 of shape " + Shape.of(y) + " needs inputs in FLOAT32, found "
                    + DType.of(x) + " of shape " + Shape.of(x) + "; cast it");
        }
        BroadcastInput source = BroadcastInput.of(x, Shape.of(y));
        if (source != null) {
            return source;
        }
        INDArray whole = scratch.allocate(DType.of(x), Shape.of(y));
        copies[at] = LayoutKernels.broadcast(x, whole);
        return BroadcastInput.of(whole, Shape.of(y));
    }
}
