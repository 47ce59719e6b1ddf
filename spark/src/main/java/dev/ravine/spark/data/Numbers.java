package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;

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
}
