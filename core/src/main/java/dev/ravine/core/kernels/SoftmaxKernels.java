package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What losses and derivatives make of a softmax. With m the largest number of a run, ln sum e^x = m + ln(1 + s), with s
 * the sum of e^(x - m) over all <em>other</em> numbers. Nothing cancels, so a probability of 1 - 1e-20 has the
 * logarithm -1e-20.
 *
 * <p>Minus infinity has the probability 0. Infinity, or nothing but minus infinity, gives no distribution: the results
 * of that run are NaN.
 */
public final class SoftmaxKernels {
    private SoftmaxKernels() {}

    /**
     * {@return the kernel y = the logarithm of the softmax along some axes} y is not x. It owns scratch memory of the
     * size of x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, of the shape of x
     */
    public static Kernel logSoftmax(INDArray x, int[] axes, INDArray y) {
        Fit.axes(Shape.of(x), axes);
        Fit.counts("logSoftmax", x, y);
        if (x.isEmpty()) {
            return () -> {};
        }
        Sums sums = new Sums(x, axes);
        return new KernelSequence(
                sums.arena,
                sums.kernel,
                sums.logarithms(),
                BinaryKernels.sub(x, sums.max, y),
                BinaryKernels.sub(y, sums.others, y));
    }

    /**
     * {@return the kernel y[i] = -ln softmax(x[i])[labels[i]]} Its run throws IndexOutOfBoundsException for a label out
     * of range. It owns scratch memory of the size of x.
     *
     * @param x logits [n, classes]
     * @param labels integers [n], each from 0 to classes - 1, checked at every run
     * @param y result [n]
     */
    public static Kernel crossEntropyOfLabels(INDArray x, INDArray labels, INDArray y) {
        Fit.rank("softmaxCrossEntropy", "logits", x, 2);
        Fit.counts("softmaxCrossEntropy of logits " + Shape.of(x), labels, y);
        Fit.count("softmaxCrossEntropy", "logits", x, labels.length() * x.size(1));
        Sums sums = new Sums(x, new int[] {1});
        Elements logits = Elements.of(x);
        Elements index = Elements.of(labels);
        Elements max = Elements.of(sums.max);
        Elements logarithm = Elements.of(sums.others);
        Elements to = Elements.of(y);
        int classes = (int) x.size(1);
        return new KernelSequence(sums.arena, sums.kernel, sums.logarithms(), () -> {
            for (int i = 0, n = to.size(); i < n; i++) {
                int label = IndexKernels.checked("softmaxCrossEntropy", index, i, classes, IndexKernels.CLASSES);
                to.set(i, max.get(i) - logits.get(i * classes + label) + logarithm.get(i));
            }
        });
    }

    /**
     * {@return the kernel y[i] = the sum over k of -weights[i, k] ln softmax(x[i])[k], where a weight of 0 contributes
     * 0} It owns scratch memory of the size of x.
     *
     * @param x logits [n, classes]
     * @param weights of the shape of x, such as probabilities
     * @param y result [n]
     */
    public static Kernel crossEntropy(INDArray x, INDArray weights, INDArray y) {
        Fit.rank("softmaxCrossEntropy", "logits", x, 2);
        Fit.counts("softmaxCrossEntropy", x, weights);
        Fit.count("softmaxCrossEntropy", "logits", x, y.length() * x.size(1));
        Sums sums = new Sums(x, new int[] {1});
        Elements logits = Elements.of(x);
        Elements weight = Elements.of(weights);
        Elements max = Elements.of(sums.max);
        Elements logarithm = Elements.of(sums.others);
        Elements to = Elements.of(y);
        int classes = (int) x.size(1);
        return new KernelSequence(sums.arena, sums.kernel, sums.logarithms(), () -> {
            for (int i = 0, n = to.size(); i < n; i++) {
                double sum = 0;
                for (int k = i * classes; k < (i + 1) * classes; k++) {
                    if (weight.get(k) != 0) {
                        sum += weight.get(k) * (max.get(i) - logits.get(k) + logarithm.get(i));
                    }
                }
                to.set(i, sum);
            }
        });
    }

    /**
     * {@return the kernel y = t - sum(p t) along some axes, for a distribution p: its sum along them is 1} Everything
     * is measured from t at the largest p, so that the result is accurate there too, where 1 - p would cancel. y may be
     * p or t.
     *
     * @param p a distribution along the axes
     * @param t of the shape of p
     * @param axes axes from 0, ascending
     * @param y result, of the shape of p
     */
    public static Kernel centered(INDArray p, INDArray t, int[] axes, INDArray y) {
        return alongRuns(SoftmaxKernels::centered, p, t, axes, y);
    }

    /**
     * {@return the kernel y = t - p sum(t) along some axes, for a distribution p: its sum along them is 1} It is the
     * transpose of {@link #centered}, and as accurate. y may be p or t.
     *
     * @param p a distribution along the axes
     * @param t of the shape of p
     * @param axes axes from 0, ascending
     * @param y result, of the shape of p
     */
    public static Kernel deflated(INDArray p, INDArray t, int[] axes, INDArray y) {
        return alongRuns(SoftmaxKernels::deflated, p, t, axes, y);
    }

    // ---- maxima and sums ----------------------------------------------------------------------------------------

    /** The maximum of each run, and the sum of e^(x - maximum) over all its other numbers. */
    private static final class Sums {
        private final Arena arena = new Arena("the kernel");
        private final INDArray max;
        private final INDArray others;
        private final Kernel kernel;

        Sums(INDArray x, int[] axes) {
            Shape kept = Shape.of(x).keeping(axes);
            max = arena.allocate(DType.of(x), kept);
            others = arena.allocate(DType.of(x), kept);
            kernel = ReductionKernels.besideMaximum(x, axes, arena, max, others);
        }

        /** Replaces the sums s by ln(1 + s), or by NaN where there is no distribution. */
        Kernel logarithms() {
            return BinaryKernels.flat(
                    BinaryFunctions.each((m, s) -> Double.isInfinite(m) ? Double.NaN : ReductionKernels.log1p(s)),
                    max,
                    others,
                    others);
        }
    }

    // ---- linear functions of t along runs -------------------------------------------------------------------------

    /** A function of p and t along one run, whose elements are a step apart; y may be t. */
    @FunctionalInterface
    private interface RunFunction {
        void apply(double[] p, double[] t, double[] y, int from, int count);
    }

    private static void centered(double[] p, double[] t, double[] y, int from, int count) {
        double origin = t[largest(p, from, count)];
        double mean = 0;
        for (int k = from; k < from + count; k++) {
            mean += p[k] * (t[k] - origin);
        }
        for (int k = from; k < from + count; k++) {
            y[k] = t[k] - origin - mean;
        }
    }

    private static void deflated(double[] p, double[] t, double[] y, int from, int count) {
        int largest = largest(p, from, count);
        double otherP = 0;
        double otherT = 0;
        for (int k = from; k < from + count; k++) {
            if (k != largest) {
                otherP += p[k];
                otherT += t[k];
            }
        }
        double sum = otherT + t[largest];
        for (int k = from; k < from + count; k++) {
            y[k] = k == largest ? otherP * sum - otherT : t[k] - p[k] * sum;
        }
    }

    /** The first largest number; the first one of all if there is NaN. */
    private static int largest(double[] p, int from, int count) {
        double max = RowReductions.max(p, from, count);
        for (int k = from; k < from + count; k++) {
            if (p[k] == max) {
                return k;
            }
        }
        return from;
    }

    /** Reads as many runs at once as fit into a chunk, or one. */
    private static Kernel eachRow(RunFunction f, Elements p, Elements t, Elements y, Runs runs) {
        int width = runs.reduced();
        int most = Math.max(1, Scratch.CHUNK / Math.max(1, width));
        double[][] chunks = new double[2][most * width];
        return () -> {
            for (int o = 0; o < runs.outer(); o += most) {
                int rows = Math.min(most, runs.outer() - o);
                p.read(o * width, rows * width, chunks[0]);
                t.read(o * width, rows * width, chunks[1]);
                for (int r = 0; r < rows; r++) {
                    f.apply(chunks[0], chunks[1], chunks[1], r * width, width);
                }
                y.write(o * width, rows * width, chunks[1]);
            }
        };
    }

    /** Axes that are not the last ones are moved to the end first, and the result is moved back. */
    private static Kernel alongRuns(RunFunction f, INDArray p, INDArray t, int[] axes, INDArray y) {
        Fit.axes(Shape.of(p), axes);
        Fit.counts("a function of a distribution", p, t, y);
        if (p.isEmpty()) {
            return () -> {};
        }
        Runs runs = Runs.of(Shape.of(p), axes);
        if (runs != null && runs.inner() == 1) {
            return HeldKernel.ifLarge(eachRow(f, Elements.of(p), Elements.of(t), Elements.of(y), runs), p, t, y);
        }
        Arena arena = new Arena("the kernel");
        int[] order = Runs.reducedLast(p.rank(), axes);
        Shape shape = Shape.of(Arrays.stream(order).mapToLong(p::size).toArray());
        INDArray movedP = arena.allocate(DType.of(p), shape);
        INDArray movedT = arena.allocate(DType.of(p), shape);
        int[] trailing = new int[axes.length];
        Arrays.setAll(trailing, i -> p.rank() - axes.length + i);
        int[] back = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            back[order[i]] = i;
        }
        return new KernelSequence(
                arena,
                LayoutKernels.permute(p, order, movedP),
                LayoutKernels.permute(t, order, movedT),
                alongRuns(f, movedP, movedT, trailing, movedT),
                LayoutKernels.permute(movedT, back, y));
    }
}
