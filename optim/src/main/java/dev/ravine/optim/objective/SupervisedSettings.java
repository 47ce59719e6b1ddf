package dev.ravine.optim.objective;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import dev.ravine.core.Workers;
import dev.ravine.optim.shards.MemoryLimitException;
import dev.ravine.optim.shards.ShardRunner;
import dev.ravine.optim.shards.ShardSizes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings of {@link SupervisedObjective}.
 *
 * @param <B> the builder itself
 */
abstract class SupervisedSettings<B extends SupervisedSettings<B>> extends FluentBuilder<B> {
    final ShardRunner runner;
    double l2;
    final Map<ParameterGroup, Double> groupL2 = new LinkedHashMap<>();
    int shardSize = 1000;
    int splitFrom = ShardSizes.BY_WORK;
    long memoryLimit = Long.MAX_VALUE;
    Workers workers;

    /** With a runner of the caller, or null. */
    SupervisedSettings(ShardRunner runner) {
        this.runner = runner;
    }

    /**
     * Adds weight / 2 times the squared norm of all parameters that are not frozen and in no group of their own.
     *
     * @param weight not negative
     * @return this
     */
    public B l2(double weight) {
        this.l2 = Check.notNegative("the weight of L2", weight);
        return self();
    }

    /**
     * Adds weight / 2 times the squared norm of a group's parameters that are not frozen, instead of what all
     * others have. With groups, {@link Objective#l2} is 0 and {@link Objective#linearize} includes L2.
     *
     * @param group shares no parameter with other groups
     * @param weight not negative
     * @return this
     */
    public B l2(ParameterGroup group, double weight) {
        groupL2.put(group, Check.notNegative("the weight of L2", weight));
        return self();
    }

    /**
     * Sets the largest number of examples in one shard. Results change with it by rounding.
     *
     * @param examples at least 1; 1,000 without it
     * @return this
     */
    public B shardSize(int examples) {
        this.shardSize = Check.atLeastOne("the number of examples in a shard", examples);
        return self();
    }

    /**
     * Sets the number of examples from which a scope has at least two shards, so that two workers have something to
     * do. Results change with it by rounding. Without it a scope of 64 examples or more has two shards, and one of
     * fewer if its gradient takes 2.5e7 floating-point operations or more.
     *
     * @param examples at least 2
     * @return this
     */
    public B splitFrom(int examples) {
        if (examples < 2) {
            throw new IllegalArgumentException("two shards need at least two examples, found " + examples);
        }
        this.splitFrom = examples;
        return self();
    }

    /**
     * Limits the native memory of the objective's shards, linearizations included. Data, parameters and an
     * optimizer's vectors are not counted. Shards become small enough for an eighth of the limit, and fewer are
     * computed at a time. Of a linearization as many shards are kept as fit; for each product the others take their
     * examples in and compute their activations again, which costs half as much again at most for a Hessian-vector
     * product and a quarter for a Gauss-Newton product of a deep net. If not even that fits, it is refused with {@link
     * MemoryLimitException} before the memory is taken. Results change with the limit by rounding.
     *
     * @param bytes at least 1; without it shards are of the wanted size, and a linearization keeps what fits into
     *     half of the machine's memory
     * @return this
     */
    public B memoryLimit(long bytes) {
        Check.atLeastOne("the memory limit", bytes);
        if (runner != null) {
            throw new IllegalStateException("memoryLimit is for shards in this process; this objective was given a"
                    + " runner, which looks after its own memory");
        }
        this.memoryLimit = Check.atLeastOne("the memory limit in bytes", bytes);
        return self();
    }

    /**
     * Sets the workers. They stay open when the objective is closed. Without them the objective starts its own, one
     * for each processor.
     *
     * @param shared workers
     * @return this
     */
    public B workers(Workers shared) {
        this.workers = shared;
        return self();
    }

    /** By the names that checkpoints have. */
    Map<String, Double> settings() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("l2", l2);
        groupL2.forEach((group, weight) -> numbers.put("l2 of " + group, weight));
        numbers.put("examples_at_once", (double) shardSize);
        numbers.put("memory_limit", memoryLimit == Long.MAX_VALUE ? 0.0 : (double) memoryLimit);
        return numbers;
    }
}
