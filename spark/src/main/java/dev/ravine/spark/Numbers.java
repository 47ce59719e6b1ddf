package dev.ravine.spark;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.util.Arrays;

/** Plain arrays of the three dtypes: float[], double[] and long[]. */
final class Numbers {
    private Numbers() {}

    static Object array(DType dtype, int size) {
        return switch (dtype) {
            case FLOAT32 -> new float[size];
            case FLOAT64 -> new double[size];
            case INT64 -> new long[size];
        };
    }

    /** A copy of numbers that lie in native memory. */
    static Object copyOf(Elements numbers) {
        Object copy = array(numbers.dtype(), numbers.size());
        if (copy instanceof float[] floats) {
            numbers.read(0, floats.length, floats);
        } else if (copy instanceof double[] doubles) {
            numbers.read(0, doubles.length, doubles);
        } else {
            throw new IllegalArgumentException("a result must be floating-point, found " + numbers.dtype());
        }
        return copy;
    }

    /** A view of floating-point numbers that came over the wire. */
    static Elements elements(Object array) {
        return array instanceof float[] floats ? Elements.of(floats) : Elements.of((double[]) array);
    }

    /** Writes numbers of an array to native memory of its dtype. */
    static void write(Object array, int from, int count, Elements to, int at) {
        if (array instanceof float[] floats && to instanceof Elements.Floats out) {
            out.buffer().put(at, floats, from, count);
        } else if (array instanceof double[] doubles && to instanceof Elements.Doubles out) {
            out.buffer().put(at, doubles, from, count);
        } else if (array instanceof long[] longs && to instanceof Elements.Longs out) {
            out.buffer().put(at, longs, from, count);
        } else {
            throw new IllegalArgumentException(
                    "numbers in " + array.getClass().getSimpleName() + " do not fit to memory of " + to.dtype());
        }
    }

    /** to += from, element by element in their own precision. */
    static void add(Object from, Object to) {
        if (from instanceof float[] x && to instanceof float[] y && x.length == y.length) {
            for (int i = 0; i < x.length; i++) {
                y[i] += x[i];
            }
        } else if (from instanceof double[] x && to instanceof double[] y && x.length == y.length) {
            for (int i = 0; i < x.length; i++) {
                y[i] += x[i];
            }
        } else {
            throw new IllegalArgumentException("cannot add " + length(from) + " numbers in "
                    + from.getClass().getSimpleName() + " to " + length(to) + " in "
                    + to.getClass().getSimpleName());
        }
    }

    static double get(Object array, int i) {
        if (array instanceof float[] floats) {
            return floats[i];
        }
        return array instanceof double[] doubles ? doubles[i] : (double) ((long[]) array)[i];
    }

    static void set(Object array, int i, double value) {
        if (array instanceof float[] floats) {
            floats[i] = (float) value;
        } else if (array instanceof double[] doubles) {
            doubles[i] = value;
        } else {
            ((long[]) array)[i] = (long) value;
        }
    }

    static int length(Object array) {
        if (array instanceof float[] floats) {
            return floats.length;
        }
        return array instanceof double[] doubles ? doubles.length : ((long[]) array).length;
    }

    /** Whether two arrays hold the same bits. */
    static boolean sameBits(Object a, Object b) {
        if (a instanceof float[] x && b instanceof float[] y) {
            return Arrays.equals(x, y);
        }
        return a instanceof double[] x && b instanceof double[] y && Arrays.equals(x, y);
    }
}
