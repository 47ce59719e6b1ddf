package dev.ravine.optim.shards;

import dev.ravine.autodiff.GraphText;
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

    private static Shape batchOf(int rows, Shape example) {
        return Shape.of(LongStream.concat(LongStream.of(rows), LongStream.of(example.toArray()))
                .toArray());
    }

    /** Whether rows mix in a batch of a number of examples, at least two. */
    boolean mixesRows(int rows) {
        return module.rowsMix(features(Math.max(2, rows)));
    }

    /** The summed loss of two examples as text. */
    String graph() {
        Tensor outputs = module.apply(features(2));
        return GraphText.of(loss.of(outputs, targets(2), Reduction.SUM));
    }
}
