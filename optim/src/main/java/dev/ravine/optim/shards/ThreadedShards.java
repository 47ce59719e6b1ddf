package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shards in threads of this process, on data in its memory. */
public final class ThreadedShards implements ShardRunner {
    private final ShardedModel model;
    private final Workers workers;
    private final ShardPool pool;
    private final MemoryBudget budget;
    private final ShardSizes sizes;
    private final int shardsAtOnce;
    private final double gradientCostPerExample;
    private boolean mixesRows;
    private int generation;

    private ThreadedShards(ShardedModel model, Workers workers, ShardPool pool, MemoryBudget budget, ShardSizes sizes) {
        this.model = model;
        this.workers = workers;
        this.pool = pool;
        this.budget = budget;
        this.sizes = sizes;
        this.shardsAtOnce = budget.shardsAtOnce(sizes.largest(), workers.count());
        int first = sizes.bounds(examples())[1];
        this.mixesRows = model.mixesRows(first);
        ShardGroup group = pool.at(model.parameters().array());
        Shard shard = budget.acquire(group, mixesRows ? examples() : first, null);
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.linearization().gradientCost() / shard.rows();
        group.release(shard);
    }

    /**
     * {@return shards of a model over data in memory, to be closed} It builds the first shard at once, so that a model
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
            Module module, Loss loss, DataSet data, Workers workers, long memoryLimit, ShardSizes wanted) {
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
    public long dataChecksum() {
        return model.data().checksum();
    }

    @Override
    public String graph() {
        return model.graph();
    }

    @Override
    public void evaluate(ShardRequest request, Consumer<List<Partial>> sink) {
        ShardGroup group = pool.at(request.theta());
        for (int first = 0; first < request.shards(); first += shardsAtOnce) {
            int from = first;
            Shard[] working = new Shard[Math.min(shardsAtOnce, request.shards() - first)];
            Partial[] partials = new Partial[working.length];
            try {
                for (int i = 0; i < working.length; i++) {
                    working[i] = budget.acquire(group, request.size(from + i), request.statistic());
                }
                workers.run(working.length, i -> {
                    working[i].load(request.rows(), request.bounds()[from + i], request.noise());
                    partials[i] = working[i].evaluate(request.wantsGradient());
                });
                sink.accept(Arrays.asList(partials));
            } finally {
                for (Shard shard : working) {
                    if (shard != null) {
                        group.release(shard);
                    }
                }
            }
        }
    }

    @Override
    public Pinned pin(ShardRequest request) {
        PinnedShards pinned = new PinnedShards(pool.forProducts());
        try {
            pinned.load(request);
            return pinned;
        } catch (RuntimeException e) {
            pinned.close();
            throw e;
        }
    }

    @Override
    public Optional<String> firstNonFinite(ShardRequest request) {
        return new NonFiniteSearch(pool.at(request.theta()), budget, request).find();
    }

    @Override
    public long statisticSize(Statistic statistic) {
        boolean isOneByOne = statistic.allowsOneByOne() && obstacle(statistic).isPresent();
        return statisticSize(statistic, isOneByOne ? 1 : 2);
    }

    /** Asked at two sizes, so that an axis that happens to be as long as the batch hides nothing. */
    @Override
    public Optional<String> obstacle(Statistic statistic) {
        try {
            statisticSize(statistic, 2);
            statisticSize(statistic, 3);
            return Optional.empty();
        } catch (NoRowsException e) {
            return Optional.of(e.getMessage());
        }
    }

    private long statisticSize(Statistic statistic, int rows) {
        try (Shard shard = new Shard(model, rows, statistic, model.parameters().array(), null)) {
            return shard.linearization().statisticSize();
        }
    }

    @Override
    public boolean mixesRows() {
        return mixesRows;
    }

    @Override
    public void graphsChanged() {
        generation++;
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

    /** Shards that hold their data and what does not depend on the vector. */
    private final class PinnedShards implements Pinned {
        private final ShardGroup group;
        private final int made = generation;
        private final List<Shard> shards = new ArrayList<>();

        private PinnedShards(ShardGroup group) {
            this.group = group;
        }

        private void load(ShardRequest request) {
            Vectors.copy(request.theta(), group.point(), workers);
            for (int i = 0; i < request.shards(); i++) {
                Shard shard = budget.acquirePinned(group, request.size(i));
                shards.add(shard);
                shard.load(request.rows(), request.bounds()[i], request.noise());
            }
        }

        @Override
        public double[] losses() {
            pool.requireOpen();
            budget.makeRoomFor(shards, null);
            double[] losses = new double[shards.size()];
            onEach(i -> losses[i] = shards.get(i).linearization().value());
            return losses;
        }

        @Override
        public List<Elements> gradients() {
            pool.requireOpen();
            budget.makeRoomFor(shards, null);
            Elements[] parts = new Elements[shards.size()];
            onEach(i -> parts[i] = shards.get(i).gradient());
            return Arrays.asList(parts);
        }

        @Override
        public List<Elements> products(Curvature curvature, INDArray vector) {
            pool.requireOpen();
            budget.makeRoomFor(shards, curvature);
            Vectors.copy(vector, group.vector(), workers);
            Elements[] parts = new Elements[shards.size()];
            onEach(i -> parts[i] = shards.get(i).product(curvature));
            return Arrays.asList(parts);
        }

        private void onEach(IntConsumer task) {
            int active = Math.min(workers.count(), shards.size());
            workers.run(active, worker -> {
                for (int i = worker; i < shards.size(); i += active) {
                    task.accept(i);
                }
            });
        }

        @Override
        public void close() {
            shards.forEach(group::release);
            shards.clear();
            pool.giveBack(group, made == generation);
        }
    }
}
