package dev.ravine.core.io;

import dev.ravine.core.Shape;

/** Maps the elements of a file, in their order, to the indices of a row-major array. */
final class ElementOrder {
    private final int[] sizes;
    private final int[] steps;
    private final int[] index;
    private int next;

    /** The last axis varies fastest in the file, or the first one in Fortran order. */
    ElementOrder(Shape shape, boolean fortran) {
        int rank = shape.rank();
        sizes = new int[rank];
        steps = new int[rank];
        index = new int[rank];
        long step = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            int place = fortran ? axis : rank - 1 - axis;
            sizes[place] = (int) shape.size(axis);
            steps[place] = (int) step;
            step *= shape.size(axis);
        }
    }

    /** The row-major index of the next element. */
    int next() {
        int element = next;
        for (int i = 0; i < sizes.length; i++) {
            next += steps[i];
            index[i]++;
            if (index[i] < sizes[i]) {
                break;
            }
            next -= steps[i] * sizes[i];
            index[i] = 0;
        }
        return element;
    }
}
