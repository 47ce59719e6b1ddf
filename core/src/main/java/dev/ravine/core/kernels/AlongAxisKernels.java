package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that pick numbers along one axis by integers. Every index is checked before it is used to read or write. */
public final class AlongAxisKernels {
    private AlongAxisKernels() {}

    /**
     * {@return the kernel y[o, j, i] = x[o, places[o, j, i], i], where o counts the axes before one axis and i those
     * behind it} Its run throws IndexOutOfBoundsException for a place outside of the axis.
     *
     * @param x [..., n, ...]
     * @param places integers from 0 to n - 1, checked at every run; the shape of x but for the axis
     * @param axis from 0
     * @param y the shape of places
     */
    public static Kernel gather(INDArray x, INDArray places, int axis, INDArray y) {
        Fit.otherAxes("gatherAlong", x, places, axis);
        Fit.shape("gatherAlong", "the result", y, Shape.of(places));
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Places seen = new Places("gatherAlong", places, x, axis);
        Line all = Line.of(DType.of(x), seen.axisNumbers());
        Line picked = Line.of(DType.of(x), seen.at.length);
        Kernel gather = () -> {
            for (int outer = 0, lines = seen.lines(); outer < lines; outer++) {
                seen.find(outer);
                all.read(from, outer * all.size());
                picked.pick(all, seen.at);
                picked.write(to, outer * picked.size());
            }
        };
        return new HeldKernel(gather, x, places, y);
    }

    /**
     * {@return the kernel y = zeros, then y[o, places[o, j, i], i] += x[o, j, i] in order: the transpose of {@link
     * #gather}} Its run throws IndexOutOfBoundsException for a place outside of the axis.
     *
     * @param x any array
     * @param places integers from 0 to n - 1, checked at every run; of the shape of x
     * @param axis from 0
     * @param y [..., n, ...]; the shape of x but for the axis
     */
    public static Kernel scatterAdd(INDArray x, INDArray places, int axis, INDArray y) {
        Fit.otherAxes("scatterAddAlong", y, places, axis);
        Fit.shape("scatterAddAlong", "the input", x, Shape.of(places));
        Fit.oneFloatingType("scatterAddAlong", x, y);
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Places seen = new Places("scatterAddAlong", places, y, axis);
        Line sums = Line.of(DType.of(x), seen.axisNumbers());
        Line added = Line.of(DType.of(x), seen.at.length);
        Kernel zero = LayoutKernels.fill(y, 0);
        Kernel scatter = () -> {
            if (added.size() == 0) {
                zero.run();
                return;
            }
            for (int outer = 0, lines = seen.lines(); outer < lines; outer++) {
                seen.find(outer);
                sums.zero(0, sums.size());
                added.read(from, outer * added.size());
                sums.addAt(seen.at, added);
                sums.write(to, outer * sums.size());
            }
        };
        return new HeldKernel(scatter, x, places, y);
    }

    /** Where the numbers of one outer index are, counted within all numbers of that index. */
    private static final class Places {
        private static final String MEANING = ", the places that the axis has";

        final int[] at;
        private final String operation;
        private final Elements.Longs index;
        private final long[] read;
        private final int size;
        private final int inner;

        /** Places along an axis of the given array. */
        Places(String operation, INDArray places, INDArray array, int axis) {
            this.operation = operation;
            index = IndexKernels.integers(operation, places);
            size = (int) array.size(axis);
            inner = IndexKernels.inner(array, axis);
            at = new int[(int) places.size(axis) * inner];
            read = new long[at.length];
        }

        int axisNumbers() {
            return size * inner;
        }

        int lines() {
            return at.length == 0 ? 0 : index.size() / at.length;
        }

        void find(int outer) {
            index.buffer().get(outer * read.length, read);
            for (int e = 0; e < read.length; e += inner) {
                for (int i = 0; i < inner; i++) {
                    long place = read[e + i];
                    if (place < 0 || place >= size) {
                        IndexKernels.checked(operation, place, outer * read.length + e + i, size, MEANING);
                    }
                    at[e + i] = (int) place * inner + i;
                }
            }
        }
    }
}
