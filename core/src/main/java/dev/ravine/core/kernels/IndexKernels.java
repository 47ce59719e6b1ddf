package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that pick rows by integers. Every index is checked before it is used to read or write. */
public final class IndexKernels {
    private static final String ROWS = ", the rows that there are";
    static final String CLASSES =
            ", the classes that there are: labels count from 0, and a cross-entropy needs an output for each class";

    private IndexKernels() {}

    /**
     * {@return the kernel y[i] = table[rows[i]] along the first axis} Its run throws IndexOutOfBoundsException
     * for a row outside of the table.
     *
     * @param table [n, ...]
     * @param rows integers of any shape, each from 0 to n - 1, checked at every run
     * @param y the shape of rows followed by the other axes of the table
     */
    public static Kernel gatherRows(INDArray table, INDArray rows, INDArray y) {
        Fit.rank("gather", "the table", table, 1);
        Fit.count("gather", "the result", y, rows.length() * inner(table, 0));
        Elements from = Elements.of(table);
        Elements to = Elements.of(y);
        Elements index = Elements.of(rows);
        int limit = (int) table.size(0);
        int width = inner(table, 0);
        Kernel gather = () -> {
            for (int i = 0, n = index.size(); i < n; i++) {
                int at = checked("gather", index, i, limit, ROWS) * width;
                StridedCopy.row(from, at, 1, to, i * width, 1, width);
            }
        };
        return HeldKernel.ifLarge(gather, table, rows, y);
    }

    /**
     * {@return the kernel y = zeros, then y[rows[i]] += x[i] in the order of i: the transpose of {@link
     * #gatherRows}} Its run throws IndexOutOfBoundsException for a row outside of the result.
     *
     * @param x the shape of rows followed by further axes
     * @param rows integers, each from 0 to n - 1, checked at every run
     * @param y [n, ...]
     */
    public static Kernel scatterAddRows(INDArray x, INDArray rows, INDArray y) {
        Fit.rank("scatterAdd", "the result", y, 1);
        Fit.count("scatterAdd", "the input", x, rows.length() * inner(y, 0));
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Elements index = Elements.of(rows);
        int limit = (int) y.size(0);
        int width = inner(y, 0);
        Kernel zero = LayoutKernels.fill(y, 0);
        double[] sum = new double[width];
        double[] row = new double[width];
        Kernel scatter = () -> {
            zero.run();
            for (int i = 0, n = index.size(); i < n; i++) {
                int at = checked("scatterAdd", index, i, limit, ROWS) * width;
                to.read(at, width, sum);
                from.read(i * width, width, row);
                for (int j = 0; j < width; j++) {
                    sum[j] += row[j];
                }
                to.write(at, width, sum);
            }
        };
        return HeldKernel.ifLarge(scatter, x, rows, y);
    }

    /**
     * {@return the kernel y[i, k] = 1 if label i is k, else 0} Its run throws IndexOutOfBoundsException for a
     * label out of range.
     *
     * @param labels integers from 0 to classes - 1, checked at every run
     * @param y the shape of labels, then classes
     */
    public static Kernel oneHot(INDArray labels, INDArray y) {
        Fit.rank("oneHot", "the result", y, 1);
        Fit.count("oneHot", "the result", y, labels.length() * y.size(-1));
        Elements to = Elements.of(y);
        Elements index = Elements.of(labels);
        int classes = (int) y.size(-1);
        Kernel zero = LayoutKernels.fill(y, 0);
        Kernel mark = () -> {
            zero.run();
            for (int i = 0, n = index.size(); i < n; i++) {
                to.set(i * classes + checked("oneHot of labels", index, i, classes, CLASSES), 1);
            }
        };
        return HeldKernel.ifLarge(mark, labels, y);
    }

    /** The numbers of an array of integers that is not empty, or an error that says what it was. */
    static Elements.Longs integers(String operation, INDArray places) {
        if (Elements.of(places) instanceof Elements.Longs longs) {
            return longs;
        }
        throw new ShapeException(
                operation + ": places must be INT64, found " + DType.of(places) + " of shape " + Shape.of(places));
    }

    /** The elements behind an axis. */
    static int inner(INDArray x, int axis) {
        long inner = 1;
        for (int a = axis + 1; a < x.rank(); a++) {
            inner *= x.size(a);
        }
        return (int) inner;
    }

    /** The index at a position, if it is within the limit. */
    static int checked(String operation, Elements index, int i, int limit, String meaning) {
        return checked(operation, (long) index.get(i), i, limit, meaning);
    }

    static int checked(String operation, long value, int i, int limit, String meaning) {
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException(operation + ": index " + value + " at position " + i
                    + " is outside of 0.." + (limit - 1) + meaning);
        }
        return (int) value;
    }
}
