package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.List;

/** Several loops whose chunks pass from one to the next in small arrays. */
final class FusedLoop implements Kernel {
    private final Stage[] stages;
    private final int size;
    private final boolean isSingle;

    /**
     * One of the loops.
     *
     * @param first the array that holds the first input, or -1 to read it from memory
     * @param second the same of the second input
     * @param result the array for the result
     * @param isWritten whether the result goes to memory, too
     */
    record Stage(ChunkLoop loop, int first, int second, int result, boolean isWritten) {}

    FusedLoop(List<Stage> stages) {
        this.stages = stages.toArray(Stage[]::new);
        Elements output = this.stages[0].loop.output();
        this.size = output.size();
        this.isSingle = output instanceof Elements.Floats;
    }

    @Override
    public void run() {
        Scratch scratch = Scratch.ofThread();
        for (int i = 0; i < size; i += Scratch.CHUNK) {
            int count = Math.min(Scratch.CHUNK, size - i);
            for (Stage stage : stages) {
                if (isSingle) {
                    runSingle(stage, i, count, scratch);
                } else {
                    runDouble(stage, i, count, scratch);
                }
            }
        }
    }

    private static void runSingle(Stage stage, int i, int count, Scratch scratch) {
        ChunkLoop loop = stage.loop;
        float[] first = input(loop.first(), stage.first, 0, i, count, scratch.floats);
        float[] result = scratch.floats[stage.result];
        if (loop.second() == null) {
            loop.unary().apply(first, result, count, scratch);
        } else {
            loop.binary().apply(first, input(loop.second(), stage.second, 1, i, count, scratch.floats), result, count);
        }
        if (stage.isWritten) {
            loop.output().write(i, count, result);
        }
    }

    private static float[] input(BroadcastInput input, int kept, int spare, int i, int count, float[][] arrays) {
        if (kept >= 0) {
            return arrays[kept];
        }
        input.read(i, count, arrays[spare]);
        return arrays[spare];
    }

    private static void runDouble(Stage stage, int i, int count, Scratch scratch) {
        ChunkLoop loop = stage.loop;
        double[] first = input(loop.first(), stage.first, 0, i, count, scratch.doubles);
        double[] result = scratch.doubles[stage.result];
        if (loop.second() == null) {
            loop.unary().apply(first, result, count);
        } else {
            loop.binary().apply(first, input(loop.second(), stage.second, 1, i, count, scratch.doubles), result, count);
        }
        if (stage.isWritten) {
            loop.output().write(i, count, result);
        }
    }

    private static double[] input(BroadcastInput input, int kept, int spare, int i, int count, double[][] arrays) {
        if (kept >= 0) {
            return arrays[kept];
        }
        input.read(i, count, arrays[spare]);
        return arrays[spare];
    }
}
