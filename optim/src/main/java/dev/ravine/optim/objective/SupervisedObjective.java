package dev.ravine.optim.objective;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.shards.MemoryLimitException;
import dev.ravine.optim.shards.PairwiseSum;
import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.optim.shards.ShardRunner;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.optim.shards.ShardedLinearization;
import dev.ravine.optim.shards.SumMemory;
import dev.ravine.optim.shards.ThreadedShards;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mean loss of a module over data, plus L2 on the parameters that are not frozen: on all of them, or with a weight
 * for each group. If the data have {@linkplain DataSet#withWeights weights}, the mean is the sum of weight times loss,
 * divided by the sum of the weights in the scope, and so are gradients, products with curvature, and statistics. A
 * scope in which no example counts has loss and gradient 0, apart from L2.
 *
 * <p>A scope is cut into shards of nearly equal size, whatever the number of workers. Workers compute shards at the
 * same time, and their results are added in pairs by the numbers of the shards. So the numbers do not depend on the
 * number of workers, and the memory of values and gradients grows with the logarithm of the number of shards only.
 *
 * <p>This needs examples that do not depend on one another. A module whose rows mix, such as batch normalization in
 * training mode, says so with {@link Module#rowsMix}, or the objective sees it in the graph (a reduction over the
 * examples). Then a scope is one shard: the numbers are exact, memory grows with the scope, and statistics of single
 * examples are refused.
 *
 * <p>Theta is the flat vector of the module's {@link ParameterVector}. Values at any other vector of its length can be
 * asked for, and leave the module alone. The objective notices when the module changes its mode or freezes parameters.
 */
public final class SupervisedObjective implements ModelObjective {
    private final Module module;
    private final Loss loss;
    private final long outputs;
    private final L2Penalty penalty;
    private final Map<String, Double> settings;
    private final Workers workers;
    private final ParameterVector parameters;
    private final ShardSizes sizes;
    private final ShardRunner shards;
    private final SumMemory memory;
    private final StatisticObstacles obstacles;
    private final Predictor predictor;
    private final Lifetime lifetime = new Lifetime("the objective", this::release);
    private List<Span> trainable;
    private boolean mixesRows;
    private final int block;
    private long graphKey;
    private long otherWork;

    private SupervisedObjective(Builder builder) {
        this.module = builder.module;
        this.loss = builder.loss;
        this.outputs = builder.outputs();
        this.settings = builder.settings();
        this.parameters = module.parameterVector();
        this.penalty = new L2Penalty(builder.l2, builder.groupL2, size());
        this.graphKey = module.graphKey();
        this.predictor = new Predictor(module);
        this.workers = builder.workers == null ? Workers.forThisMachine() : builder.workers;
        ShardSizes wanted = new ShardSizes(builder.shardSize, builder.splitFrom);
        this.shards = builder.runner == null ? threads(builder, wanted) : CountingExamples.require(builder.runner);
        this.memory = new SumMemory(workers);
        this.obstacles = new StatisticObstacles(module, shards);
        this.sizes = shards.sizes(wanted);
        this.mixesRows = shards.mixesRows();
        this.block = builder.data == null ? 1 : builder.data.block();
        followTrainable();
    }

    private void followTrainable() {
        trainable = Span.trainable(parameters);
        penalty.follow(trainable);
    }

    private ShardRunner threads(Builder builder, ShardSizes wanted) {
        DType dtype = CountingExamples.require(builder.data).dtype();
        if (dtype != parameters.dtype()) {
            throw new ShapeException("the data are " + dtype + ", the model's parameters " + parameters.dtype()
                    + "; convert the data with data.as(" + parameters.dtype() + ")");
        }
        return ThreadedShards.of(module, builder.loss, builder.data, workers, builder.memoryLimit, wanted);
    }

    /**
     * {@return an objective without L2, with one worker for each processor, to be closed}
     *
     * @param module initialized
     * @param loss of its outputs and the data's targets
     * @param data of the module's dtype; a {@link DataSet}, or a source that holds some rows only
     * @throws ShapeException if module, loss and data do not fit together
     */
    public static SupervisedObjective of(Module module, Loss loss, ExampleSource data) {
        return builder(module, loss, data).build();
    }

    /**
     * {@return a builder of an objective}
     *
     * @param module initialized
     * @param loss of its outputs and the data's targets
     * @param data of the module's dtype; a {@link DataSet}, or a source that holds some rows only
     */
    public static Builder builder(Module module, Loss loss, ExampleSource data) {
        return new Builder(module, loss, data);
    }

    /**
     * {@return a builder of an objective whose shards are computed by a runner of the caller, such as one on a cluster}
     * The objective closes the runner with itself.
     *
     * @param module initialized; the model that the runner's shards compute
     * @param runner of shards of this model
     */
    public static Builder builder(Module module, ShardRunner runner) {
        return new Builder(module, runner);
    }

    // ---- what it is -------------------------------------------------------------------------------------------

    @Override
    public long size() {
        return parameters.size();
    }

    @Override
    public DType dtype() {
        return parameters.dtype();
    }

    @Override
    public String toString() {
        return "SupervisedObjective[" + examples() + " examples, " + size() + " parameters]";
    }

    @Override
    public int examples() {
        return shards.examples();
    }

    @Override
    public int block() {
        return block;
    }

    @Override
    public double l2() {
        return penalty.shared();
    }

    /** Known for data in this process and {@link Loss#meanSquaredError}, of either reduction. */
    @Override
    public Optional<SquaredErrors> squaredErrors() {
        return SquaredErrors.of(loss, weight(Scope.all()), outputs);
    }

    @Override
    public long version() {
        return module.graphKey();
    }

    @Override
    public INDArray theta() {
        lifetime.require();
        return parameters.array();
    }

    @Override
    public void thetaChanged(INDArray theta) {
        lifetime.require();
        parameters.touch();
    }

    @Override
    public List<Span> trainable() {
        checkGraphs();
        return trainable;
    }

    @Override
    public double cost() {
        return work().gradients();
    }

    @Override
    public Work work() {
        lifetime.require();
        return new Work(shards.executedCost() + otherWork, shards.gradientCostPerExample() * examples());
    }

    @Override
    public void countWork(long operations) {
        otherWork += operations;
    }

    @Override
    public String graphText() {
        return shards.graphText();
    }

    @Override
    public Map<String, Double> settings() {
        lifetime.require();
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("training_examples", (double) examples());
        all.put("data_checksum", (double) shards.dataChecksum());
        if (block > 1) {
            all.put("block_rows", (double) block);
        }
        all.putAll(settings);
        return all;
    }

    @Override
    public INDArray outputs(DataSet other) {
        return lifetime.during(() -> predictor.outputs(other));
    }

    /** {@return the native memory of all shards and sums so far, in use or kept for their next use, in bytes} */
    public long bytes() {
        return shards.bytes() + memory.bytes();
    }

    // ---- values, gradients, statistics ------------------------------------------------------------------------

    @Override
    public double value(INDArray theta, Scope scope) {
        return lifetime.during(() -> sum(request(theta, scope, false, null), null, null) + penalty.value(theta));
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        Check.vector("the memory for the gradient", out, dtype(), size());
        return lifetime.during(() -> penalized(theta, out, sum(request(theta, scope, true, null), out, null)));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The statistic comes from the gradient's own pass. If an operation does not name the rows that it needs
     * ({@link #obstacle}), and the statistic allows one example at a time, it takes another pass for each example.
     */
    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        return lifetime.during(() -> withStatistic(theta, scope, out, statistic, mean));
    }

    private double withStatistic(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        Optional<String> obstacle = obstacle(statistic);
        if (obstacle.isEmpty()) {
            return penalized(theta, out, sum(request(theta, scope, true, statistic), out, mean));
        }
        if (!statistic.allowsOneByOne() || mixesRows) {
            throw new NoRowsException(obstacle.get());
        }
        double value = gradient(theta, scope, out);
        oneByOne(theta, scope, statistic, mean);
        return value;
    }

    private void oneByOne(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        int[] rows = rows(scope);
        int[] each = IntStream.rangeClosed(0, rows.length).toArray();
        double total = CountingExamples.total(shards, rows);
        sum(new ShardRequest(theta, rows, each, total, scope.noise(), false, statistic), null, mean);
    }

    @Override
    public void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        lifetime.require();
        Optional<String> obstacle = obstacle(statistic);
        if (obstacle.isEmpty()) {
            sum(request(theta, scope, false, statistic), null, mean);
        } else if (statistic.allowsOneByOne() && !mixesRows) {
            oneByOne(theta, scope, statistic, mean);
        } else {
            throw new NoRowsException(obstacle.get());
        }
    }

    @Override
    public ModelGraph graph(int examples) {
        checkGraphs();
        return shards.graph(examples);
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        checkGraphs();
        return obstacles.of(statistic);
    }

    @Override
    public long statisticSize(Statistic statistic) {
        checkGraphs();
        return StatisticShape.size(statistic, shards::graph);
    }

    @Override
    public double gradient(Linearization at, INDArray theta, INDArray out) {
        return penalty.gradient(at, theta, out);
    }

    private double penalized(INDArray theta, INDArray gradient, double loss) {
        penalty.addGradient(theta, gradient);
        return loss + penalty.value(theta);
    }

    private double sum(ShardRequest request, INDArray gradient, INDArray statistic) {
        return PairwiseSum.means(shards, request, gradient, statistic, memory);
    }

    private ShardRequest request(INDArray theta, Scope scope, boolean wantsGradient, Statistic statistic) {
        checkGraphs();
        Check.vector("theta", theta, dtype(), size());
        int[] rows = rows(scope);
        double total = CountingExamples.total(shards, rows);
        return new ShardRequest(theta, rows, bounds(rows.length), total, scope.noise(), wantsGradient, statistic);
    }

    @Override
    public Workers workers() {
        return workers;
    }

    @Override
    public double weight(Scope scope) {
        lifetime.require();
        return CountingExamples.total(shards, rows(scope));
    }

    private int[] rows(Scope scope) {
        return CountingExamples.of(shards, scope.rows(examples()));
    }

    private int[] bounds(int count) {
        return mixesRows ? new int[] {0, count} : sizes.bounds(count);
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        int at = Vectors.firstNonFinite(theta);
        if (at >= 0) {
            return Optional.of("parameter " + parameters.describe(at) + " is not finite");
        }
        return lifetime.during(() -> shards.firstNonFinite(request(theta, scope, true, null)));
    }

    // ---- curvature --------------------------------------------------------------------------------------------

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        return lifetime.during(() -> {
            ShardRequest request = request(theta, scope, true, null);
            return penalty.added(new ShardedLinearization(shards.pin(request), request, mixesRows, memory), theta);
        });
    }

    /** Graphs of a module in another mode, or with other parameters frozen, are of no more use. */
    private void checkGraphs() {
        lifetime.require();
        if (module.graphKey() != graphKey) {
            if (module.parameterVector() != parameters) {
                throw new IllegalStateException("the module has been initialized again since this objective was made;"
                        + " make a new objective, or restore numbers with loadStateDict or parameterVector().set");
            }
            graphKey = module.graphKey();
            followTrainable();
            obstacles.forget();
            shards.graphsChanged();
            mixesRows = shards.mixesRows();
        }
    }

    /** Returns all memory, after a computation in another thread has ended. */
    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        shards.close();
        memory.close();
        predictor.close();
    }

    /** What an objective is made of. */
    public static final class Builder extends SupervisedSettings<Builder> {
        private final Module module;
        private final Loss loss;
        private final ExampleSource data;

        private Builder(Module module, Loss loss, ExampleSource data) {
            super(null);
            this.module = module;
            this.loss = loss;
            this.data = data;
        }

        private Builder(Module module, ShardRunner runner) {
            super(runner);
            this.module = module;
            this.loss = null;
            this.data = null;
        }

        /** The number of targets of an example. */
        private long outputs() {
            return data == null ? 0 : data.targetShape().count();
        }

        /**
         * Makes the objective.
         *
         * @return an objective, to be closed
         * @throws ShapeException if module, loss and data do not fit together
         * @throws MemoryLimitException if not even one example at a time fits into the memory limit
         */
        public SupervisedObjective build() {
            return new SupervisedObjective(this);
        }
    }
}
