package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that pick rows by integers. Every index is checked before it is used to read or write. */
public final class IndexKernels {
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
        return () -> {
            for (int i = 0, n = index.size(); i < n; i++) {
                int at = checked("gather", index, i, limit) * width;
                for (int j = 0; j < width; j++) {
                    to.set(i * width + j, from.get(at + j));
                }
            }
        };
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
        return () -> {
            zero.run();
            for (int i = 0, n = index.size(); i < n; i++) {
                int at = checked("scatterAdd", index, i, limit) * width;
                for (int j = 0; j < width; j++) {
                    to.set(at + j, to.get(at + j) + from.get(i * width + j));
                }
            }
        };
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
        return () -> {
            zero.run();
            for (int i = 0, n = index.size(); i < n; i++) {
                to.set(i * classes + checked("oneHot", index, i, classes), 1);
            }
        };
    }

    private static int width(INDArray table) {
        long width = 1;
        for (int axis = 1; axis < table.rank(); axis++) {
            width *= table.size(axis);
        }
        return (int) width;
    }

    /** The index at a position, if it is within the limit. */
    static int checked(String operation, Elements index, int i, int limit) {
        double value = index.get(i);
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException(
                    operation + ": index " + (long) value + " at position " + i + " is outside of 0.." + (limit - 1));
        }
        return (int) value;
    }
}
