package dev.ravine.core.kernels;

import dev.ravine.core.Shape;
import java.util.Arrays;

/**
 * An array with adjacent reduced axes, seen as [outer, reduced, inner]. A <em>run</em> is what belongs to one element
 * of the other axes: {@code reduced} elements, each {@code inner} after the one before.
 */
record Runs(int outer, int reduced, int inner) {
    /** Null if the reduced axes are not adjacent (axes of size 1 between them do not count). */
    static Runs of(Shape shape, int[] axes) {
        Fit.axes(shape, axes);
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

    /** The axes in an order that puts the reduced ones last. */
    static int[] reducedLast(int rank, int[] axes) {
        int[] order = new int[rank];
        int next = 0;
        for (int i = 0; i < rank; i++) {
            if (Arrays.binarySearch(axes, i) < 0) {
                order[next++] = i;
            }
        }
        System.arraycopy(axes, 0, order, next, axes.length);
        return order;
    }

    /** Works on one run, given its number and its first element. */
    @FunctionalInterface
    interface Visitor {
        void visit(int run, int from);
    }

    /** Visits every run. */
    void forEach(Visitor visitor) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                visitor.visit(o * inner + i, o * reduced * inner + i);
            }
        }
    }
}
