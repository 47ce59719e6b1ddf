package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels in which each result depends on all inputs before it. */
public final class ScanKernels {
    private ScanKernels() {}

    /**
     * {@return the kernel y = the sums of the first 1, 2, 3, ... numbers of x along an axis} Sums are in double
     * precision and rounded at the end.
     *
     * @param x input
     * @param axis from 0
     * @param isReverse whether the sums begin at the last number
     * @param y result, of the same shape; it may be x
     */
    public static Kernel cumulativeSum(INDArray x, int axis, boolean isReverse, INDArray y) {
        Shape shape = Shape.of(x);
        if (!shape.equals(Shape.of(y))) {
            throw new ShapeException(
                    "a cumulative sum has the shape of its input, found " + shape + " and " + Shape.of(y));
        }
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        int n = (int) shape.size(axis);
        int width = IndexKernels.inner(x, shape.axis(axis));
        int outer = n * width == 0 ? 0 : from.size() / (n * width);
        double[] line = new double[width];
        double[] sum = new double[width];
        Kernel scan = () -> {
            for (int o = 0; o < outer; o++) {
                Arrays.fill(sum, 0);
                for (int j = 0; j < n; j++) {
                    int at = (o * n + (isReverse ? n - 1 - j : j)) * width;
                    from.read(at, width, line);
                    for (int i = 0; i < width; i++) {
                        sum[i] += line[i];
                    }
                    to.write(at, width, sum);
                }
            }
        };
        return HeldKernel.ifLarge(scan, x, y);
    }
}
