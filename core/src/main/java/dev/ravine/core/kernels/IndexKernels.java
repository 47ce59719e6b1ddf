package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that pick rows by integers. Every index is checked before it is used to read or write. */
public final class IndexKernels {
    private static final String ROWS = ", the rows that there are";
    private static final String PLACES = ", the places that the axis has";
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
        Elements from = Elements.of(table);
        Elements to = Elements.of(y);
        Elements index = Elements.of(rows);
        int limit = (int) table.size(0);
        int width = width(table);
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
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Elements index = Elements.of(rows);
        int limit = (int) y.size(0);
        int width = width(y);
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
     * {@return the kernel y[o, j, i] = x[o, places[o, j, i], i], where o counts the axes before one axis and i those
     * behind it} Its run throws IndexOutOfBoundsException for a place outside of the axis.
     *
     * @param x [..., n, ...]
     * @param places integers from 0 to n - 1, checked at every run; the shape of x but for the axis
     * @param axis from 0
     * @param y the shape of places
     */
    public static Kernel gatherAlong(INDArray x, INDArray places, int axis, INDArray y) {
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Elements index = Elements.of(places);
        int n = (int) x.size(axis);
        int inner = inner(x, axis);
        int line = (int) y.size(axis) * inner;
        double[] read = new double[n * inner];
        double[] placesRead = new double[line];
        double[] found = new double[line];
        Kernel gather = () -> {
            for (int outer = 0, lines = line == 0 ? 0 : index.size() / line; outer < lines; outer++) {
                from.read(outer * read.length, read.length, read);
                index.read(outer * line, line, placesRead);
                for (int e = 0, i = 0; e < line; e++, i = i + 1 == inner ? 0 : i + 1) {
                    int place = checked("gatherAlong", placesRead[e], outer * line + e, n, PLACES);
                    found[e] = read[place * inner + i];
                }
                to.write(outer * line, line, found);
            }
        };
        return HeldKernel.ifLarge(gather, x, places, y);
    }

    /**
     * {@return the kernel y = zeros, then y[o, places[o, j, i], i] += x[o, j, i] in order: the transpose of {@link
     * #gatherAlong}} Its run throws IndexOutOfBoundsException for a place outside of the axis.
     *
     * @param x any array
     * @param places integers from 0 to n - 1, checked at every run; of the shape of x
     * @param axis from 0
     * @param y [..., n, ...]; the shape of x but for the axis
     */
    public static Kernel scatterAddAlong(INDArray x, INDArray places, int axis, INDArray y) {
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Elements index = Elements.of(places);
        int n = (int) y.size(axis);
        int inner = inner(x, axis);
        int line = (int) x.size(axis) * inner;
        Kernel zero = LayoutKernels.fill(y, 0);
        boolean isFloat = DType.of(y) == DType.FLOAT32;
        double[] sums = new double[n * inner];
        double[] placesRead = new double[line];
        double[] read = new double[line];
        Kernel scatter = () -> {
            zero.run();
            for (int outer = 0, lines = line == 0 ? 0 : index.size() / line; outer < lines; outer++) {
                Arrays.fill(sums, 0);
                from.read(outer * line, line, read);
                index.read(outer * line, line, placesRead);
                for (int e = 0, i = 0; e < line; e++, i = i + 1 == inner ? 0 : i + 1) {
                    int place = checked("scatterAddAlong", placesRead[e], outer * line + e, n, PLACES);
                    int at = place * inner + i;
                    double sum = sums[at] + read[e];
                    sums[at] = isFloat ? (float) sum : sum;
                }
                to.write(outer * sums.length, sums.length, sums);
            }
        };
        return HeldKernel.ifLarge(scatter, x, places, y);
    }

    /**
     * {@return the kernel y[i, k] = 1 if label i is k, else 0} Its run throws IndexOutOfBoundsException for a
     * label out of range.
     *
     * @param labels integers from 0 to classes - 1, checked at every run
     * @param y the shape of labels, then classes
     */
    public static Kernel oneHot(INDArray labels, INDArray y) {
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

    private static int width(INDArray table) {
        return inner(table, 0);
    }

    /** The elements behind an axis. */
    private static int inner(INDArray x, int axis) {
        long inner = 1;
        for (int a = axis + 1; a < x.rank(); a++) {
            inner *= x.size(a);
        }
        return (int) inner;
    }

    /** The index at a position, if it is within the limit. */
    static int checked(String operation, Elements index, int i, int limit, String meaning) {
        return checked(operation, index.get(i), i, limit, meaning);
    }

    private static int checked(String operation, double value, int i, int limit, String meaning) {
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException(operation + ": index " + (long) value + " at position " + i
                    + " is outside of 0.." + (limit - 1) + meaning);
        }
        return (int) value;
    }
}
