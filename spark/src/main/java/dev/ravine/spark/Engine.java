package dev.ravine.spark;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.nn.Module;
import dev.ravine.optim.shards.PairwiseSum;
import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.optim.shards.ShardRunner;
import dev.ravine.optim.shards.SumMemory;
import dev.ravine.optim.shards.Term;
import dev.ravine.optim.shards.ThreadedShards;
import dev.ravine.spark.data.HeldRows;
import dev.ravine.spark.data.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An executor's half of an objective, for the shards of one partition: a net of its own, with programs and shards that
 * stay at points, kept from job to job. One task at a time uses it.
 */
final class Engine implements AutoCloseable {
    private final EngineSpec spec;
    private final HeldRows rows;
    private final Module module;
    /** Not the net's own parameters: shards that stay at a point would take their change for one of theirs. */
    private final INDArray theta;

    private final Workers workers;
    private final ThreadedShards shards;
    private final SumMemory sums;
    private final Map<Long, ShardRunner.Pinned> pins = new HashMap<>();
    private final List<INDArray> vectors = new ArrayList<>();
    private final HeldStatistics statistics = new HeldStatistics();
    private long setup = -1;
    private long point = -1;

    Engine(EngineSpec spec, int threads) {
        this.spec = spec;
        this.rows = new HeldRows(spec.examples(), spec.format());
        this.module = spec.model().initialized();
        requireSameParameters();
        this.theta = Arena.create(
                spec.model().dtype(), Shape.of(module.parameterVector().size()));
        this.workers = new Workers(threads);
        this.sums = new SumMemory(workers);
        this.shards = ThreadedShards.of(module, spec.model().newLoss(), rows, workers, Long.MAX_VALUE, spec.sizes());
    }

    private void requireSameParameters() {
        List<String> own = EngineSpec.parameters(module);
        if (!own.equals(spec.parameters())) {
            throw new IllegalStateException("the net that was made on the executor has the parameters " + own
                    + "; expected " + spec.parameters()
                    + ", as on the driver; SparkModel must make the same net each time, from what it captures alone");
        }
    }

    /**
     * Computes.
     *
     * @param task what
     * @param part which shards
     * @param data the examples of the partition, asked for if they are needed
     */
    synchronized ShardResults run(ShardTask task, List<ShardRows> part, Supplier<List<Rows>> data) {
        long begin = System.nanoTime();
        long before = shards.executedCost();
        forget(task.pins);
        ShardResults results = new ShardResults();
        results.shards = part.stream().mapToInt(ShardRows::shard).toArray();
        try {
            compute(task, part, data, results);
        } finally {
            rows.release();
        }
        results.cost = shards.executedCost() - before;
        results.bytes = shards.bytes() + sums.bytes();
        results.seconds = (System.nanoTime() - begin) * 1e-9;
        return results;
    }

    private void compute(ShardTask task, List<ShardRows> part, Supplier<List<Rows>> data, ShardResults results) {
        switch (task.kind) {
            case EVALUATE -> evaluate(task, part, data, results);
            case NON_FINITE -> {
                moveTo(task, data);
                results.nonFinite = part.stream()
                        .map(shard -> shards.firstNonFinite(request(task, List.of(shard)))
                                .orElse(null))
                        .toArray(String[]::new);
            }
            case LOSSES -> results.losses = pinned(task, part, data).losses();
            case GRADIENTS -> sum(part, results, pinned(task, part, data)::gradients);
            case PRODUCTS -> {
                ShardRunner.Pinned here = pinned(task, part, data);
                INDArray vector = vectors(task).get(0);
                sum(part, results, sink -> here.products(task.curvature, task.structural, vector, sink));
            }
            case FORMS ->
                results.forms = pinned(task, part, data)
                        .forms(task.curvature, vectors(task))
                        .toArray(new double[0][][]);
            default -> throw new AssertionError(task.kind);
        }
    }

    private void evaluate(ShardTask task, List<ShardRows> part, Supplier<List<Rows>> data, ShardResults results) {
        moveTo(task, data);
        try (PairwiseSum gradients = PairwiseSum.ofSome(sums);
                PairwiseSum moments = PairwiseSum.ofSome(sums)) {
            results.losses = shards.evaluate(request(task, part), numbered(part, gradients), numbered(part, moments));
            results.vectors = task.wantsGradient ? SentTerm.of(gradients) : null;
            results.statistics = task.statistic == null ? null : SentTerm.of(moments);
        }
    }

    private void sum(List<ShardRows> part, ShardResults results, Consumer<Consumer<List<Term>>> terms) {
        try (PairwiseSum sum = PairwiseSum.ofSome(sums)) {
            terms.accept(numbered(part, sum));
            results.vectors = SentTerm.of(sum);
        }
    }

    /** Terms by the numbers that their shards have in the whole request. */
    private static Consumer<List<Term>> numbered(List<ShardRows> part, PairwiseSum sum) {
        return terms -> sum.accept(terms.stream()
                .map(term -> new Term(part.get(term.first()).shard(), 0, term.factor(), term.numbers()))
                .toList());
    }

    /** Takes examples, setup and theta of the task. */
    private void moveTo(ShardTask task, Supplier<List<Rows>> data) {
        if (setup != task.setup.version()) {
            task.setup.module().applyTo(module);
            shards.graphsChanged();
            requireSameGraph(task.setup);
            setup = task.setup.version();
        }
        if (point != task.theta.id()) {
            SentNumbers numbers = task.theta.value();
            numbers.write(0, numbers.count(), Elements.of(theta));
            point = task.theta.id();
        }
        rows.hold(data.get());
    }

    private void requireSameGraph(Setup expected) {
        if (Setup.checksum(shards.graphText()) != expected.graph()) {
            throw new IllegalStateException(
                    "the net or loss that was made on the executor computes other operations than"
                            + " the driver's: " + shards.graphText()
                            + "; SparkModel must make the same net each time, from what"
                            + " it captures alone, without a clock, a file or random numbers");
        }
    }

    private ShardRequest request(ShardTask task, List<ShardRows> part) {
        int[] bounds = new int[part.size() + 1];
        for (int i = 0; i < part.size(); i++) {
            bounds[i + 1] = bounds[i] + part.get(i).count();
        }
        int[] numbers = new int[bounds[part.size()]];
        for (int i = 0; i < part.size(); i++) {
            part.get(i).copyTo(numbers, bounds[i]);
        }
        return new ShardRequest(
                theta,
                numbers,
                bounds,
                task.total,
                task.noise,
                task.wantsGradient,
                statistics.of(task.statistic),
                part.get(0).firstExample());
    }

    /** The shards at the task's point: kept, or brought there again after an executor was lost. */
    private ShardRunner.Pinned pinned(ShardTask task, List<ShardRows> part, Supplier<List<Rows>> data) {
        ShardRunner.Pinned kept = pins.get(task.pin);
        if (kept == null) {
            moveTo(task, data);
            kept = shards.pin(request(task, part));
            pins.put(task.pin, kept);
        }
        return kept;
    }

    private List<INDArray> vectors(ShardTask task) {
        DType dtype = spec.model().dtype();
        int size = Math.toIntExact(theta.length());
        while (vectors.size() < task.vectorCount) {
            vectors.add(Arena.create(dtype, Shape.of(size)));
        }
        SentNumbers all = task.vectors.value();
        for (int i = 0; i < task.vectorCount; i++) {
            all.write(i * size, size, Elements.of(vectors.get(i)));
        }
        return vectors.subList(0, task.vectorCount);
    }

    private void forget(Live live) {
        pins.entrySet().removeIf(pin -> {
            boolean isOver = live.isOver(pin.getKey());
            if (isOver) {
                pin.getValue().close();
            }
            return isOver;
        });
    }

    @Override
    public synchronized void close() {
        pins.values().forEach(ShardRunner.Pinned::close);
        pins.clear();
        shards.close();
        sums.close();
        module.parameterVector().close();
    }
}
