package dev.ravine.core.kernels;

import dev.ravine.core.Elements;

/**
 * A loop that makes each chunk of its result from the same chunk of its inputs. The chunks pass through small arrays,
 * where the loops of a function run as vector instructions.
 *
 * @param unary the function of one input, or null
 * @param binary the function of two inputs, or null
 * @param first input
 * @param second input, or null
 * @param output result
 */
record ChunkLoop(
        UnaryFunction unary, BinaryFunction binary, BroadcastInput first, BroadcastInput second, Elements output)
        implements Kernel {
    ChunkLoop(UnaryFunction f, Elements x, Elements y) {
        this(f, null, BroadcastInput.whole(x), null, y);
    }

    ChunkLoop(BinaryFunction f, BroadcastInput first, BroadcastInput second, Elements y) {
        this(null, f, first, second, y);
    }

    /** Whether all numbers are in single precision; else they pass through arrays of doubles. */
    boolean isSingle() {
        return isSingle(output) && isSingle(first.elements()) && (second == null || isSingle(second.elements()));
    }

    private static boolean isSingle(Elements elements) {
        return elements instanceof Elements.Floats;
    }

    @Override
    public void run() {
        Scratch scratch = Scratch.ofThread();
        int size = output.size();
        boolean isSingle = isSingle();
        for (int i = 0; i < size; i += Scratch.CHUNK) {
            int count = Math.min(Scratch.CHUNK, size - i);
            if (isSingle) {
                runSingle(i, count, scratch);
            } else {
                runDouble(i, count, scratch);
            }
        }
    }

    private void runSingle(int i, int count, Scratch scratch) {
        float[] x = scratch.floats[0];
        first.read(i, count, x);
        if (second == null) {
            unary.apply(x, x, count, scratch);
        } else {
            float[] y = scratch.floats[1];
            second.read(i, count, y);
            binary.apply(x, y, x, count);
        }
        output.write(i, count, x);
    }

    private void runDouble(int i, int count, Scratch scratch) {
        double[] x = scratch.doubles[0];
        first.read(i, count, x);
        if (second == null) {
            unary.apply(x, x, count);
        } else {
            double[] y = scratch.doubles[1];
            second.read(i, count, y);
            binary.apply(x, y, x, count);
        }
        output.write(i, count, x);
    }
}
