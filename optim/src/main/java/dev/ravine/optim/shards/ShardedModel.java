package dev.ravine.optim.shards;

import dev.ravine.autodiff.Batch;
import dev.ravine.autodiff.GraphText;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import java.util.List;
import java.util.stream.LongStream;

/** What shards are made from. */
record ShardedModel(Module module, Loss loss, ExampleSource data, ParameterVector parameters) {
    /**
     * The summed loss of a number of examples.
     *
     * @param weights of the examples; null if all count alike
     * @param loss of the outputs and the targets, each example's times its weight
     * @param curvature of the loss in the outputs, or null if the loss does not say
     */
    record Graph(
            Tensor features, Tensor targets, Tensor weights, Tensor outputs, Tensor loss, OutputCurvature curvature) {
        /** The leaves that hold data. */
        List<Tensor> inputs() {
            return weights == null ? List.of(features, targets) : List.of(features, targets, weights);
        }
    }

    /**
     * Builds the graph.
     *
     * @throws ShapeException if the model has too few outputs for the data's classes
     */
    Graph graph(int rows) {
        Tensor features = features(rows);
        Tensor targets = targets(rows);
        Tensor weights = weights(rows);
        Tensor outputs = module.apply(features);
        requireOutputForEachClass(outputs);
        return new Graph(
                features,
                targets,
                weights,
                outputs,
                summedLoss(outputs, targets, weights),
                loss.curvature(outputs, targets).orElse(null));
    }

    private void requireOutputForEachClass(Tensor outputs) {
        if (data.hasLabels() && outputs.shape().size(-1) < data.classes()) {
            long width = outputs.shape().size(-1);
            throw new ShapeException("the labels run from 0 to " + (data.classes() - 1) + ", but the model has only "
                    + width + (width == 1 ? " output" : " outputs"));
        }
    }

    /** The parameters' variables, in the order of the flat vector. */
    List<Tensor> variables() {
        return parameters.segments().stream()
                .map(ParameterVector.Segment::parameter)
                .map(Parameter::variable)
                .toList();
    }

    /** The graph as statistics see it. */
    ModelGraph statistics(int rows) {
        Graph graph = graph(rows);
        Batch batch = new Batch(rows, graph.inputs());
        return new ModelGraph(graph.loss, graph.outputs, variables(), batch, graph.weights, graph.curvature);
    }

    Tensor features(int rows) {
        return Tensor.input("features", data.featureType(), batchOf(rows, data.featureShape()));
    }

    Tensor targets(int rows) {
        return Tensor.input("targets", data.targetType(), batchOf(rows, data.targetShape()));
    }

    /** The weights of the examples; null if all count alike. */
    Tensor weights(int rows) {
        return data.hasWeights() ? Tensor.input("weights", data.dtype(), Shape.of(rows)) : null;
    }

    /** The sum of the examples' losses, each times its weight. */
    private Tensor summedLoss(Tensor outputs, Tensor targets, Tensor weights) {
        return weights == null
                ? loss.of(outputs, targets, Reduction.SUM)
                : loss.perExample(outputs, targets).mul(weights).sum();
    }

    private static Shape batchOf(int rows, Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(rows), LongStream.of(example.toArray()))
                .toArray());
    }

    /** Whether rows mix in a batch of a number of examples, at least two. */
    boolean mixesRows(int rows) {
        return module.rowsMix(features(Math.max(2, rows)));
    }

    /** The summed loss of two examples as text. */
    String text() {
        Tensor outputs = module.apply(features(2));
        return GraphText.of(loss.of(outputs, targets(2), Reduction.SUM));
    }
}
