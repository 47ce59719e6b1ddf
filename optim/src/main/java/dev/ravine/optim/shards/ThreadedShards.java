package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shards in threads of this process. */
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
        Shard shard = budget.acquire(group, Shard.Kind.plain(mixesRows ? examples() : first));
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.linearization().gradientCost() / shard.rows();
        group.release(shard);
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
    public void evaluate(ShardRequest request, Consumer<List<Partial>> sink) {
        pool.lifetime().enter();
        try {
            evaluateOpen(request, sink);
        } finally {
            pool.lifetime().exit();
        }
    }

    private void evaluateOpen(ShardRequest request, Consumer<List<Partial>> sink) {
        ShardGroup group = pool.at(request.theta());
        for (int first = 0; first < request.shards(); first += shardsAtOnce) {
            int from = first;
            Shard[] working = new Shard[Math.min(shardsAtOnce, request.shards() - first)];
            Partial[] partials = new Partial[working.length];
            try {
                for (int i = 0; i < working.length; i++) {
                    working[i] = budget.acquire(group, kind(request, from + i));
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

    private static Shard.Kind kind(ShardRequest request, int i) {
        boolean hasGradient = request.wantsGradient() || request.statistic() == null;
        return new Shard.Kind(request.size(i), hasGradient, request.statistic());
    }

    @Override
    public Pinned pin(ShardRequest request) {
        pool.lifetime().enter();
        try {
            PinnedShards pinned = new PinnedShards(pool.forProducts());
            try {
                pinned.load(request);
                return pinned;
            } catch (RuntimeException e) {
                pinned.close();
                throw e;
            }
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
            SharedVectors.copy(request.theta(), group.point(), workers);
            for (int i = 0; i < request.shards(); i++) {
                Shard shard = budget.acquirePinned(group, request.size(i));
                shards.add(shard);
                shard.load(request.rows(), request.bounds()[i], request.noise());
            }
        }

        @Override
        public double[] losses() {
            double[] losses = new double[shards.size()];
            onEach(
                    null,
                    false,
                    null,
                    i -> losses[i] = shards.get(i).linearization().value());
            return losses;
        }

        @Override
        public void gradients(Consumer<List<Elements>> sink) {
            Elements[] parts = new Elements[shards.size()];
            onEach(null, false, null, i -> parts[i] = shards.get(i).gradient());
            sink.accept(Arrays.asList(parts));
        }

        @Override
        public void products(Curvature curvature, double structural, INDArray vector, Consumer<List<Elements>> sink) {
            Elements[] parts = new Elements[shards.size()];
            onEach(
                    curvature,
                    structural != 0,
                    vector,
                    i -> parts[i] = shards.get(i).product(curvature, structural));
            sink.accept(Arrays.asList(parts));
        }

        @Override
        public List<double[][]> forms(Curvature curvature, List<INDArray> vectors) {
            for (int v = 0; v < vectors.size(); v++) {
                int number = v;
                onEach(
                        curvature,
                        false,
                        vectors.get(v),
                        i -> shards.get(i).linearization().computeTangent(curvature, number));
            }
            return shards.stream()
                    .map(shard -> shard.linearization().tangentForms(vectors.size()))
                    .toList();
        }

        /** Runs a task on each shard: products of a matrix with a vector, or value and gradient if these are null. */
        private void onEach(Curvature curvature, boolean isDamped, INDArray vector, IntConsumer task) {
            pool.lifetime().enter();
            try {
                budget.makeRoomFor(shards, curvature, isDamped);
                if (vector != null) {
                    SharedVectors.copy(vector, group.vector(), workers);
                }
                int active = Math.min(workers.count(), shards.size());
                workers.run(active, worker -> {
                    for (int i = worker; i < shards.size(); i += active) {
                        task.accept(i);
                    }
                });
            } finally {
                pool.lifetime().exit();
            }
        }

        @Override
        public void close() {
            shards.forEach(group::release);
            shards.clear();
            pool.giveBack(group, made == generation);
        }
    }
}
