package dev.ravine.optim.shards;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import java.util.stream.LongStream;

/** What shards are made from. */
record ShardedModel(Module module, Loss loss, DataSet data, ParameterVector parameters) {
    Tensor features(int rows) {
        return Tensor.input("features", data.dtype(), batchOf(rows, data.featureShape()));
    }

    Tensor targets(int rows) {
        return Tensor.input("targets", DType.of(data.targets()), batchOf(rows, data.targetShape()));
    }

    /** The weights of the examples; null if all count alike. */
    Tensor weights(int rows) {
        return data.weights().isPresent() ? Tensor.input("weights", data.dtype(), Shape.of(rows)) : null;
    }

    /** The sum of the examples' losses, each times its weight. */
    Tensor summedLoss(Tensor outputs, Tensor targets, Tensor weights) {
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
}
