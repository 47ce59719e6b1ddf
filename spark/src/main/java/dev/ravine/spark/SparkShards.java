package dev.ravine.spark;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Workers;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleSetup;
import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.optim.shards.ShardRunner;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.optim.shards.Term;
import dev.ravine.optim.shards.ThreadedShards;
import dev.ravine.spark.data.Blocks;
import dev.ravine.spark.data.DriverSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shards on the executors of a Spark cluster. The driver holds no examples. */
final class SparkShards implements ShardRunner {
    private static final Live.Sequence OBJECTIVES = new Live.Sequence();

    private final JavaSparkContext spark;
    private final Module module;
    private final Loss loss;
    private final DriverSource source;
    private final ThreadedShards local;
    private final ShardSizes sizes;
    private final Workers workers = new Workers(1);
    private final Planner planner;
    private final EngineSpec spec;
    private final Jobs jobs;
    private final JobNames names;
    private final Points points;
    private final Live.Sequence pins = new Live.Sequence();
    private final Lifetime lifetime = new Lifetime("the objective", this::release);
    private Setup setup;

    SparkShards(
            JavaSparkContext spark, SparkModel model, Module module, Blocks blocks, ShardSizes sizes, Options options) {
        this.spark = spark;
        this.module = module;
        this.source = blocks.source();
        this.names = options.names;
        this.jobs = new Jobs(spark, options.times);
        this.points = new Points(spark);
        this.planner = new Planner(blocks, options.partitions);
        this.loss = model.newLoss();
        this.local = ThreadedShards.of(module, loss, source, workers, Long.MAX_VALUE, sizes);
        this.sizes = local.sizes(sizes);
        this.spec = new EngineSpec(
                OBJECTIVES.begin(),
                model,
                source.size(),
                source.format(),
                this.sizes.largest(),
                this.sizes.splitFrom(),
                EngineSpec.parameters(module),
                BuildId.here());
        requireSeparateRows();
        this.setup = setup(1);
    }

    /**
     * Settings of a runner.
     *
     * @param partitions of data, at most
     * @param names of jobs
     * @param times of jobs
     */
    record Options(int partitions, JobNames names, RoundTimes times) {}

    @Override
    public ShardSizes sizes(ShardSizes wanted) {
        return sizes;
    }

    private Setup setup(long version) {
        return new Setup(version, ModuleSetup.of(module), Setup.checksum(local.graphText()));
    }

    private void requireSeparateRows() {
        if (local.mixesRows()) {
            throw new IllegalArgumentException("an example's output depends on the other examples of its batch"
                    + module.firstMixing().map(path -> ", in " + path).orElse("")
                    + ", so a batch cannot be cut into shards on executors; expected a net whose rows do not mix: use"
                    + " eval(), a normalization of single examples such as GroupNorm, or SupervisedObjective on one"
                    + " machine");
        }
    }

    // ---- what the driver knows ----------------------------------------------------------------------------------

    @Override
    public int examples() {
        return source.size();
    }

    Loss loss() {
        return loss;
    }

    /** The number of targets of an example. */
    long outputs() {
        return source.targetShape().count();
    }

    @Override
    public Optional<ExampleWeights> weights() {
        return source.weights();
    }

    @Override
    public long dataChecksum() {
        return source.checksum();
    }

    @Override
    public String graphText() {
        return local.graphText();
    }

    /** {@inheritDoc} On the driver, where no shard is computed. */
    @Override
    public long bytes() {
        return local.bytes();
    }

    /** Native memory of all shards on executors that the last job has seen. */
    long bytesOnExecutors() {
        return jobs.bytes();
    }

    @Override
    public ModelGraph graph(int examples) {
        return local.graph(examples);
    }

    @Override
    public boolean mixesRows() {
        return local.mixesRows();
    }

    @Override
    public void graphsChanged() {
        local.graphsChanged();
        requireSeparateRows();
        setup = setup(setup.version() + 1);
    }

    @Override
    public long executedCost() {
        return jobs.cost();
    }

    @Override
    public double gradientCostPerExample() {
        return local.gradientCostPerExample();
    }

    // ---- jobs ---------------------------------------------------------------------------------------------------

    private ShardTask task(ShardTask.Kind kind, Broadcast<SentNumbers> theta, ShardRequest request) {
        ShardTask task = new ShardTask(kind, spec, setup, theta, request);
        task.wantsGradient = request.wantsGradient();
        task.objectives = OBJECTIVES.now();
        task.pins = pins.now();
        return task;
    }

    @Override
    public double[] evaluate(ShardRequest request, Consumer<List<Term>> gradients, Consumer<List<Term>> statistics) {
        List<ShardResults> results = onCluster(() -> evaluated(request));
        if (request.wantsGradient()) {
            Jobs.inOrder(results, one -> one.vectors, gradients);
        }
        if (request.statistic() != null) {
            Jobs.inOrder(results, one -> one.statistics, statistics);
        }
        return losses(results, request);
    }

    private List<ShardResults> evaluated(ShardRequest request) {
        ShardTask task = task(ShardTask.Kind.EVALUATE, points.at(request.theta()), request);
        task.statistic = request.statistic() == null ? null : SentStatistic.of(request.statistic(), spark::broadcast);
        try {
            String name = task.statistic != null ? "statistic" : task.wantsGradient ? "gradient" : "value";
            return jobs.run(names.of(name), task, planner.plan(request));
        } finally {
            if (task.statistic != null) {
                points.forgetNow(task.statistic::destroy);
            }
        }
    }

    /** Work while the objective and Spark's session are open. An interrupt of the thread does not break it. */
    private <T> T onCluster(Supplier<T> work) {
        return lifetime.during(() -> {
            if (spark.sc().isStopped()) {
                throw new IllegalStateException("Spark's session has been stopped; expected one that runs until the"
                        + " objective is closed; start a session and make another objective, which may go on from a"
                        + " checkpoint");
            }
            return Unbroken.call(work);
        });
    }

    private static double[] losses(List<ShardResults> results, ShardRequest request) {
        double[] losses = new double[request.shards()];
        for (ShardResults one : results) {
            for (int i = 0; i < one.shards.length; i++) {
                losses[one.shards[i]] = one.losses[i];
            }
        }
        return losses;
    }

    @Override
    public Optional<String> firstNonFinite(ShardRequest request) {
        String[] found = new String[request.shards()];
        String name = names.of("search for the first number that is not finite");
        for (ShardResults one : onCluster(() -> jobs.run(
                name, task(ShardTask.Kind.NON_FINITE, points.at(request.theta()), request), planner.plan(request)))) {
            for (int i = 0; i < one.shards.length; i++) {
                found[one.shards[i]] = one.nonFinite[i];
            }
        }
        return Arrays.stream(found).filter(Objects::nonNull).findFirst();
    }

    @Override
    public Pinned pin(ShardRequest request) {
        return onCluster(() -> new OnExecutors(request));
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        OBJECTIVES.end(spec.objective());
        local.close();
        Unbroken.run(() -> {
            points.close();
            planner.close();
            tellExecutors();
        });
    }

    /** Executors close their engines with the next task of any objective; here is one for each core. */
    private void tellExecutors() {
        if (spark.sc().isStopped()) {
            return;
        }
        Live live = OBJECTIVES.now();
        int tasks = 2 * Math.max(1, spark.sc().defaultParallelism());
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            numbers.add(i);
        }
        jobs.named(names.of("closing an objective"), () -> {
            spark.parallelize(numbers, tasks).foreach(i -> Engines.forget(live));
            return null;
        });
    }

    /** Shards that stay at a point on executors. */
    private final class OnExecutors implements Pinned {
        private final long pin = pins.begin();
        private final ShardPlan plan;
        private final ShardRequest request;
        private final Setup made = setup;
        private final Broadcast<SentNumbers> theta;
        private int products;

        OnExecutors(ShardRequest request) {
            this.request = request;
            this.plan = planner.plan(request);
            this.theta = points.hold(request.theta());
        }

        private List<ShardResults> run(ShardTask.Kind kind, String name, Consumer<ShardTask> fill) {
            ShardTask task = new ShardTask(kind, spec, made, theta, request);
            task.wantsGradient = true;
            task.pin = pin;
            task.objectives = OBJECTIVES.now();
            task.pins = pins.now();
            fill.accept(task);
            return jobs.run(names.of(name), task, plan);
        }

        @Override
        public double[] losses() {
            return SparkShards.losses(
                    onCluster(() -> run(ShardTask.Kind.LOSSES, "value of a linearization", task -> {})), request);
        }

        @Override
        public void gradients(Consumer<List<Term>> sink) {
            deliver(onCluster(() -> run(ShardTask.Kind.GRADIENTS, "gradient of a linearization", task -> {})), sink);
        }

        private static void deliver(List<ShardResults> results, Consumer<List<Term>> sink) {
            Jobs.inOrder(results, one -> one.vectors, sink);
        }

        @Override
        public void products(Curvature curvature, double structural, INDArray vector, Consumer<List<Term>> sink) {
            products++;
            deliver(
                    withVectors(ShardTask.Kind.PRODUCTS, "product " + products, curvature, structural, List.of(vector)),
                    sink);
        }

        private List<ShardResults> withVectors(
                ShardTask.Kind kind, String name, Curvature curvature, double structural, List<INDArray> vectors) {
            return onCluster(() -> {
                Broadcast<SentNumbers> sent = points.broadcast(vectors);
                try {
                    return run(kind, name, task -> {
                        task.curvature = curvature;
                        task.structural = structural;
                        task.vectors = sent;
                        task.vectorCount = vectors.size();
                    });
                } finally {
                    points.forgetNow(() -> sent.destroy(false));
                }
            });
        }

        @Override
        public List<double[][]> forms(Curvature curvature, List<INDArray> vectors) {
            double[][][] forms = new double[request.shards()][][];
            for (ShardResults one : withVectors(ShardTask.Kind.FORMS, "forms", curvature, 0, vectors)) {
                for (int i = 0; i < one.shards.length; i++) {
                    forms[one.shards[i]] = one.forms[i];
                }
            }
            return List.of(forms);
        }

        @Override
        public void close() {
            pins.end(pin);
            Unbroken.run(() -> points.release(theta));
        }
    }
}
