package dev.ravine.nn.onnx;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers of a tensor in row-major order, in single precision. */
final class Numbers {
    private final float[] values;
    private final long[] sizes;

    /** Takes all numbers and the sizes of the axes. */
    Numbers(float[] values, long... sizes) {
        this.values = values;
        this.sizes = sizes;
    }

    float[] values() {
        return values;
    }

    long[] sizes() {
        return sizes;
    }

    static Numbers of(INDArray array) {
        return new Numbers(floats(Arena.toDoubles(array)), Shape.of(array).toArray());
    }

    static Numbers row(double... values) {
        return new Numbers(floats(values), values.length);
    }

    static Numbers filled(float value, int length) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return new Numbers(values, length);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    Numbers reshaped(long... others) {
        return new Numbers(values, others);
    }

    /** With axis i of the result being axis {@code axes[i]} of this. */
    Numbers permuted(int... axes) {
        long[] steps = new long[sizes.length];
        long step = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            steps[i] = step;
            step *= sizes[i];
        }
        long[] to = Arrays.stream(axes).mapToLong(axis -> sizes[axis]).toArray();
        float[] moved = new float[values.length];
        long[] place = new long[to.length];
        for (int i = 0; i < moved.length; i++) {
            int from = 0;
            for (int axis = 0; axis < axes.length; axis++) {
                from += (int) (place[axis] * steps[axes[axis]]);
            }
            moved[i] = values[from];
            for (int axis = to.length - 1; axis >= 0 && ++place[axis] == to[axis]; axis--) {
                place[axis] = 0;
            }
        }
        return new Numbers(moved, to);
    }

    /** The blocks of the first axis in another order. */
    Numbers reordered(List<Integer> blocks) {
        int length = values.length / blocks.size();
        float[] moved = new float[values.length];
        for (int i = 0; i < blocks.size(); i++) {
            System.arraycopy(values, blocks.get(i) * length, moved, i * length, length);
        }
        return new Numbers(moved, sizes);
    }

    /** One after the other along the first axis. */
    static Numbers joined(Numbers... parts) {
        float[] all =
                new float[Arrays.stream(parts).mapToInt(p -> p.values.length).sum()];
        long[] sizes = parts[0].sizes.clone();
        sizes[0] = 0;
        int at = 0;
        for (Numbers part : parts) {
            System.arraycopy(part.values, 0, all, at, part.values.length);
            at += part.values.length;
            sizes[0] += part.sizes[0];
        }
        return new Numbers(all, sizes);
    }

    /** Under a new first axis. */
    static Numbers stacked(Numbers... parts) {
        long[] sizes = new long[parts[0].sizes.length + 1];
        sizes[0] = 1;
        System.arraycopy(parts[0].sizes, 0, sizes, 1, parts[0].sizes.length);
        return joined(Arrays.stream(parts).map(p -> p.reshaped(sizes)).toArray(Numbers[]::new));
    }
}
