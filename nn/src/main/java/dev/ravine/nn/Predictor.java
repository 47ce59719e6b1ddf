package dev.ravine.nn;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<Input, Chunk> chunks = new HashMap<>();
    private final Lifetime lifetime = new Lifetime("the predictor", this::discard);
    private long graphKey;

    /** What a program is planned for. */
    private record Input(DType dtype, Shape shape) {}

    /** A forward program for a fixed number of examples. */
    private record Chunk(Program program, Tensor features, Tensor outputs, List<Tensor> parameters) {}

    /**
     * Makes a predictor.
     *
     * @param module an initialized module
     */
    public Predictor(Module module) {
        this.module = module;
        this.graphKey = key();
    }

    /**
     * {@return the module's outputs for all examples, an array [examples, ...] that the caller owns}
     *
     * @param data examples of the module's dtype
     */
    public INDArray outputs(DataSet data) {
        return outputs(data.features());
    }

    /**
     * {@return the module's outputs for all examples, an array [examples, ...] that the caller owns}
     *
     * @param features [examples, ...] of the module's dtype, at least one example
     * @throws ShapeException if there are no examples, or features do not fit the module
     */
    public INDArray outputs(INDArray features) {
        INDArray[] all = new INDArray[1];
        forEachChunk(features, (from, outputs) -> {
            if (all[0] == null) {
                long[] dims = outputs.shape().clone();
                dims[0] = features.size(0);
                all[0] = Arena.create(DType.of(outputs), Shape.of(dims));
            }
            long width = outputs.length() / outputs.size(0);
            Vectors.copy(outputs, Arena.view(all[0], from * width, Shape.of(outputs)));
        });
        return all[0];
    }

    /**
     * {@return the module's outputs for rows of numbers, one row or many: a row of outputs for each} Numbers are
     * rounded to the module's dtype.
     *
     * @param rows the features of each row, as many in each; at least one row
     * @throws ShapeException if there are no rows, their lengths differ, or they do not fit the module
     */
    public double[][] outputs(double[]... rows) {
        Check.noNullsIn("the rows of features", rows);
        int width = rows.length == 0 ? 0 : rows[0].length;
        double[] flat = new double[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new ShapeException("predictions need rows of one length, found " + width
                        + " numbers in row 0 and " + rows[i].length + " in row " + i);
            }
            System.arraycopy(rows[i], 0, flat, i * width, width);
        }
        DType dtype = DType.of(module.parameterVector().array());
        double[] all = Arena.toDoubles(outputs(Arena.of(dtype, Shape.of(rows.length, width), flat)));
        double[][] outputs = new double[rows.length][];
        int each = all.length / rows.length;
        Arrays.setAll(outputs, i -> Arrays.copyOfRange(all, i * each, (i + 1) * each));
        return outputs;
    }

    /**
     * {@return the class of each example: the place of its largest output along the last axis} Of equal outputs the
     * first counts as the largest. An example with a NaN among its outputs has no class, which is -1. If there is a
     * single output, it is the logit of class 1, as with {@link Loss#binaryCrossEntropy()}: the class is 1 if it is
     * positive, else 0.
     *
     * @param features [examples, ...] of the module's dtype, at least one example
     * @throws ShapeException if there are no examples, features do not fit the module, or an example has several rows
     *     of outputs
     */
    public int[] classes(INDArray features) {
        INDArray outputs = outputs(features);
        int count = classesOf(outputs);
        Elements scores = Elements.of(outputs);
        int[] classes = new int[(int) outputs.size(0)];
        for (int i = 0; i < classes.length; i++) {
            double only = scores.get(i * count);
            classes[i] = count > 1
                    ? ClassScores.largest(scores, i * count, count)
                    : Double.isNaN(only) ? ClassScores.NONE : only > 0 ? 1 : 0;
        }
        return classes;
    }

    /**
     * {@return the probability of each class, an array [examples, classes] that the caller owns: the softmax of the
     * outputs, as {@link Loss#softmaxCrossEntropy()} trains them} If there is a single output, the array is [examples,
     * 1] with the probability of class 1: the logistic function of the output, as with
     * {@link Loss#binaryCrossEntropy()}. An example with a NaN among its outputs has NaN in all its probabilities.
     *
     * @param features [examples, ...] of the module's dtype, at least one example
     * @throws ShapeException if there are no examples, features do not fit the module, or an example has several rows
     *     of outputs
     */
    public INDArray probabilities(INDArray features) {
        INDArray outputs = outputs(features);
        int count = classesOf(outputs);
        Elements scores = Elements.of(outputs);
        double[] row = new double[count];
        for (int i = 0; i < scores.size(); i += count) {
            scores.read(i, count, row);
            if (count == 1) {
                row[0] = 1 / (1 + Math.exp(-row[0]));
            } else {
                softmax(row);
            }
            scores.write(i, count, row);
        }
        return outputs;
    }

    /** In place. Differences from the largest do not overflow; an infinite output takes all probability. */
    private static void softmax(double[] row) {
        double largest = Arrays.stream(row).max().orElseThrow();
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            row[k] = row[k] == largest ? 1 : Math.exp(row[k] - largest);
            sum += row[k];
        }
        for (int k = 0; k < row.length; k++) {
            row[k] /= sum;
        }
    }

    private static int classesOf(INDArray outputs) {
        if (outputs.rank() != 2) {
            throw new ShapeException("classes need one row of outputs for each example, [examples, classes], found "
                    + Shape.of(outputs));
        }
        return (int) outputs.size(1);
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
        forEachChunk(data.features(), (from, outputs) -> {
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

    private void forEachChunk(INDArray features, Visitor visitor) {
        lifetime.enter();
        try {
            visitChunks(features, visitor);
        } finally {
            lifetime.exit();
        }
    }

    private void visitChunks(INDArray features, Visitor visitor) {
        long key = key();
        if (key != graphKey) {
            discard();
            graphKey = key;
        }
        if (features.rank() < 1 || features.isEmpty()) {
            throw new ShapeException("predictions need features [examples, ...] with at least one" + " number, found "
                    + DType.of(features) + " " + Shape.of(features));
        }
        INDArray dense = Arena.dense(features);
        DType dtype = DType.of(dense);
        Shape example = Shape.of(dense).dropping(0);
        int rows = (int) dense.size(0);
        int size = rows > CHUNK && mixesRows(dtype, example) ? rows : CHUNK;
        for (int from = 0; from < rows; from += size) {
            Input input = new Input(dtype, batchOf(Math.min(size, rows - from), example));
            Chunk chunk = chunks.computeIfAbsent(input, this::plan);
            Vectors.copy(Arena.view(dense, from * example.count(), input.shape), chunk.program.memory(chunk.features));
            chunk.program.changed(chunk.features);
            chunk.parameters.forEach(chunk.program::changed);
            chunk.program.run();
            visitor.visit(from, chunk.program.outputMemory(chunk.outputs));
        }
    }

    /** Of the graph in evaluation, which the programs are for. */
    private long key() {
        return module.inEvaluation(module::graphKey);
    }

    private boolean mixesRows(DType dtype, Shape example) {
        Tensor two = Tensor.input("features", dtype, batchOf(2, example));
        return module.inEvaluation(() -> module.rowsMix(two));
    }

    private Chunk plan(Input input) {
        Tensor features = Tensor.input("features", input.dtype, input.shape);
        Tensor outputs = module.inEvaluation(() -> module.apply(features));
        List<Tensor> parameters = module.namedParameters().values().stream()
                .map(Parameter::variable)
                .toList();
        Program program = Program.builder()
                .input(features)
                .inputs(parameters, null)
                .outputs(List.of(outputs), null)
                .build();
        return new Chunk(program, features, outputs, parameters);
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

    @Override
    public String toString() {
        return "Predictor of " + module;
    }
}
