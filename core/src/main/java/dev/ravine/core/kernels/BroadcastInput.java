package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An input seen in the shape of the result: element i is element {@code (i / repeat) mod period} of the array. That
 * covers arrays of the same shape, rows, columns and single numbers. Both precisions have a loop of their own, since a
 * buffer of floats and one of doubles have no method in common that copies a run.
 */
record BroadcastInput(Elements elements, int repeat, int period) {
    /** Null if repeated axes lie between others, so that two numbers cannot describe the pattern. */
    static BroadcastInput of(INDArray x, Shape shape) {
        int lead = shape.rank() - x.rank();
        if (lead < 0) {
            return null;
        }
        int axis = shape.rank() - 1;
        long repeat = 1;
        while (axis >= 0 && (axis < lead || x.size(axis - lead) == 1)) {
            repeat *= shape.size(axis--);
        }
        long period = 1;
        while (axis >= lead && x.size(axis - lead) == shape.size(axis)) {
            period *= shape.size(axis--);
        }
        return period == x.length() || shape.count() == 0
                ? new BroadcastInput(Elements.of(x), (int) Math.max(1, repeat), (int) Math.max(1, period))
                : null;
    }

    /** An array of the result's length, whatever its shape. */
    static BroadcastInput whole(Elements elements) {
        return new BroadcastInput(elements, 1, elements.size());
    }

    /** Whether element i of the result has element i of a result of some length. */
    boolean isWhole(int size) {
        return repeat == 1 && period == size;
    }

    void read(int from, int count, float[] into) {
        FloatBuffer buffer = ((Elements.Floats) elements).buffer();
        if (period == 1) {
            Arrays.fill(into, 0, count, buffer.get(0));
            return;
        }
        int own = from / repeat % period;
        int left = repeat - from % repeat;
        for (int i = 0; i < count; own = own == period ? 0 : own) {
            int run;
            if (repeat == 1) {
                run = Math.min(count - i, period - own);
                buffer.get(own, into, i, run);
                own += run;
            } else {
                run = Math.min(count - i, left);
                Arrays.fill(into, i, i + run, buffer.get(own++));
                left = repeat;
            }
            i += run;
        }
    }

    void read(int from, int count, double[] into) {
        if (isWhole(elements.size()) && from + count <= elements.size()) {
            elements.read(from, count, into);
            return;
        }
        if (!(elements instanceof Elements.Doubles doubles)) {
            for (int i = 0; i < count; i++) {
                into[i] = elements.get((from + i) / repeat % period);
            }
            return;
        }
        DoubleBuffer buffer = doubles.buffer();
        if (period == 1) {
            Arrays.fill(into, 0, count, buffer.get(0));
            return;
        }
        int own = from / repeat % period;
        int left = repeat - from % repeat;
        for (int i = 0; i < count; own = own == period ? 0 : own) {
            int run;
            if (repeat == 1) {
                run = Math.min(count - i, period - own);
                buffer.get(own, into, i, run);
                own += run;
            } else {
                run = Math.min(count - i, left);
                Arrays.fill(into, i, i + run, buffer.get(own++));
                left = repeat;
            }
            i += run;
        }
    }
}
