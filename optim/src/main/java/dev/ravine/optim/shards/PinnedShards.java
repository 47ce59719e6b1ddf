package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shards that stay at one point. Those that fit into memory are kept: they hold their examples, and all that does not
 * depend on the vector. The others come in rounds: each time, they take their examples in again and compute their
 * activations anew. Results are the same bits either way.
 */
final class PinnedShards implements ShardRunner.Pinned {
    private final ShardPool pool;
    private final MemoryBudget budget;
    private final Workers workers;
    private final ShardRequest request;
    private final ShardGroup group;
    private final List<Shard> kept = new ArrayList<>();
    private final List<MemoryBudget.Use> uses = new ArrayList<>();
    private MemoryBudget.Room room;

    /** Loads as many shards as there is room for. */
    PinnedShards(ShardPool pool, MemoryBudget budget, Workers workers, ShardRequest request) {
        this.pool = pool;
        this.budget = budget;
        this.workers = workers;
        this.request = request;
        this.group = pool.forProducts();
        try {
            SharedVectors.copy(request.theta(), group.point(), workers);
            room = room();
            for (int i = 0; i < room.kept(); i++) {
                Shard shard = group.acquire(Shard.Kind.plain(request.size(i)));
                kept.add(shard);
                shard.load(request.rows(), request.bounds()[i], request.noise());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private MemoryBudget.Room room() {
        return budget.room(new MemoryBudget.Pinning(group, request, kept, uses), workers.count());
    }

    @Override
    public double[] losses() {
        double[] losses = new double[request.shards()];
        inRounds(
                MemoryBudget.Use.GRADIENT,
                round -> round.onEach((shard, i) ->
                        losses[round.first() + i] = shard.linearization().value()));
        return losses;
    }

    @Override
    public void gradients(Consumer<List<Term>> sink) {
        inRounds(MemoryBudget.Use.GRADIENT, round -> {
            Term[] parts = new Term[round.shards().size()];
            round.onEach((shard, i) -> parts[i] = term(round.first() + i, shard.gradient()));
            sink.accept(Arrays.asList(parts));
        });
    }

    @Override
    public void products(Curvature curvature, double structural, INDArray vector, Consumer<List<Term>> sink) {
        inRounds(new MemoryBudget.Use(curvature, structural != 0), round -> {
            Term[] parts = new Term[round.shards().size()];
            if (round.first() == 0) {
                // Only once, because the sink may write over the vector.
                SharedVectors.copy(vector, group.vector(), workers);
            }
            round.onEach((shard, i) -> parts[i] = term(round.first() + i, shard.product(curvature, structural)));
            sink.accept(Arrays.asList(parts));
        });
    }

    private Term term(int shard, Elements sums) {
        return Term.of(request, shard, sums);
    }

    @Override
    public List<double[][]> forms(Curvature curvature, List<INDArray> vectors) {
        List<double[][]> forms = new ArrayList<>();
        inRounds(new MemoryBudget.Use(curvature, false), round -> {
            for (int v = 0; v < vectors.size(); v++) {
                int number = v;
                SharedVectors.copy(vectors.get(v), group.vector(), workers);
                round.onEach((shard, i) -> shard.linearization().computeTangent(curvature, number));
            }
            for (Shard shard : round.shards()) {
                forms.add(shard.linearization().tangentForms(vectors.size()));
            }
        });
        return forms;
    }

    /** Shards that are in memory at the same time, the first of which has a number. */
    private record Round(int first, List<Shard> shards, Workers workers) {
        /** Runs a task on each shard, with its place in the round. */
        void onEach(ObjIntConsumer<Shard> task) {
            int active = Math.min(workers.count(), shards.size());
            workers.run(active, worker -> {
                for (int i = worker; i < shards.size(); i += active) {
                    task.accept(shards.get(i), i);
                }
            });
        }
    }

    /** Goes through all shards in order. */
    private void inRounds(MemoryBudget.Use use, Consumer<Round> task) {
        pool.lifetime().enter();
        try {
            makeRoomFor(use);
            if (!kept.isEmpty()) {
                task.accept(new Round(0, kept, workers));
            }
            for (int first = kept.size(); first < request.shards(); first += room.atOnce()) {
                passing(first, Math.min(first + room.atOnce(), request.shards()), task);
            }
        } finally {
            pool.lifetime().exit();
        }
    }

    private void passing(int first, int end, Consumer<Round> task) {
        List<Shard> shards = new ArrayList<>();
        try {
            for (int i = first; i < end; i++) {
                Shard.Kind kind = Shard.Kind.plain(request.size(i));
                if (!group.hasIdle(kind)) {
                    requireCurrent();
                }
                shards.add(group.acquire(kind));
            }
            Round round = new Round(first, shards, workers);
            round.onEach((shard, i) -> shard.load(request.rows(), request.bounds()[first + i], request.noise()));
            task.accept(round);
        } finally {
            shards.forEach(group::release);
        }
    }

    /** A new shard would have the graph of now, and the others have that of their making. */
    private void requireCurrent() {
        if (!pool.isCurrent(group)) {
            throw new IllegalStateException(
                    "the module's mode or its frozen parameters changed after this linearization was made, and shards"
                            + " that do not fit into memory cannot be computed again as they were; make a new"
                            + " linearization, or raise memoryLimit");
        }
    }

    /** A first product with a matrix needs more memory; then fewer shards may be kept. */
    private void makeRoomFor(MemoryBudget.Use use) {
        if (uses.contains(use)) {
            return;
        }
        uses.add(use);
        try {
            room = room();
            if (room.kept() < request.shards()) {
                requireCurrent();
            }
        } catch (MemoryLimitException | IllegalStateException e) {
            uses.remove(use);
            throw e;
        }
        if (room.kept() < kept.size()) {
            List<Shard> surplus = kept.subList(room.kept(), kept.size());
            surplus.forEach(group::release);
            surplus.clear();
            group.discardIdle();
        }
    }

    @Override
    public void close() {
        kept.forEach(group::release);
        kept.clear();
        pool.giveBack(group);
    }
}
