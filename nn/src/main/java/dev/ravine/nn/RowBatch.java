package dev.ravine.nn;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A module's outputs and gradients for a range of a batch's rows, as a program; for {@link ModuleContract}. */
final class RowBatch implements AutoCloseable {
    private final int from;
    private final int count;
    private final Tensor features;
    private final Tensor outputs;
    private final List<Tensor> gradients;
    private final Program program;

    /** Outputs y, and gradients of the sum over all rows of w'y + y'y / 2, with a random w for each row. */
    static final class Result {
        /** Row by row. */
        final double[] outputs;

        /** Row by row, empty for indices. */
        final double[] byInput;

        /** In the order of the parameter vector. */
        final double[] byParameters;

        private Result(double[] outputs, double[] byInput, double... byParameters) {
            this.outputs = outputs;
            this.byInput = byInput;
            this.byParameters = byParameters;
        }

        /** {@return this batch and the next one together} */
        Result plus(Result next) {
            double[] sum = byParameters.clone();
            Arrays.setAll(sum, i -> byParameters[i] + next.byParameters[i]);
            return new Result(joined(outputs, next.outputs), joined(byInput, next.byInput), sum);
        }

        private static double[] joined(double[] first, double... second) {
            return DoubleStream.concat(DoubleStream.of(first), DoubleStream.of(second))
                    .toArray();
        }
    }

    /**
     * Builds the graph and plans it.
     *
     * @param module initialized
     * @param dtype of the module
     * @param features an input of the module, some rows of a batch
     * @param from the first row's place in the batch
     * @param comparison for the violation if the outputs have not the module's dtype and a row for each of the input
     */
    RowBatch(Module module, DType dtype, Tensor features, int from, Comparison comparison) {
        this.features = features;
        this.from = from;
        this.count = (int) features.shape().size(0);
        outputs = module.apply(features);
        if (outputs.dtype() != dtype) {
            throw comparison.violation("dtype of the outputs", dtype, outputs.dtype());
        }
        Shape shape = outputs.shape();
        if (shape.rank() == 0 || shape.size(0) != count) {
            throw comparison.violation(
                    "shape of the outputs", "[" + count + ", ...], one row for each of the input", shape);
        }
        Tensor weights = Tensor.constant(weights(dtype, shape));
        Tensor sum = outputs.mul(weights).add(outputs.square().mul(0.5)).sum();
        List<Tensor> variables = module.namedParameters().values().stream()
                .map(Parameter::variable)
                .toList();
        List<Tensor> inputs = new ArrayList<>(List.of(features));
        inputs.addAll(variables);
        gradients = Autodiff.gradient(sum, features.dtype().isFloating() ? inputs : variables);
        List<Tensor> results = new ArrayList<>(List.of(outputs));
        results.addAll(gradients);
        program = Program.of(inputs, results);
    }

    /** A row's weights depend on its place in the batch alone. */
    private INDArray weights(DType dtype, Shape shape) {
        int width = (int) shape.count() / count;
        double[] all = new double[count * width];
        for (int r = 0; r < count; r++) {
            Rng rng = new Rng(from + r);
            for (int i = 0; i < width; i++) {
                all[r * width + i] = rng.nextGaussian();
            }
        }
        return arrayOf(dtype, shape, all);
    }

    /** {@return the graph's end} */
    Tensor outputs() {
        return outputs;
    }

    /**
     * {@return the result for present parameters}
     *
     * @param x the input of the whole batch
     * @param noise seed of a draw of noise; each row of the batch has its own example
     */
    Result run(double[] x, long noise) {
        int width = (int) features.shape().count() / count;
        double[] own = Arrays.copyOfRange(x, from * width, (from + count) * width);
        program.set(features, arrayOf(features.dtype(), features.shape(), own));
        int[] examples = IntStream.range(0, from + count).map(i -> 7 * i + 3).toArray();
        program.resample(noise, examples, from);
        program.run();
        int ofInput = features.dtype().isFloating() ? 1 : 0;
        return new Result(
                numbers(List.of(outputs)),
                numbers(gradients.subList(0, ofInput)),
                numbers(gradients.subList(ofInput, gradients.size())));
    }

    private double[] numbers(List<Tensor> results) {
        return results.stream()
                .flatMapToDouble(t -> DoubleStream.of(Arena.toDoubles(program.outputMemory(t))))
                .toArray();
    }

    /** {@return an array of any dtype} */
    static INDArray arrayOf(DType dtype, Shape shape, double... numbers) {
        INDArray array = Arena.create(dtype, shape);
        Elements out = Elements.of(array);
        for (int i = 0; i < numbers.length; i++) {
            out.set(i, numbers[i]);
        }
        return array;
    }

    @Override
    public void close() {
        program.close();
    }
}
