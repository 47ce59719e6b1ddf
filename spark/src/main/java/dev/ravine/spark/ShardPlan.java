package dev.ravine.spark;

import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.spark.data.Rows;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * Which partition of which RDD computes which shards.
 *
 * @param rows of the examples
 * @param slot names the engines of this RDD
 * @param parts the shards of each partition, in order
 */
record ShardPlan(JavaRDD<Rows> rows, String slot, List<List<ShardRows>> parts) {
    /** The shards of a request, each with its rows. */
    static List<ShardRows> shards(ShardRequest request) {
        List<ShardRows> shards = new ArrayList<>(request.shards());
        for (int i = 0; i < request.shards(); i++) {
            shards.add(ShardRows.of(i, request.rows(), request.bounds()[i], request.bounds()[i + 1]));
        }
        return shards;
    }
}
