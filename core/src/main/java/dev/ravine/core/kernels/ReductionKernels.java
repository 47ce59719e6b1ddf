package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reductions over some axes. Java loops that accumulate in double precision are more exact than ND4J's single-precision
 * sums, and faster on one thread (about 0.45 against 0.6 ns per element). A sum that overflows on the way to a finite
 * result is computed again from scaled numbers.
 */
public final class ReductionKernels {
    /** Sums of 2^31 numbers, each scaled by this, do not overflow. */
    private static final double SMALL = 0x1p-40;

    private ReductionKernels() {}

    /**
     * {@return the kernel y = the sum of x over some axes, accumulated in double precision; 0 over an empty axis} y
     * is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel sum(INDArray x, int[] axes, INDArray y) {
        return sum(x, axes, 1, y);
    }

    /**
     * {@return the kernel y = the sum of x over some axes, accumulated and divided in double precision, then rounded
     * once} y is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param divisor what the sum is divided by, such as the count of a mean
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel sum(INDArray x, int[] axes, double divisor, INDArray y) {
        return reduce((from, runs, to) -> sum(from, runs, divisor, to), x, axes, y);
    }

    /**
     * {@return the kernel y = the maximum of x over some axes, none of them empty; NaN wins} y is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel max(INDArray x, int[] axes, INDArray y) {
        return reduce(ReductionKernels::max, x, axes, y);
    }

    /**
     * {@return the kernel y = ln sum e^x over some axes; minus infinity over an empty axis} With m the largest number
     * of a run, it is m + ln(1 + s), with s the sum of e^(x - m) over all other numbers. So no exponential overflows,
     * and a small result keeps its digits. y is not x. It owns scratch memory of the size of x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel logSumExp(INDArray x, int[] axes, INDArray y) {
        Fit.axes(Shape.of(x), axes);
        Fit.count(
                "logSumExp of " + Shape.of(x),
                "the result",
                y,
                Shape.of(x).dropping(axes).count());
        if (x.isEmpty()) {
            return LayoutKernels.fill(y, Double.NEGATIVE_INFINITY);
        }
        Arena arena = new Arena("the kernel");
        Shape kept = Shape.of(x).keeping(axes);
        INDArray max = arena.allocate(DType.of(x), kept);
        INDArray others = arena.allocate(DType.of(x), kept);
        return new KernelSequence(
                arena,
                besideMaximum(x, axes, arena, max, others),
                BinaryKernels.flat(BinaryFunctions.each((m, s) -> m + log1p(s)), max, others, y));
    }

    /**
     * {@return the kernel y = e^(x - m) / sum e^(x - m) along some axes, with m the maximum, so that no exponential
     * overflows} Minus infinity has the result 0. Infinity, or nothing but minus infinity, gives NaN. y may be x. It
     * owns scratch memory of the size of the other axes.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, of the shape of x
     */
    public static Kernel softmax(INDArray x, int[] axes, INDArray y) {
        Fit.axes(Shape.of(x), axes);
        Fit.counts("softmax", x, y);
        if (x.isEmpty()) {
            return () -> {};
        }
        Arena arena = new Arena("the kernel");
        INDArray row = arena.allocate(DType.of(x), Shape.of(x).keeping(axes));
        return new KernelSequence(
                arena,
                max(x, axes, row),
                exponentials(x, row, row, y),
                sum(y, axes, row),
                BinaryKernels.div(y, row, y));
    }

    /**
     * The maxima over some axes, and beside them the sums of e^(x - maximum) over all other numbers.
     *
     * @param arena gives scratch memory of the size of x
     */
    static Kernel besideMaximum(INDArray x, int[] axes, Arena arena, INDArray max, INDArray others) {
        INDArray e = arena.allocate(DType.of(x), Shape.of(x));
        return new KernelSequence(
                max(x, axes, max),
                exponentials(x, max, others, e),
                reduce(ReductionKernels::sumOfOthers, e, axes, others));
    }

    /**
     * ln(1 + s) for s that is not negative, as accurate as the logarithm: that of the rounded sum, corrected for the
     * rounding (Kahan). Java's own takes several times as long.
     */
    static double log1p(double s) {
        double sum = 1 + s;
        return sum == 1 || Double.isInfinite(sum) ? s : Math.log(sum) * (s / (sum - 1));
    }

    /** y = e^(x - max); the finite shift is written to an array that may be that of the maxima. */
    private static Kernel exponentials(INDArray x, INDArray max, INDArray shift, INDArray y) {
        return new KernelSequence(
                UnaryKernels.map(max, shift, m -> Double.isInfinite(m) ? 0 : m),
                BinaryKernels.sub(x, shift, y),
                UnaryKernels.exp(y, y));
    }

    /** A reduction over adjacent axes. */
    @FunctionalInterface
    private interface Reduction {
        Kernel bind(Elements x, Runs runs, Elements y);
    }

    /** Reduced axes that are not adjacent are moved to the end first. */
    private static Kernel reduce(Reduction reduction, INDArray x, int[] axes, INDArray y) {
        Runs runs = Runs.of(Shape.of(x), axes);
        Fit.count(
                "a reduction of " + Shape.of(x),
                "the result",
                y,
                Shape.of(x).dropping(axes).count());
        if (runs != null) {
            return HeldKernel.ifLarge(reduction.bind(Elements.of(x), runs, Elements.of(y)), x, y);
        }
        Arena scratch = new Arena("the kernel");
        int[] order = Runs.reducedLast(x.rank(), axes);
        INDArray moved = scratch.allocate(
                DType.of(x), Shape.of(Arrays.stream(order).mapToLong(x::size).toArray()));
        int[] trailing = IntStream.range(x.rank() - axes.length, x.rank()).toArray();
        return new KernelSequence(
                scratch, LayoutKernels.permute(x, order, moved), reduce(reduction, moved, trailing, y));
    }

    private static Kernel sum(Elements x, Runs runs, double divisor, Elements y) {
        int reduced = runs.reduced();
        if (runs.inner() == 1 && reduced <= Scratch.CHUNK) {
            return eachRow(x, runs, y, (numbers, from, count) -> {
                double sum = RowReductions.sum(numbers, from, count);
                return Double.isFinite(sum) ? sum / divisor : scaledMean(numbers, from, count, divisor);
            });
        }
        if (runs.inner() == 1) {
            return () -> {
                for (int o = 0; o < runs.outer(); o++) {
                    int from = o * reduced;
                    y.set(o, quotient(sumOfRun(x, from, reduced), divisor, x, from, runs));
                }
            };
        }
        return columns(x, runs, y, sumOfColumns(x, runs, divisor));
    }

    private static ColumnReduction sumOfColumns(Elements x, Runs runs, double divisor) {
        int inner = runs.inner();
        return new ColumnReduction() {
            @Override
            public double start() {
                return 0;
            }

            @Override
            public void take(double[] column, double[] rows, int count) {
                for (int k = 0; k < count; k += inner) {
                    for (int i = 0; i < inner; i++) {
                        column[i] += rows[k + i];
                    }
                }
            }

            @Override
            public void take(double[] column, float[] rows, int count) {
                for (int k = 0; k < count; k += inner) {
                    for (int i = 0; i < inner; i++) {
                        column[i] += rows[k + i];
                    }
                }
            }

            @Override
            public void finish(double[] column, int from) {
                for (int i = 0; i < inner; i++) {
                    column[i] = quotient(column[i], divisor, x, from + i, runs);
                }
            }
        };
    }

    /** Makes one number of each column. */
    @SuppressWarnings("UnusedVariable") // of a method that does nothing unless overridden
    private interface ColumnReduction {
        /** The number of a column without rows. */
        double start();

        /** Takes whole rows into what is known of each column so far. */
        void take(double[] column, double[] rows, int count);

        /** The same for numbers in single precision. */
        void take(double[] column, float[] rows, int count);

        /** Called after the last row, with the index of the first element of the first row. */
        default void finish(double[] column, int from) {}
    }

    /** Reads as many whole rows at once as fit into a chunk, or one. */
    private static Kernel columns(Elements x, Runs runs, Elements y, ColumnReduction reduction) {
        int inner = runs.inner();
        int length = runs.reduced() * inner;
        int most = Math.max(1, Scratch.CHUNK / Math.max(1, inner)) * inner;
        double[] column = new double[inner];
        boolean isSingle = x instanceof Elements.Floats;
        double[] rows = new double[isSingle ? 0 : most];
        float[] floats = new float[isSingle ? most : 0];
        return () -> {
            for (int o = 0; o < runs.outer(); o++) {
                Arrays.fill(column, reduction.start());
                for (int done = 0; done < length; done += most) {
                    int count = Math.min(most, length - done);
                    if (isSingle) {
                        x.read(o * length + done, count, floats);
                        reduction.take(column, floats, count);
                    } else {
                        x.read(o * length + done, count, rows);
                        reduction.take(column, rows, count);
                    }
                }
                reduction.finish(column, o * length);
                y.write(o * inner, inner, column);
            }
        };
    }

    /** The sum of a row that overflowed on its way, divided. */
    private static double scaledMean(double[] numbers, int from, int count, double divisor) {
        double scaled = 0;
        for (int i = from; i < from + count; i++) {
            scaled += SMALL * numbers[i];
        }
        return scaled / divisor / SMALL;
    }

    /** The sum of a run, divided; the sum is computed again if it overflowed on its way. */
    private static double quotient(double sum, double divisor, Elements x, int from, Runs runs) {
        if (Double.isFinite(sum)) {
            return sum / divisor;
        }
        double scaled = 0;
        for (int r = 0; r < runs.reduced(); r++) {
            scaled += SMALL * x.get(from + r * runs.inner());
        }
        return scaled / divisor / SMALL;
    }

    /** Makes one number of a row in a Java array. */
    @FunctionalInterface
    private interface RowReduction {
        double of(double[] numbers, int from, int count);
    }

    /** Reads as many whole rows at once as fit into a chunk. */
    private static Kernel eachRow(Elements x, Runs runs, Elements y, RowReduction reduction) {
        int width = runs.reduced();
        int most = Scratch.CHUNK / Math.max(1, width);
        return () -> {
            double[][] chunks = Scratch.ofThread().doubles;
            for (int o = 0; o < runs.outer(); o += most) {
                int rows = Math.min(most, runs.outer() - o);
                x.read(o * width, rows * width, chunks[0]);
                for (int r = 0; r < rows; r++) {
                    chunks[1][r] = reduction.of(chunks[0], r * width, width);
                }
                y.write(o, rows, chunks[1]);
            }
        };
    }

    /** The same sum of a longer run, chunk by chunk. */
    private static double sumOfRun(Elements x, int from, int count) {
        double[] chunk = Scratch.ofThread().doubles[0];
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int some = 0;
        for (int done = 0; done < count; done += some) {
            some = Math.min(Scratch.CHUNK, count - done); // a multiple of four, but for the last one
            x.read(from + done, some, chunk);
            int i = 0;
            for (; i + 3 < some; i += 4) {
                a += chunk[i];
                b += chunk[i + 1];
                c += chunk[i + 2];
                d += chunk[i + 3];
            }
            for (; i < some; i++) {
                a += chunk[i];
            }
        }
        return (a + b) + (c + d);
    }

    private static Kernel max(Elements x, Runs runs, Elements y) {
        int reduced = runs.reduced();
        int inner = runs.inner();
        if (inner == 1 && reduced <= Scratch.CHUNK) {
            return eachRow(x, runs, y, RowReductions::max);
        }
        if (inner == 1) {
            return () -> {
                for (int o = 0; o < runs.outer(); o++) {
                    y.set(o, maxOfRun(x, o * reduced, reduced));
                }
            };
        }
        return columns(x, runs, y, new ColumnReduction() {
            @Override
            public double start() {
                return Double.NEGATIVE_INFINITY;
            }

            @Override
            public void take(double[] column, double[] rows, int count) {
                for (int k = 0; k < count; k += inner) {
                    for (int i = 0; i < inner; i++) {
                        column[i] = Math.max(column[i], rows[k + i]);
                    }
                }
            }

            @Override
            public void take(double[] column, float[] rows, int count) {
                for (int k = 0; k < count; k += inner) {
                    for (int i = 0; i < inner; i++) {
                        column[i] = Math.max(column[i], rows[k + i]);
                    }
                }
            }
        });
    }

    private static double maxOfRun(Elements x, int from, int count) {
        double[] chunk = Scratch.ofThread().doubles[0];
        double max = Double.NEGATIVE_INFINITY;
        int some = 0;
        for (int done = 0; done < count; done += some) {
            some = Math.min(Scratch.CHUNK, count - done);
            x.read(from + done, some, chunk);
            max = Math.max(max, RowReductions.max(chunk, 0, some));
        }
        return max;
    }

    /** Leaves out one exponential that is 1, which is that of the maximum. */
    private static Kernel sumOfOthers(Elements e, Runs runs, Elements y) {
        if (runs.inner() == 1 && runs.reduced() <= Scratch.CHUNK) {
            return eachRow(e, runs, y, RowReductions::sumOfOthers);
        }
        Runs.Visitor visitor = (run, from) -> {
            double sum = 0;
            boolean met = false;
            for (int r = 0, at = from; r < runs.reduced(); r++, at += runs.inner()) {
                double term = e.get(at);
                if (term == 1 && !met) {
                    met = true;
                } else {
                    sum += term;
                }
            }
            y.set(run, sum);
        };
        return () -> runs.forEach(visitor);
    }
}
