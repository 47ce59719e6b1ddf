package dev.ravine.optim;

import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph of the summed loss over a fixed number of examples, and the examples in it. */
final class Shard implements AutoCloseable {
    /** What shards are made from. */
    record Source(Module module, Loss loss, DataSet data, ParameterVector parameters) {}

    final int rows;
    final boolean withSquares;
    final GraphLinearization at;
    private final DataSet data;
    private final INDArray point;
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
        this.data = source.data;
        this.point = point;
        features = Tensor.input("features", data.dtype(), batchOf(data.featureShape()));
        targets = Tensor.input("targets", DType.of(data.targets()), batchOf(data.targetShape()));
        Tensor outputs = source.module.apply(features);
        if (data.hasLabels() && outputs.shape().size(-1) < data.classes()) {
            throw new ShapeException("the labels run from 0 to " + (data.classes() - 1) + ", but the model has only "
                    + outputs.shape().size(-1) + " outputs");
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
    }

    private Shape batchOf(Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(rows), LongStream.of(example.toArray()))
                .toArray());
    }

    /** Takes examples in; theta is in the shared memory already. */
    void load(int[] rowsOfData, int from, long noise) {
        data.copyRows(rowsOfData, from, rows, at.memory(features), at.memory(targets));
        at.changed(features);
        at.resample(noise, rowsOfData, from);
        at.moveTo(point);
    }

    @Override
    public void close() {
        at.close();
    }
}
