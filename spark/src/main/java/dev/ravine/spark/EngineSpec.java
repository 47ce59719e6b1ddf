package dev.ravine.spark;

import dev.ravine.nn.Module;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.spark.data.RowFormat;
import java.io.Serializable;
import java.util.List;

/**
 * What an executor needs to build its half of an objective.
 *
 * @param objective its number among all objectives of the driver
 * @param model how net and loss are made
 * @param examples of the whole data
 * @param format of one
 * @param largest the largest shard
 * @param splitFrom the number of examples from which there are two shards
 * @param parameters of the driver's net, with their shapes
 * @param build of the driver's Ravine
 */
record EngineSpec(
        long objective,
        SparkModel model,
        int examples,
        RowFormat format,
        int largest,
        int splitFrom,
        List<String> parameters,
        BuildId build)
        implements Serializable {
    ShardSizes sizes() {
        return new ShardSizes(largest, splitFrom);
    }

    static List<String> parameters(Module module) {
        return List.copyOf(module.namedParameters().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().shape())
                .toList());
    }
}
