package dev.ravine.spark;

import dev.ravine.autodiff.Curvature;
import dev.ravine.optim.shards.ShardRequest;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/** What executors are asked to compute, one job at a time. Java serialization carries it, as all of Spark's tasks. */
final class ShardTask implements Serializable {
    private static final long serialVersionUID = 1;

    /** What is computed of each shard. */
    enum Kind {
        /** Losses, and what else is wanted, at theta. */
        EVALUATE,
        /** The first operation whose result is not finite. */
        NON_FINITE,
        /** Losses of shards that stay at a point. */
        LOSSES,
        /** Their gradients. */
        GRADIENTS,
        /** Their products with a vector. */
        PRODUCTS,
        /** Their products between vectors. */
        FORMS
    }

    final Kind kind;
    final EngineSpec spec;
    final Setup setup;
    final Broadcast<SentNumbers> theta;
    /** The weight of all examples of the scope. */
    final double total;

    final long noise;
    boolean wantsGradient;
    /** Null for none. */
    SentStatistic statistic;
    /** Names the shards that stay at a point; 0 if none do. */
    long pin;

    Curvature curvature;
    double structural;
    Broadcast<SentNumbers> vectors;
    int vectorCount;
    /** The objectives that are still open: executors forget the others. */
    Live objectives;
    /** The points of this objective that are still in use. */
    Live pins;

    /** Whether vectors of the parameters' or a statistic's size come back. */
    boolean bringsVectors() {
        return switch (kind) {
            case EVALUATE -> wantsGradient || statistic != null;
            case GRADIENTS, PRODUCTS -> true;
            case NON_FINITE, LOSSES, FORMS -> false;
        };
    }

    ShardTask(Kind kind, EngineSpec spec, Setup setup, Broadcast<SentNumbers> theta, ShardRequest request) {
        this.kind = kind;
        this.spec = spec;
        this.setup = setup;
        this.theta = theta;
        this.total = request.total();
        this.noise = request.noise();
    }
}
