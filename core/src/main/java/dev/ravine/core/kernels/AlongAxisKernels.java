package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.Arrays;
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
        Line picked = Line.of(DType.of(x), seen.places.length);
        Kernel gather = () -> {
            for (int outer = 0, lines = seen.lines(); outer < lines; outer++) {
                seen.read(outer);
                all.read(from, outer * all.size());
                seen.require(picked.pick(all, seen.places, seen.lanes, seen.inner), outer);
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
        Line added = Line.of(DType.of(x), seen.places.length);
        Kernel zero = LayoutKernels.fill(y, 0);
        Kernel scatter = () -> {
            if (added.size() == 0) {
                zero.run();
                return;
            }
            for (int outer = 0, lines = seen.lines(); outer < lines; outer++) {
                seen.read(outer);
                sums.zero(0, sums.size());
                added.read(from, outer * added.size());
                seen.require(sums.addAt(seen.places, seen.lanes, seen.inner, added), outer);
                sums.write(to, outer * sums.size());
            }
        };
        return new HeldKernel(scatter, x, places, y);
    }

    /** The places of one outer index. */
    private static final class Places {
        private static final String MEANING = ", the places that the axis has";

        final long[] places;
        /** What the index of each place counts behind the axis. */
        final int[] lanes;

        final int inner;
        private final String operation;
        private final Elements.Longs index;
        private final int size;

        /** Places along an axis of the given array. */
        Places(String operation, INDArray places, INDArray array, int axis) {
            this.operation = operation;
            index = IndexKernels.integers(operation, places);
            size = (int) array.size(axis);
            inner = IndexKernels.inner(array, axis);
            this.places = new long[(int) places.size(axis) * inner];
            lanes = new int[this.places.length];
            Arrays.setAll(lanes, i -> i % inner);
        }

        int axisNumbers() {
            return size * inner;
        }

        int lines() {
            return places.length == 0 ? 0 : index.size() / places.length;
        }

        void read(int outer) {
            index.buffer().get(outer * places.length, places);
        }

        /** Refuses the place at an index, if there is one; -1 for none. */
        void require(int wrong, int outer) {
            if (wrong >= 0) {
                IndexKernels.checked(operation, places[wrong], outer * places.length + wrong, size, MEANING);
            }
        }
    }
}
