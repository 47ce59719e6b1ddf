package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.BinaryFunctions.Combination;
import dev.ravine.core.kernels.UnaryFunctions.Function;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Elementwise kernels: numbers pass block by block through small arrays, where the loops of {@link UnaryFunctions} and
 * {@link BinaryFunctions} run as vector instructions. A run costs about 0.1 us and 0.1-0.3 ns an element and array; ND4J's
 * own cost 4-9 us a run, and several times more an element when two threads call them at once.
 */
final class ElementwiseKernels {
    private ElementwiseKernels() {}

    /** y = f(x), where y may be x. */
    static Kernel of(Function f, INDArray x, INDArray y) {
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        int size = to.size();
        if (from instanceof Elements.Floats a && to instanceof Elements.Floats out) {
            return () -> {
                Scratch scratch = Scratch.ofThread();
                float[] block = scratch.floats[0];
                for (int i = 0; i < size; i += Scratch.BLOCK) {
                    int count = Math.min(Scratch.BLOCK, size - i);
                    a.buffer().get(i, block, 0, count);
                    f.apply(block, block, count, scratch);
                    out.buffer().put(i, block, 0, count);
                }
            };
        }
        return () -> {
            double[] block = Scratch.ofThread().doubles[0];
            for (int i = 0; i < size; i += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, size - i);
                from.read(i, count, block);
                f.apply(block, block, count);
                to.write(i, count, block);
            }
        };
    }

    /** y = f(a, b), broadcast to the shape of y, which may be an input of that shape. */
    static Kernel of(Combination f, INDArray a, INDArray b, INDArray y) {
        Arena scratchMemory = new Arena();
        Kernel[] copies = new Kernel[2];
        Source first = source(a, y, scratchMemory, copies, 0);
        Source second = source(b, y, scratchMemory, copies, 1);
        Kernel combine = combine(f, first, second, Elements.of(y));
        Kernel[] steps = Arrays.stream(new Kernel[] {copies[0], copies[1], combine})
                .filter(k -> k != null)
                .toArray(Kernel[]::new);
        return steps.length == 1 ? combine : new KernelSequence(scratchMemory, steps);
    }

    /** y = f(a, b) for arrays of equal length, whatever their shapes. */
    static Kernel flat(Combination f, INDArray a, INDArray b, INDArray y) {
        Elements left = Elements.of(a);
        Elements right = Elements.of(b);
        return combine(f, new Source(left, 1, left.size()), new Source(right, 1, right.size()), Elements.of(y));
    }

    private static Kernel combine(Combination f, Source first, Source second, Elements to) {
        int size = to.size();
        if (to instanceof Elements.Floats out) {
            return () -> {
                Scratch scratch = Scratch.ofThread();
                float[] left = scratch.floats[0];
                float[] right = scratch.floats[1];
                for (int i = 0; i < size; i += Scratch.BLOCK) {
                    int count = Math.min(Scratch.BLOCK, size - i);
                    first.read(i, count, left);
                    second.read(i, count, right);
                    f.apply(left, right, left, count);
                    out.buffer().put(i, left, 0, count);
                }
            };
        }
        return () -> {
            Scratch scratch = Scratch.ofThread();
            double[] left = scratch.doubles[0];
            double[] right = scratch.doubles[1];
            for (int i = 0; i < size; i += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, size - i);
                first.read(i, count, left);
                second.read(i, count, right);
                f.apply(left, right, left, count);
                to.write(i, count, left);
            }
        };
    }

    /** Elements begin to end of y = a x1 + a x2 + ..., or y + that. */
    static void sum(double a, List<Elements> xs, boolean isFirst, Elements y, int begin, int end) {
        Scratch scratch = Scratch.ofThread();
        for (int i = begin; i < end; i += Scratch.BLOCK) {
            int count = Math.min(Scratch.BLOCK, end - i);
            if (y instanceof Elements.Floats out) {
                float[] sum = scratch.floats[0];
                float[] x = scratch.floats[1];
                ((Elements.Floats) (isFirst ? xs.get(0) : y)).buffer().get(i, sum, 0, count);
                if (isFirst) {
                    scale((float) a, sum, count);
                }
                for (int k = isFirst ? 1 : 0; k < xs.size(); k++) {
                    ((Elements.Floats) xs.get(k)).buffer().get(i, x, 0, count);
                    addScaled((float) a, x, sum, count);
                }
                out.buffer().put(i, sum, 0, count);
            } else {
                double[] sum = scratch.doubles[0];
                double[] x = scratch.doubles[1];
                (isFirst ? xs.get(0) : y).read(i, count, sum);
                if (isFirst) {
                    scale(a, sum, count);
                }
                for (int k = isFirst ? 1 : 0; k < xs.size(); k++) {
                    xs.get(k).read(i, count, x);
                    addScaled(a, x, sum, count);
                }
                y.write(i, count, sum);
            }
        }
    }

    private static void scale(float a, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= a;
        }
    }

    private static void scale(double a, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= a;
        }
    }

    private static void addScaled(float a, float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += a * x[i];
        }
    }

    private static void addScaled(double a, double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += a * x[i];
        }
    }

    /** Every element of y becomes the value. */
    static Kernel fill(INDArray y, double value) {
        Elements to = Elements.of(y);
        int size = to.size();
        return () -> {
            Scratch scratch = Scratch.ofThread();
            double[] doubles = scratch.doubles[0];
            float[] floats = scratch.floats[0];
            Arrays.fill(doubles, value);
            Arrays.fill(floats, (float) value);
            for (int i = 0; i < size; i += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, size - i);
                if (to instanceof Elements.Floats out) {
                    out.buffer().put(i, floats, 0, count);
                } else {
                    to.write(i, count, doubles);
                }
            }
        };
    }

    /** y = a where the mask is not 0, else b, all of one shape; y may be any of them. */
    static Kernel where(INDArray mask, INDArray a, INDArray b, INDArray y) {
        Elements choice = Elements.of(mask);
        Elements yes = Elements.of(a);
        Elements no = Elements.of(b);
        Elements to = Elements.of(y);
        int size = to.size();
        return () -> {
            double[][] blocks = Scratch.ofThread().doubles;
            for (int i = 0; i < size; i += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, size - i);
                choice.read(i, count, blocks[0]);
                yes.read(i, count, blocks[1]);
                no.read(i, count, blocks[2]);
                for (int k = 0; k < count; k++) {
                    blocks[1][k] = blocks[0][k] != 0 ? blocks[1][k] : blocks[2][k];
                }
                to.write(i, count, blocks[1]);
            }
        };
    }

    /** An input as it is read, after it was written out where its axes do not repeat in a simple way. */
    private static Source source(INDArray x, INDArray y, Arena scratch, Kernel[] copies, int at) {
        Source source = Source.of(x, Shape.of(y));
        if (source != null) {
            return source;
        }
        INDArray whole = scratch.allocate(DType.of(x), Shape.of(y));
        copies[at] = Kernels.broadcast(x, whole);
        return Source.of(whole, Shape.of(y));
    }

    /**
     * An input seen in the result's shape: element i is {@code (i / repeat) mod period} of its own, which covers arrays
     * of the same shape, rows, columns and single numbers.
     */
    private record Source(Elements elements, int repeat, int period) {
        /** Null if the axes that repeat lie in between others. */
        static Source of(INDArray x, Shape shape) {
            int lead = shape.rank() - x.rank();
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
                    ? new Source(Elements.of(x), (int) Math.max(1, repeat), (int) Math.max(1, period))
                    : null;
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
            DoubleBuffer buffer = ((Elements.Doubles) elements).buffer();
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
}
