package dev.ravine.nn;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
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
    private final Map<Integer, Chunk> chunks = new HashMap<>();
    private long graphKey;

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
     * {@return the fraction of examples whose largest output is the one of their label, from 0 to 1} Of equal outputs
     * the first counts as the largest. An example with a NaN among its outputs counts as wrong.
     *
     * @param data labelled examples of the module's dtype
     * @throws IllegalArgumentException if the data have no labels
     */
    public double accuracy(DataSet data) {
        if (!data.hasLabels()) {
            throw new IllegalArgumentException("accuracy needs labels, the data have targets of shape "
                    + data.targetShape() + " and dtype " + DType.of(data.targets())
                    + "; labels are one integer an example, such as Arena.ofIntegers gives");
        }
        Elements labels = Elements.of(data.targets());
        int[] right = {0};
        forEachChunk(data, (from, outputs) -> {
            Elements scores = Elements.of(outputs);
            int classes = (int) outputs.size(-1);
            int cases = (int) outputs.size(0);
            for (int i = 0; i < cases; i++) {
                right[0] += largest(scores, i * classes, classes) == labels.get(from + i) ? 1 : 0;
            }
        });
        return (double) right[0] / data.size();
    }

    private static int largest(Elements scores, int from, int count) {
        int best = -1;
        double score = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            double s = scores.get(from + k);
            if (Double.isNaN(s)) {
                return -1;
            }
            if (s > score) {
                score = s;
                best = k;
            }
        }
        return best;
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(int from, INDArray outputs);
    }

    private void forEachChunk(DataSet data, Visitor visitor) {
        if (module.graphKey() != graphKey) {
            close();
            graphKey = module.graphKey();
        }
        int[] rows = IntStream.range(0, data.size()).toArray();
        int size = rows.length > CHUNK && mixesRows(data) ? rows.length : CHUNK;
        for (int from = 0; from < rows.length; from += size) {
            int count = Math.min(size, rows.length - from);
            Chunk chunk = chunks.computeIfAbsent(count, c -> plan(data, c));
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

    /** Frees the memory; the next use allocates it again. */
    @Override
    public void close() {
        chunks.values().forEach(c -> c.program.close());
        chunks.clear();
    }
}
