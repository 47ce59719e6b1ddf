package dev.ravine.spark;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.DType;
import dev.ravine.optim.shards.ShardRequest;
import java.util.function.IntFunction;

/** How much shards bring to the driver. */
final class ResultSizes {
    private final IntFunction<ModelGraph> graphs;
    private Statistic last;
    private int lastExamples;
    private long lastSize;

    /** With the model's graph for a number of examples. */
    ResultSizes(IntFunction<ModelGraph> graphs) {
        this.graphs = graphs;
    }

    /** Bytes of one shard's vectors, at least 1. */
    synchronized long bytes(ShardRequest request) {
        long numbers = request.wantsGradient() ? request.theta().length() : 0;
        if (request.statistic() != null) {
            // Some statistics exist for single examples only.
            numbers += size(request.statistic(), Math.min(2, request.size(0)));
        }
        return Math.max(1, numbers * DType.of(request.theta()).bytes());
    }

    private long size(Statistic statistic, int examples) {
        if (!statistic.equals(last) || examples != lastExamples) {
            lastSize = statistic.checkedOf(graphs.apply(examples)).stream()
                    .mapToLong(part -> part.shape().count())
                    .sum();
            last = statistic;
            lastExamples = examples;
        }
        return lastSize;
    }
}
