package dev.ravine.nn;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a module forward over data, in evaluation mode and with the parameters' present values. The module's own mode
 * does not change. Used by one thread at a time.
 *
 * <p>Data are cut into chunks of 1,000 examples. A module that {@link Module#rowsMix() mixes rows} in
 * evaluation mode takes all data as one batch instead: its outputs then depend on which examples are passed together,
 * and memory grows with their number.
 */
public final class Predictor implements AutoCloseable {
    private static final int CHUNK = 1000;

    private final Module module;
    private final Map<Kind, Chunk> chunks = new HashMap<>();
    private final Lifetime lifetime = new Lifetime("the predictor", this::discard);
    private long graphKey;

    /** Data that one program serves. */
    private record Kind(int examples, DType dtype, Shape features, DType targetDtype, Shape targets) {}

    /** A forward program for a fixed number of examples. */
    private record Chunk(Program program, Tensor features, Tensor targets, Tensor outputs, List<Tensor> parameters) {}

    /**
     * Makes a predictor.
     *
     * @param module an initialized module
     */
    public Predictor(Module module) {
        this.module = module;
        this.graphKey = module.graphKey();
    }

    /**
     * {@return the module's outputs for all examples, an array [examples, ...] that the caller owns}
     *
     * @param data examples of the module's dtype
     * @throws IllegalStateException if the predictor, or the module's parameter vector, is closed
     */
    public INDArray outputs(DataSet data) {
        INDArray[] all = new INDArray[1];
        forEachChunk(data, (from, outputs) -> {
            if (all[0] == null) {
                long[] dims = outputs.shape().clone();
                dims[0] = data.size();
                all[0] = Arena.create(DType.of(outputs), Shape.of(dims));
            }
            long width = outputs.length() / outputs.size(0);
            Vectors.copy(outputs, Arena.view(all[0], from * width, Shape.of(outputs)));
        });
        return all[0];
    }

    /**
     * {@return the fraction of examples whose predicted class is their label, from 0 to 1} By the rules of
     * {@link ClassScores}: of equal outputs the first counts as the largest, an example with an output that is not a
     * number is wrong, and examples count by their weights.
     *
     * @param data labelled examples of the module's dtype
     * @throws IllegalArgumentException if the data have no labels, or a label has no output
     * @throws IllegalStateException if the predictor, or the module's parameter vector, is closed
     */
    public double accuracy(DataSet data) {
        ClassScores.requireLabels("accuracy", data);
        double[] right = {0};
        double[] all = {0};
        forEachChunk(data, (from, outputs) -> {
            ClassScores scores = ClassScores.of("accuracy", outputs, data, from);
            right[0] += scores.weightWithin(1);
            all[0] += scores.totalWeight();
        });
        return right[0] / all[0];
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(int from, INDArray outputs);
    }

    private void forEachChunk(DataSet data, Visitor visitor) {
        lifetime.enter();
        try {
            visitChunks(data, visitor);
        } finally {
            lifetime.exit();
        }
    }

    private void visitChunks(DataSet data, Visitor visitor) {
        if (module.graphKey() != graphKey) {
            discard();
            graphKey = module.graphKey();
        }
        int[] rows = IntStream.range(0, data.size()).toArray();
        int size = rows.length > CHUNK && mixesRows(data) ? rows.length : CHUNK;
        for (int from = 0; from < rows.length; from += size) {
            int count = Math.min(size, rows.length - from);
            Kind kind =
                    new Kind(count, data.dtype(), data.featureShape(), DType.of(data.targets()), data.targetShape());
            Chunk chunk = chunks.computeIfAbsent(kind, k -> plan(data, k.examples));
            data.copyRows(rows, from, count, chunk.program.memory(chunk.features), chunk.program.memory(chunk.targets));
            chunk.program.changed(chunk.features);
            chunk.parameters.forEach(chunk.program::changed);
            chunk.program.run();
            visitor.visit(from, chunk.program.outputMemory(chunk.outputs));
        }
    }

    private boolean mixesRows(DataSet data) {
        Tensor two = Tensor.input("features", data.dtype(), batchOf(2, data.featureShape()));
        return module.inEvaluation(() -> module.rowsMix(two));
    }

    private Chunk plan(DataSet data, int count) {
        Tensor features = Tensor.input("features", data.dtype(), batchOf(count, data.featureShape()));
        Tensor targets = Tensor.input("targets", DType.of(data.targets()), batchOf(count, data.targetShape()));
        Tensor outputs = module.inEvaluation(() -> module.apply(features));
        List<Tensor> parameters = module.namedParameters().values().stream()
                .map(Parameter::variable)
                .toList();
        Program program = Program.builder()
                .input(targets)
                .input(features)
                .inputs(parameters, null)
                .outputs(List.of(outputs), null)
                .build();
        return new Chunk(program, features, targets, outputs, parameters);
    }

    private static Shape batchOf(int count, Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(count), LongStream.of(example.toArray()))
                .toArray());
    }

    /** Frees the memory, after a use in another thread has ended. */
    @Override
    public void close() {
        lifetime.close();
    }

    private void discard() {
        chunks.values().forEach(c -> c.program.close());
        chunks.clear();
    }
}
