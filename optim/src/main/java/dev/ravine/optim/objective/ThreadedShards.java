package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shards in threads of this process, on data in its memory. */
final class ThreadedShards implements ShardRunner {
    private final ShardedModel model;
    private final Workers workers;
    private final ShardPool pool;
    private final MemoryBudget budget;
    private final int shardsAtOnce;
    private final double gradientCostPerExample;
    private int generation;

    /**
     * Builds the first shard, so that a model that does not fit to the data is refused at once.
     *
     * @param model module, loss and data
     * @param workers which stay open
     * @param pool of shards of this model
     * @param budget of their memory
     * @param shardSize how many examples a shard has at most
     * @param firstSize how many examples the first shard has
     */
    ThreadedShards(
            ShardedModel model, Workers workers, ShardPool pool, MemoryBudget budget, int shardSize, int firstSize) {
        this.model = model;
        this.workers = workers;
        this.pool = pool;
        this.budget = budget;
        this.shardsAtOnce = budget.shardsAtOnce(shardSize, workers.count());
        ShardGroup group = pool.at(model.parameters().array());
        Shard shard = budget.acquire(group, firstSize, null);
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.linearization().gradientCost() / shard.rows();
        group.release(shard);
    }

    @Override
    public int examples() {
        return model.data().size();
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
        try (Shard shard = new Shard(model, 2, statistic, model.parameters().array(), null)) {
            return shard.linearization().statisticSize();
        }
    }

    @Override
    public boolean mixesRows() {
        return model.mixesRows(2);
    }

    @Override
    public void graphsChanged() {
        generation++;
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
            budget.makeRoomFor(shards, null);
            double[] losses = new double[shards.size()];
            onEach(i -> losses[i] = shards.get(i).linearization().value());
            return losses;
        }

        @Override
        public List<Elements> gradients() {
            budget.makeRoomFor(shards, null);
            Elements[] parts = new Elements[shards.size()];
            onEach(i -> parts[i] = shards.get(i).gradient());
            return Arrays.asList(parts);
        }

        @Override
        public List<Elements> products(Curvature curvature, INDArray vector) {
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
