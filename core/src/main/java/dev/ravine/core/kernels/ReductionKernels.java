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
 * sums, and faster on one thread (about 0.45 against 0.6 ns per element).
 */
public final class ReductionKernels {
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
        return reduce(ReductionKernels::sum, x, axes, y);
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
     * {@return the kernel y = m + ln sum e^(x - m) over some axes, with m the maximum, so that no exponential
     * overflows; minus infinity over an empty axis} y is not x. It owns scratch memory of the size of x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel logSumExp(INDArray x, int[] axes, INDArray y) {
        if (x.isEmpty()) {
            return LayoutKernels.fill(y, Double.NEGATIVE_INFINITY);
        }
        Arena scratch = new Arena("the kernel");
        INDArray shifted = scratch.allocate(DType.of(x), Shape.of(x));
        INDArray shift = scratch.allocate(DType.of(x), Shape.of(x).keeping(axes));
        return new KernelSequence(
                scratch,
                exponentials(x, axes, shift, shifted),
                sum(shifted, axes, y),
                UnaryKernels.log(y, y),
                BinaryKernels.add(y, Arena.view(shift, 0, Shape.of(y)), y));
    }

    /**
     * {@return the kernel y = e^(x - m) / sum e^(x - m) along some axes, with m the maximum, so that no exponential
     * overflows} y may be x. It owns scratch memory of the size of the other axes.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, of the shape of x
     */
    public static Kernel softmax(INDArray x, int[] axes, INDArray y) {
        if (x.isEmpty()) {
            return () -> {};
        }
        Arena scratch = new Arena("the kernel");
        INDArray row = scratch.allocate(DType.of(x), Shape.of(x).keeping(axes));
        return new KernelSequence(
                scratch, exponentials(x, axes, row, y), sum(y, axes, row), BinaryKernels.div(y, row, y));
    }

    /** A reduction over adjacent axes. */
    @FunctionalInterface
    private interface Reduction {
        Kernel bind(Elements x, Runs runs, Elements y);
    }

    /** Reduced axes that are not adjacent are moved to the end first. */
    private static Kernel reduce(Reduction reduction, INDArray x, int[] axes, INDArray y) {
        Runs runs = Runs.of(Shape.of(x), axes);
        if (runs != null) {
            return HeldKernel.ifLarge(reduction.bind(Elements.of(x), runs, Elements.of(y)), x, y);
        }
        Arena scratch = new Arena("the kernel");
        int[] order = reducedLastOrder(x.rank(), axes);
        INDArray moved = scratch.allocate(
                DType.of(x), Shape.of(Arrays.stream(order).mapToLong(x::size).toArray()));
        int[] trailing = IntStream.range(x.rank() - axes.length, x.rank()).toArray();
        return new KernelSequence(
                scratch, LayoutKernels.permute(x, order, moved), reduce(reduction, moved, trailing, y));
    }

    /** y = e^(x - m), with the shift m the maximum over some axes. */
    private static Kernel exponentials(INDArray x, int[] axes, INDArray shift, INDArray y) {
        return new KernelSequence(
                max(x, axes, shift),
                UnaryKernels.map(shift, shift, ReductionKernels::finite),
                BinaryKernels.sub(x, shift, y),
                UnaryKernels.exp(y, y));
    }

    /** A finite shift: infinity minus infinity would be NaN, where the exponential itself is 0 or infinite. */
    private static double finite(double m) {
        return Double.isInfinite(m) ? 0 : m;
    }

    /** An array with adjacent reduced axes, seen as [outer, reduced, inner]. */
    private record Runs(int outer, int reduced, int inner) {
        /** Null if the reduced axes are not adjacent (axes of size 1 between them do not count). */
        static Runs of(Shape shape, int[] axes) {
            if (axes.length == 0) {
                return new Runs((int) shape.count(), 1, 1);
            }
            long outer = 1;
            long reduced = 1;
            long inner = 1;
            for (int i = 0; i < shape.rank(); i++) {
                boolean isReduced = Arrays.binarySearch(axes, i) >= 0;
                if (isReduced && inner != 1) {
                    return null;
                } else if (isReduced) {
                    reduced *= shape.size(i);
                } else if (i < axes[0]) {
                    outer *= shape.size(i);
                } else {
                    inner *= shape.size(i);
                }
            }
            return new Runs((int) outer, (int) reduced, (int) inner);
        }
    }

    private static Kernel sum(Elements x, Runs runs, Elements y) {
        int reduced = runs.reduced;
        int inner = runs.inner;
        if (inner == 1 && reduced <= Scratch.CHUNK) {
            return eachRow(x, runs, y, ReductionKernels::sumOfRow);
        }
        if (inner == 1) {
            return () -> {
                for (int o = 0; o < runs.outer; o++) {
                    y.set(o, sumOfRun(x, o * reduced, reduced));
                }
            };
        }
        return columns(x, runs, y, 0, (column, rows, count) -> {
            for (int k = 0; k < count; k += inner) {
                for (int i = 0; i < inner; i++) {
                    column[i] += rows[k + i];
                }
            }
        });
    }

    /** Takes whole rows into what is known of each column so far. */
    @FunctionalInterface
    private interface ColumnReduction {
        void take(double[] column, double[] rows, int count);
    }

    /** Reads as many whole rows at once as fit into a chunk, or one. */
    private static Kernel columns(Elements x, Runs runs, Elements y, double start, ColumnReduction reduction) {
        int inner = runs.inner;
        int length = runs.reduced * inner;
        int most = Math.max(1, Scratch.CHUNK / Math.max(1, inner)) * inner;
        double[] column = new double[inner];
        double[] rows = new double[most];
        return () -> {
            for (int o = 0; o < runs.outer; o++) {
                Arrays.fill(column, start);
                for (int done = 0; done < length; done += most) {
                    int count = Math.min(most, length - done);
                    x.read(o * length + done, count, rows);
                    reduction.take(column, rows, count);
                }
                y.write(o * inner, inner, column);
            }
        };
    }

    /** Makes one number of a row in a Java array. */
    @FunctionalInterface
    private interface RowReduction {
        double of(double[] numbers, int from, int count);
    }

    /** Reads as many whole rows at once as fit into a chunk. */
    private static Kernel eachRow(Elements x, Runs runs, Elements y, RowReduction reduction) {
        int width = runs.reduced;
        int most = Scratch.CHUNK / Math.max(1, width);
        return () -> {
            double[][] chunks = Scratch.ofThread().doubles;
            for (int o = 0; o < runs.outer; o += most) {
                int rows = Math.min(most, runs.outer - o);
                x.read(o * width, rows * width, chunks[0]);
                for (int r = 0; r < rows; r++) {
                    chunks[1][r] = reduction.of(chunks[0], r * width, width);
                }
                y.write(o, rows, chunks[1]);
            }
        };
    }

    /** Four sums at once, so that additions need not wait for each other. */
    private static double sumOfRow(double[] x, int from, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        int end = from + count;
        for (; i + 3 < end; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < end; i++) {
            a += x[i];
        }
        return (a + b) + (c + d);
    }

    private static double maxOfRow(double[] x, int from, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            max = Math.max(max, x[i]);
        }
        return max;
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
        int reduced = runs.reduced;
        int inner = runs.inner;
        if (inner == 1 && reduced <= Scratch.CHUNK) {
            return eachRow(x, runs, y, ReductionKernels::maxOfRow);
        }
        if (inner == 1) {
            return () -> {
                for (int o = 0; o < runs.outer; o++) {
                    y.set(o, maxOfRun(x, o * reduced, reduced));
                }
            };
        }
        return columns(x, runs, y, Double.NEGATIVE_INFINITY, (column, rows, count) -> {
            for (int k = 0; k < count; k += inner) {
                for (int i = 0; i < inner; i++) {
                    column[i] = Math.max(column[i], rows[k + i]);
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
            max = Math.max(max, maxOfRow(chunk, 0, some));
        }
        return max;
    }

    private static int[] reducedLastOrder(int rank, int[] axes) {
        int[] order = new int[rank];
        int next = 0;
        for (int i = 0; i < rank; i++) {
            if (Arrays.binarySearch(axes, i) < 0) {
                order[next++] = i;
            }
        }
        for (int axis : axes) {
            order[next++] = axis;
        }
        return order;
    }
}
