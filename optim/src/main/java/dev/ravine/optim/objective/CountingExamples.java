package dev.ravine.optim.objective;

import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.optim.shards.ShardRunner;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The examples of a scope that count. Those of weight 0 are left out, so that they change nothing: no shard, no
 * statistic of a batch, and not even a loss that is not a number.
 */
final class CountingExamples {
    private CountingExamples() {}

    /** The rows whose weight is not 0; the first one if there are none, so that no scope is empty. */
    static int[] of(ShardRunner shards, int[] rows) {
        if (shards.weights().isEmpty()) {
            return rows;
        }
        int[] counting = shards.weights().get().counting(rows);
        return counting.length == 0 ? Arrays.copyOf(rows, 1) : counting;
    }

    /** What the sums of shards are divided by to make them means. */
    static double total(ShardRunner shards, int[] rows) {
        return shards.weights().map(weights -> weights.total(rows)).orElse((double) rows.length);
    }

    /** Returns the data unless none of their examples counts. */
    static ExampleSource require(ExampleSource data) {
        require(data.weights(), data.size());
        return data;
    }

    /** Returns the runner likewise. */
    static ShardRunner require(ShardRunner runner) {
        require(runner.weights(), runner.examples());
        return runner;
    }

    private static void require(Optional<ExampleWeights> weights, int examples) {
        if (weights.isPresent()
                && IntStream.range(0, examples).allMatch(i -> weights.get().get(i) == 0)) {
            throw new IllegalArgumentException(
                    "all " + examples + " examples have the weight 0, so there is nothing to minimise");
        }
    }
}
