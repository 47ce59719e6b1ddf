package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph of the summed loss over a fixed number of examples, and the examples in it. */
final class Shard implements AutoCloseable {
    /** What shards are made from. */
    record Source(Module module, Loss loss, DataSet data, ParameterVector parameters) {}

    final int rows;
    final boolean withSquares;
    final GraphLinearization at;
    private final DataSet.RowCopy examples;
    private final INDArray point;
    private final Map<Curvature, Elements> products = new EnumMap<>(Curvature.class);
    private Elements gradient;
    private Elements squares;
    private final Tensor features;
    private final Tensor targets;

    /**
     * Builds the graph.
     *
     * @param source module, loss and data
     * @param rows how many examples
     * @param withSquares whether the gradient comes with squared gradients, where the module has rules for them
     * @param point where theta is read
     * @param vector where the vector is read that curvature multiplies; null for memory of its own, once it is needed
     */
    Shard(Source source, int rows, boolean withSquares, INDArray point, INDArray vector) {
        this.rows = rows;
        this.withSquares = withSquares;
        this.point = point;
        features = Tensor.input("features", source.data.dtype(), batchOf(source.data.featureShape()));
        targets = Tensor.input("targets", DType.of(source.data.targets()), batchOf(source.data.targetShape()));
        Tensor outputs = source.module.apply(features);
        if (source.data.hasLabels() && outputs.shape().size(-1) < source.data.classes()) {
            long width = outputs.shape().size(-1);
            throw new ShapeException("the labels run from 0 to " + (source.data.classes() - 1)
                    + ", but the model has only " + width + (width == 1 ? " output" : " outputs"));
        }
        List<Tensor> variables = source.parameters.segments().stream()
                .map(ParameterVector.Segment::parameter)
                .map(Parameter::variable)
                .toList();
        GraphLinearization.Builder builder = GraphLinearization.builder(
                        source.loss.of(outputs, targets, Reduction.SUM), variables)
                .inputs(features, targets)
                .outputs(outputs)
                .meanOver(1)
                .sharing(point, vector);
        if (!source.loss.hasNaturalOutputs()) {
            builder.withoutFisher();
        }
        if (withSquares) {
            builder.withSquaredGradient();
        }
        at = builder.build();
        examples = source.data.rowCopy(rows, at.memory(features), at.memory(targets));
    }

    private Shape batchOf(Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(rows), LongStream.of(example.toArray()))
                .toArray());
    }

    /** Takes examples in; theta is in the shared memory already. */
    void load(int[] rowsOfData, int from, long noise) {
        examples.run(rowsOfData, from);
        at.changed(features);
        at.resample(noise, rowsOfData, from);
        at.moveTo(point);
    }

    /** The gradient of the summed loss, where it was computed. */
    Elements gradient() {
        INDArray result = at.gradient();
        gradient = gradient == null ? Elements.of(result) : gradient;
        return gradient;
    }

    /** The sum over examples of squared gradients, where it was computed. */
    Elements squaredGradient() {
        INDArray result = at.squaredGradient();
        squares = squares == null ? Elements.of(result) : squares;
        return squares;
    }

    /** The product of the summed loss's curvature with the shared vector, where it was computed. */
    Elements product(Curvature curvature) {
        INDArray result = at.product(curvature);
        return products.computeIfAbsent(curvature, c -> Elements.of(result));
    }

    @Override
    public void close() {
        at.close();
    }
}
