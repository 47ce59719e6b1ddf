package dev.ravine.optim.shards;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.core.Workers;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Shards in threads of this process. */
public final class ThreadedShards implements ShardRunner {
    private final ShardedModel model;
    private final Workers workers;
    private final ShardPool pool;
    private final MemoryBudget budget;
    private final int shardsAtOnce;
    private final double gradientCostPerExample;
    private final ShardSizes sizes;
    private boolean mixesRows;

    private ThreadedShards(ShardedModel model, Workers workers, ShardPool pool, MemoryBudget budget, ShardSizes sizes) {
        this.model = model;
        this.workers = workers;
        this.pool = pool;
        this.budget = budget;
        this.shardsAtOnce = budget.shardsAtOnce(sizes.largest(), workers.count());
        int first = sizes.bounds(examples())[1];
        this.mixesRows = model.mixesRows(first);
        ShardGroup group = pool.at(model.parameters().array());
        Shard shard = budget.acquire(group, Shard.Kind.plain(mixesRows ? examples() : first));
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.linearization().gradientCost() / shard.rows();
        group.release(shard);
        this.sizes = sizes.forWork(gradientCostPerExample);
    }

    /**
     * {@return shards of a model, to be closed} It builds the first shard at once, so that a model
     * that does not fit to the data is refused here.
     *
     * @param module initialized
     * @param loss of its outputs and the data's targets
     * @param data of the module's dtype
     * @param workers which stay open
     * @param memoryLimit bytes of native memory for all shards; {@link Long#MAX_VALUE} for no limit
     * @param wanted sizes of shards; they become smaller if the memory limit needs that
     * @throws dev.ravine.core.ShapeException if module, loss and data do not fit together
     * @throws MemoryLimitException if not even one example at a time fits into the memory limit
     */
    public static ThreadedShards of(
            Module module, Loss loss, ExampleSource data, Workers workers, long memoryLimit, ShardSizes wanted) {
        ShardedModel model = new ShardedModel(module, loss, data, module.parameterVector());
        ShardPool pool = new ShardPool(model, workers);
        MemoryBudget budget = new MemoryBudget(memoryLimit, model, pool);
        try {
            ShardSizes sizes = new ShardSizes(budget.shardSize(wanted.largest()), wanted.splitFrom());
            return new ThreadedShards(model, workers, pool, budget, sizes);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /** {@inheritDoc} They fit into the memory limit. */
    @Override
    public ShardSizes sizes(ShardSizes wanted) {
        return sizes;
    }

    /** {@return the native memory of all shards so far, in use or kept for their next use, in bytes} */
    @Override
    public long bytes() {
        return pool.bytes();
    }

    @Override
    public int examples() {
        return model.data().size();
    }

    @Override
    public Optional<ExampleWeights> weights() {
        return model.data().weights();
    }

    @Override
    public long dataChecksum() {
        return model.data().checksum();
    }

    @Override
    public String graphText() {
        return model.text();
    }

    @Override
    public double[] evaluate(ShardRequest request, Consumer<List<Term>> gradients, Consumer<List<Term>> statistics) {
        pool.lifetime().enter();
        try {
            return evaluateOpen(request, gradients, statistics);
        } finally {
            pool.lifetime().exit();
        }
    }

    private double[] evaluateOpen(
            ShardRequest request, Consumer<List<Term>> gradients, Consumer<List<Term>> statistics) {
        double[] losses = new double[request.shards()];
        ShardGroup group = pool.at(request.theta());
        for (int first = 0; first < request.shards(); first += shardsAtOnce) {
            int from = first;
            Shard[] working = new Shard[Math.min(shardsAtOnce, request.shards() - first)];
            Term[] gradient = new Term[working.length];
            Term[] statistic = new Term[working.length];
            try {
                for (int i = 0; i < working.length; i++) {
                    working[i] = budget.acquire(group, kind(request, from + i));
                }
                workers.run(working.length, i -> {
                    working[i].load(request.rows(), request.bounds()[from + i], request.noise());
                    losses[from + i] = working[i].linearization().value();
                    if (request.wantsGradient()) {
                        gradient[i] = Term.of(request, from + i, working[i].gradient());
                    }
                    if (request.statistic() != null) {
                        statistic[i] = Term.of(request, from + i, working[i].sums());
                    }
                });
                if (request.wantsGradient()) {
                    gradients.accept(Arrays.asList(gradient));
                }
                if (request.statistic() != null) {
                    statistics.accept(Arrays.asList(statistic));
                }
            } finally {
                for (Shard shard : working) {
                    if (shard != null) {
                        group.release(shard);
                    }
                }
            }
        }
        return losses;
    }

    private static Shard.Kind kind(ShardRequest request, int i) {
        boolean hasGradient = request.wantsGradient() || request.statistic() == null;
        return new Shard.Kind(request.size(i), hasGradient, request.statistic());
    }

    @Override
    public Pinned pin(ShardRequest request) {
        pool.lifetime().enter();
        try {
            return new PinnedShards(pool, budget, workers, request);
        } finally {
            pool.lifetime().exit();
        }
    }

    @Override
    public Optional<String> firstNonFinite(ShardRequest request) {
        pool.lifetime().enter();
        try {
            return new NonFiniteSearch(pool.at(request.theta()), budget, request).find();
        } finally {
            pool.lifetime().exit();
        }
    }

    @Override
    public ModelGraph graph(int examples) {
        pool.lifetime().require();
        return model.statistics(examples);
    }

    @Override
    public boolean mixesRows() {
        return mixesRows;
    }

    @Override
    public void graphsChanged() {
        pool.lifetime().require();
        mixesRows = model.mixesRows(sizes.bounds(examples())[1]);
        budget.renew();
        pool.renew();
    }

    @Override
    public long executedCost() {
        return pool.executedCost();
    }

    @Override
    public double gradientCostPerExample() {
        return gradientCostPerExample;
    }

    @Override
    public void close() {
        pool.close();
    }
}
