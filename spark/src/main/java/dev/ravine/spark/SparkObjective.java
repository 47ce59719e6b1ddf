package dev.ravine.spark;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.ForwardingObjective;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SquaredErrors;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.objective.Work;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.spark.data.BadRowException;
import dev.ravine.spark.data.Blocks;
import dev.ravine.spark.data.SparkData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mean loss of a module over data on a Spark cluster, plus L2. Executors hold the data, cut by row number into
 * shards, and compute. Each task adds what its shards return, the driver adds what tasks return, and runs the optimizer. The
 * sum is a {@link dev.ravine.optim.shards.PairwiseSum}, which has the same bits whoever adds neighbours. So every number is that of {@link SupervisedObjective} over the same rows in the same order, bit for bit, however many
 * executors there are and whichever of them are lost.
 *
 * <p>A value, a gradient, a statistic or a product is one job. The point travels once a step, the multiplied vector
 * once a product. Executors keep programs, and shards that stay at a point, from job to job. A lost executor costs the
 * computation of its shards once more. That work counts in {@link #cost}.
 *
 * <p>A scope whose shards lie in one partition each, as those of a full pass do, moves no examples. Any other scope,
 * such as a shuffled mini-batch, is brought together by one shuffle; the last three stay so.
 *
 * <pre>{@code
 * var model = new SparkModel(() -> new Sequential(new Linear(64, 32), Activation.tanh(), new Linear(32, 10)),
 *         Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
 * try (var objective = SparkObjective.of(spark, model, SparkData.of(frame).features("pixels").target("digit"));
 *         var optimizer = HessianFree.builder().build()) {
 *     optimizer.step(objective, objective.theta());
 * }
 * }</pre>
 */
public final class SparkObjective extends ForwardingObjective implements ModelObjective {
    private final SupervisedObjective objective;
    private final Module module;
    private final SparkShards shards;
    private final JobNames names;
    private final RoundTimes times;
    private final Loss loss;

    /** The number of targets of an example. */
    private final long outputs;

    private SparkObjective(
            SupervisedObjective objective, Module module, SparkShards shards, JobNames names, RoundTimes times) {
        super(objective);
        this.objective = objective;
        this.module = module;
        this.shards = shards;
        this.names = names;
        this.times = times;
        this.loss = shards.loss();
        this.outputs = shards.outputs();
    }

    /**
     * {@return an objective without L2, to be closed} Reads all data once.
     *
     * @param spark where the data are
     * @param model the net and its loss
     * @param data the examples
     * @throws BadRowException if a row cannot be used
     * @throws dev.ravine.core.ShapeException if model and data do not fit together
     */
    public static SparkObjective of(SparkContext spark, SparkModel model, SparkData data) {
        return builder(spark, model, data).build();
    }

    /**
     * {@return a builder of an objective}
     *
     * @param spark where the data are
     * @param model the net and its loss
     * @param data the examples
     */
    public static Builder builder(SparkContext spark, SparkModel model, SparkData data) {
        return new Builder(spark, model, data);
    }

    /** {@return the driver's net, whose parameters {@link #theta} are} */
    public Module module() {
        return module;
    }

    /** {@return the names of this objective's jobs; a listener of a trainer makes them tell optimizer and step} */
    public JobNames jobNames() {
        return names;
    }

    /** {@return how long jobs take beside their arithmetic} */
    public RoundTimes roundTimes() {
        return times;
    }

    /** {@return the native memory of the shards that the last job has used on executors, in bytes} */
    public long bytesOnExecutors() {
        return shards.bytesOnExecutors();
    }

    @Override
    public INDArray theta() {
        return objective.theta();
    }

    @Override
    public Optional<SquaredErrors> squaredErrors() {
        return SquaredErrors.of(loss, objective.weight(Scope.all()), outputs);
    }

    @Override
    public INDArray outputs(DataSet data) {
        return objective.outputs(data);
    }

    @Override
    public Map<String, Double> settings() {
        return objective.settings();
    }

    @Override
    public String graphText() {
        return objective.graphText();
    }

    @Override
    public Work work() {
        return objective.work();
    }

    /** Frees the data and all memory on executors. */
    @Override
    public void close() {
        objective.close();
    }

    /** What an objective is made of. */
    public static final class Builder {
        private final JavaSparkContext spark;
        private final SparkModel model;
        private final SparkData data;
        private final List<Consumer<SupervisedObjective.Builder>> settings = new ArrayList<>();
        private Module module;
        private int shardSize = 1000;
        private int splitFrom = ShardSizes.BY_WORK;
        private int partitions;

        private Builder(SparkContext spark, SparkModel model, SparkData data) {
            this.spark = JavaSparkContext.fromSparkContext(Objects.requireNonNull(spark, "spark"));
            this.model = Objects.requireNonNull(model, "model");
            this.data = Objects.requireNonNull(data, "data");
        }

        /**
         * Adds weight / 2 times the squared norm of all parameters that are not frozen and in no group of their own.
         *
         * @param weight not negative
         * @return this
         */
        public Builder l2(double weight) {
            settings.add(to -> to.l2(weight));
            return this;
        }

        /**
         * Adds weight / 2 times the squared norm of a group's parameters that are not frozen.
         *
         * @param group shares no parameter with other groups
         * @param weight not negative
         * @return this
         */
        public Builder l2(ParameterGroup group, double weight) {
            settings.add(to -> to.l2(group, weight));
            return this;
        }

        /**
         * Sets the net of the driver, such as one that has been trained before.
         *
         * @param net initialized; made by the same code as the model's nets
         * @return this
         */
        public Builder module(Module net) {
            this.module = Objects.requireNonNull(net, "net");
            return this;
        }

        /**
         * Sets the largest number of examples in one shard. Results change with it by rounding.
         *
         * @param examples at least 1; 1,000 without it
         * @return this
         */
        public Builder shardSize(int examples) {
            this.shardSize = Check.atLeastOne("the number of examples in a shard", examples);
            return this;
        }

        /**
         * Sets the number of examples from which a scope has at least two shards. Results change with it by rounding.
         * Without it, 64 examples or those whose gradient takes 2.5e7 floating-point operations.
         *
         * @param examples at least 2
         * @return this
         */
        public Builder splitFrom(int examples) {
            if (examples < 2) {
                throw new IllegalArgumentException("two shards need at least two examples, found " + examples);
            }
            this.splitFrom = examples;
            return this;
        }

        /**
         * Sets the number of partitions of the data, each with consecutive shards. Results do not change with it.
         *
         * @param count at least 1; without it Spark's default parallelism, the cores of all executors
         * @return this
         */
        public Builder partitions(int count) {
            this.partitions = Check.atLeastOne("the number of partitions", count);
            return this;
        }

        /**
         * Reads all data and makes the objective.
         *
         * @return an objective, to be closed
         * @throws BadRowException if a row cannot be used
         * @throws dev.ravine.core.ShapeException if model and data do not fit together
         */
        public SparkObjective build() {
            JobNames names = new JobNames();
            RoundTimes times = new RoundTimes();
            int parts = partitions > 0 ? partitions : Math.max(1, spark.defaultParallelism());
            ShardSizes sizes = new ShardSizes(shardSize, splitFrom);
            Module net = module == null ? model.initialized() : module;
            requireSame(net);
            Blocks blocks = Unbroken.call(() -> new Jobs(spark, times)
                    .named("ravine, reading the data", () -> Blocks.of(data, model.dtype(), sizes, parts)));
            SparkShards shards;
            try {
                shards =
                        new SparkShards(spark, model, net, blocks, sizes, new SparkShards.Options(parts, names, times));
            } catch (RuntimeException e) {
                blocks.close();
                throw e;
            }
            try {
                SupervisedObjective.Builder builder =
                        SupervisedObjective.builder(net, shards).shardSize(shardSize);
                settings.forEach(setting -> setting.accept(builder));
                return new SparkObjective(builder.build(), net, shards, names, times);
            } catch (RuntimeException e) {
                shards.close();
                throw e;
            }
        }

        /** A net of the caller must be one that the executors' copies can follow. */
        private void requireSame(Module net) {
            if (module == null) {
                return;
            }
            Module made = model.initialized();
            List<String> expected = EngineSpec.parameters(made);
            List<String> found = EngineSpec.parameters(net);
            DType dtype = net.parameterVector().dtype();
            if (!found.equals(expected) || dtype != model.dtype()) {
                throw new IllegalArgumentException("the net of module(net) has the parameters " + found + " of " + dtype
                        + "; expected " + expected + " of " + model.dtype()
                        + ", which the code of SparkModel makes; give a net that the same code has made");
            }
            made.parameterVector().close();
        }
    }
}
