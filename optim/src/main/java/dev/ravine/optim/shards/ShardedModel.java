package dev.ravine.optim.shards;

import dev.ravine.autodiff.Batch;
import dev.ravine.autodiff.Examples;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import java.util.List;
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

    /**
     * Whether rows of a batch mix: because the module says so, or because an operation of its graph is seen to mix
     * them.
     */
    boolean mixesRows(int rows) {
        if (module.rowsMix()) {
            return true;
        }
        Tensor features = features(rows);
        return new Batch(rows, List.of(features))
                .of(module.apply(features))
                .filter(examples -> examples.kind() == Examples.Kind.MIXED)
                .isPresent();
    }
}
