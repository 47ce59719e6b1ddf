package dev.ravine.nn;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.kernels.Vectors;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gives the buffers of batch normalizations their numbers: the mean over batches of what each batch has, at the present
 * parameters. So they are a function of parameters and data alone, and do not depend on the way that training took (Wu
 * and Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section 3, call this precise batch norm).
 */
public final class RunningStatistics {
    /** The most examples of a batch. */
    public static final int BATCH = 1000;

    private RunningStatistics() {}

    /**
     * Computes the statistics of data in batches of nearly equal sizes, of at most {@value #BATCH} examples, in their
     * order. A module without such buffers stays as it is, and nothing is computed.
     *
     * @param module initialized; its mode does not change
     * @param features [examples, ...] that the module takes
     * @throws ShapeException if they do not fit, or a batch has too few examples for a variance
     */
    public static void update(Module module, INDArray features) {
        if (module.namedBuffers().isEmpty()) {
            return;
        }
        if (features.rank() < 1 || features.isEmpty()) {
            throw new ShapeException("running statistics need features [examples, ...] with at least one number, found "
                    + Shape.of(features));
        }
        INDArray dense = Arena.dense(features);
        Shape example = Shape.of(features).dropping(0);
        update(
                module,
                (int) dense.size(0),
                DType.of(features),
                example,
                (from, to, memory) ->
                        Vectors.copy(Arena.view(dense, from * example.count(), Shape.of(memory)), memory));
    }

    /**
     * Computes the statistics of examples as {@link #update(Module, INDArray)} does, of which it holds a batch at a
     * time.
     *
     * @param module initialized; its mode does not change
     * @param data whose features the module takes
     * @throws ShapeException if they do not fit, or a batch has too few examples for a variance
     */
    public static void update(Module module, ExampleSource data) {
        if (module.namedBuffers().isEmpty()) {
            return;
        }
        update(module, data.size(), data.featureType(), data.featureShape(), (from, to, memory) -> {
            INDArray targets = Arena.create(data.targetType(), batch(to - from, data.targetShape()));
            data.rowCopy(to - from, memory, targets)
                    .run(IntStream.range(from, to).toArray(), 0);
        });
    }

    /** Copies the features of some examples. */
    @FunctionalInterface
    private interface Copy {
        void run(int from, int to, INDArray memory);
    }

    private static Shape batch(int examples, Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(examples), LongStream.of(example.toArray()))
                .toArray());
    }

    private static void update(Module module, int examples, DType dtype, Shape example, Copy copy) {
        int batches = (examples - 1) / BATCH + 1;
        IdentityHashMap<Buffer, double[]> sums = new IdentityHashMap<>();
        IdentityHashMap<Buffer, Double> weights = new IdentityHashMap<>();
        for (int batch = 0; batch < batches; batch++) {
            int from = (int) ((long) examples * batch / batches);
            int to = (int) ((long) examples * (batch + 1) / batches);
            Tensor x = Tensor.input("features", dtype, batch(to - from, example));
            add(module, x, memory -> copy.run(from, to, memory), sums, weights);
        }
        sums.forEach((buffer, sum) -> {
            INDArray mean = Arena.create(buffer.dtype(), buffer.shape());
            Elements out = Elements.of(mean);
            for (int i = 0; i < sum.length; i++) {
                out.set(i, sum[i] / weights.get(buffer));
            }
            buffer.set(mean);
        });
    }

    private static void add(
            Module module,
            Tensor x,
            Consumer<INDArray> copy,
            IdentityHashMap<Buffer, double[]> sums,
            IdentityHashMap<Buffer, Double> weights) {
        double examples = x.shape().size(0);
        List<BatchStatistics.Tracked> tracked =
                BatchStatistics.during(() -> module.inMode(true, () -> module.apply(x)));
        if (tracked.isEmpty()) {
            return;
        }
        List<Tensor> results =
                tracked.stream().map(BatchStatistics.Tracked::ofBatch).toList();
        try (Program program = Program.of(List.of(x), results)) {
            copy.accept(program.memory(x));
            program.changed(x);
            program.run();
            for (BatchStatistics.Tracked each : tracked) {
                double[] numbers = Arena.toDoubles(program.outputMemory(each.ofBatch()));
                double[] sum = sums.computeIfAbsent(each.buffer(), b -> new double[numbers.length]);
                for (int i = 0; i < numbers.length; i++) {
                    sum[i] += examples * numbers[i];
                }
                weights.merge(each.buffer(), examples, Double::sum);
            }
        }
    }
}
