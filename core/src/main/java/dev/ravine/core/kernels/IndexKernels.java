package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that pick rows by integers; every index is checked before anything is read or written with it. */
final class IndexKernels {
    private IndexKernels() {}

    static Kernel gather(INDArray table, INDArray rows, INDArray y) {
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

    static Kernel scatterAdd(INDArray x, INDArray rows, INDArray y) {
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Elements index = Elements.of(rows);
        int limit = (int) y.size(0);
        int width = width(y);
        Kernel zero = ElementwiseKernels.fill(y, 0);
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

    static Kernel oneHot(INDArray labels, INDArray y) {
        Elements to = Elements.of(y);
        Elements index = Elements.of(labels);
        int classes = (int) y.size(-1);
        Kernel zero = ElementwiseKernels.fill(y, 0);
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

    private static int checked(String operation, Elements index, int i, int limit) {
        double value = index.get(i);
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException(
                    operation + ": index " + (long) value + " at position " + i + " is outside of 0.." + (limit - 1));
        }
        return (int) value;
    }
}
