package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Vectors;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mean loss of a module over data, plus L2 on all parameters that are not frozen, biases included.
 *
 * <p>A scope is cut into shards of nearly equal size, whatever the number of workers; workers compute shards at the same
 * time and their results are added in the order of the shards. So the numbers do not depend on the number of workers,
 * and the memory of values and gradients does not grow with the data.
 *
 * <p>Theta is the flat vector of the module's {@link ParameterVector}; values at any other vector of its length can be
 * asked for, and leave the module alone. Changes of mode or freezing of the module are noticed.
 */
public final class SupervisedObjective implements Objective, AutoCloseable {
    /** From this many examples on a scope has at least two shards, so that two workers have something to do. */
    private static final int WORTH_SPLITTING = 64;

    private final Module module;
    private final Loss loss;
    private final DataSet data;
    private final double l2;
    private final int shardSize;
    private final Workers workers;
    private final boolean ownsWorkers;
    private final ParameterVector parameters;
    private final Map<Integer, Deque<Shard>> idle = new HashMap<>();
    private final List<Shard> shards = new ArrayList<>();
    private final Arena arena = new Arena();
    private final INDArray penalized;
    private final List<INDArray> frozenPenalized = new ArrayList<>();
    private final double gradientCostPerExample;
    private long moduleVersion;
    private double finishedCost;

    private SupervisedObjective(Builder builder) {
        this.module = builder.module;
        this.loss = builder.loss;
        this.data = builder.data;
        this.l2 = builder.l2;
        this.shardSize = builder.shardSize;
        this.ownsWorkers = builder.workers == null;
        this.workers = ownsWorkers ? Workers.forThisMachine() : builder.workers;
        this.parameters = module.parameterVector();
        this.moduleVersion = module.version();
        if (data.dtype() != parameters.dtype()) {
            throw new ShapeException("the data are " + data.dtype() + ", the model's parameters " + parameters.dtype()
                    + "; convert the data with data.as(" + parameters.dtype() + ")");
        }
        Shard shard = acquire(bounds(data.size())[1], false);
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.at.gradientCost() / shard.rows;
        release(shard);
        this.penalized = l2 == 0 ? null : arena.allocate(parameters.dtype(), Shape.of(parameters.size()));
        findFrozen();
    }

    /**
     * An objective without L2, with one worker for each processor.
     *
     * @param module initialized
     * @param loss of its outputs and the data's targets
     * @param data of the module's dtype
     * @return an objective, to be closed
     * @throws ShapeException if module, loss and data do not fit together
     */
    public static SupervisedObjective of(Module module, Loss loss, DataSet data) {
        return builder(module, loss, data).build();
    }

    /**
     * Begins an objective.
     *
     * @param module initialized
     * @param loss of its outputs and the data's targets
     * @param data of the module's dtype
     * @return a builder
     */
    public static Builder builder(Module module, Loss loss, DataSet data) {
        return new Builder(module, loss, data);
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
    public int examples() {
        return data.size();
    }

    @Override
    public double l2() {
        return l2;
    }

    /**
     * The module's parameters: what optimizers change.
     *
     * @return the vector itself
     */
    public INDArray theta() {
        return parameters.array();
    }

    @Override
    public void moved(INDArray theta) {
        parameters.touch();
    }

    @Override
    public double cost() {
        double executed = finishedCost;
        for (Shard shard : shards) {
            executed += shard.at.executedCost();
        }
        return executed / (gradientCostPerExample * data.size());
    }

    // ---- values and gradients ---------------------------------------------------------------------------------

    @Override
    public double value(INDArray theta, Scope scope) {
        return sumOverShards(theta, scope, null, null) + l2Value(theta);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        Vectors.fill(out, 0);
        double value = sumOverShards(theta, scope, out, null);
        addL2Gradient(theta, out);
        return value + l2Value(theta);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Squares come from the gradient's own pass where every parameter is used once, in a matrix product, a bias or a
     * gain. For other modules each example's gradient is computed by itself, which gives the same and takes much longer.
     */
    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, INDArray squares) {
        Vectors.fill(out, 0);
        Vectors.fill(squares, 0);
        double value;
        if (squaresHaveRules()) {
            value = sumOverShards(theta, scope, out, squares);
        } else {
            value = sumOverShards(theta, scope, out, null);
            addSquaresOneByOne(theta, scope, squares);
        }
        addL2Gradient(theta, out);
        return value + l2Value(theta);
    }

    private boolean squaresHaveRules() {
        checkVersion();
        Shard shard = acquire(bounds(data.size())[1], true);
        release(shard);
        return shard.at.hasSquaredGradient();
    }

    private void addSquaresOneByOne(INDArray theta, Scope scope, INDArray squares) {
        int[] rows = scope.rows(data.size());
        Shard one = acquire(1, false);
        try {
            for (int i = 0; i < rows.length; i++) {
                one.load(theta, rows, i, scope.noise());
                one.at.gradient(one.result);
                Vectors.multiply(one.result, one.result, one.result);
                Vectors.axpy(1.0 / rows.length, one.result, squares);
            }
        } finally {
            release(one);
        }
    }

    private double sumOverShards(INDArray theta, Scope scope, INDArray gradient, INDArray squares) {
        checkVersion();
        int[] rows = scope.rows(data.size());
        int[] bounds = bounds(rows.length);
        int count = bounds.length - 1;
        double[] losses = new double[count];
        for (int first = 0; first < count; first += workers.count()) {
            int from = first;
            int active = Math.min(workers.count(), count - first);
            Shard[] working = new Shard[active];
            try {
                for (int i = 0; i < active; i++) {
                    working[i] = acquire(bounds[from + i + 1] - bounds[from + i], squares != null);
                }
                workers.run(active, i -> {
                    working[i].load(theta, rows, bounds[from + i], scope.noise());
                    losses[from + i] = working[i].at.value();
                    if (gradient != null) {
                        working[i].at.gradient(working[i].result);
                    }
                    if (squares != null) {
                        working[i].at.squaredGradient(working[i].squares);
                    }
                });
                for (int i = 0; i < active && gradient != null; i++) {
                    Vectors.axpy(1.0 / rows.length, working[i].result, gradient);
                }
                for (int i = 0; i < active && squares != null; i++) {
                    Vectors.axpy(1.0 / rows.length, working[i].squares, squares);
                }
            } finally {
                for (Shard shard : working) {
                    release(shard);
                }
            }
        }
        double sum = 0;
        for (double l : losses) {
            sum += l;
        }
        return sum / rows.length;
    }

    private double l2Value(INDArray theta) {
        if (l2 == 0) {
            return 0;
        }
        penalize(theta);
        return l2 / 2 * Vectors.dot(penalized, penalized);
    }

    private void addL2Gradient(INDArray theta, INDArray gradient) {
        if (l2 != 0) {
            penalize(theta);
            Vectors.axpy(l2, penalized, gradient);
        }
    }

    /** Copies theta with zeros for what is frozen. */
    private void penalize(INDArray theta) {
        Vectors.copy(theta, penalized);
        frozenPenalized.forEach(part -> Vectors.fill(part, 0));
    }

    private void findFrozen() {
        frozenPenalized.clear();
        if (l2 != 0) {
            for (ParameterVector.Segment s : parameters.segments()) {
                if (s.parameter().isFrozen()) {
                    frozenPenalized.add(Arena.view(penalized, s.offset(), Shape.of(s.size())));
                }
            }
        }
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        checkVersion();
        int at = Vectors.firstNonFinite(theta);
        if (at >= 0) {
            return Optional.of("parameter " + pathOf(at) + " is not finite");
        }
        int[] rows = scope.rows(data.size());
        int[] bounds = bounds(rows.length);
        for (int i = 0; i + 1 < bounds.length; i++) {
            Shard shard = acquire(bounds[i + 1] - bounds[i], false);
            try {
                shard.load(theta, rows, bounds[i], scope.noise());
                Optional<String> found = shard.at.firstNonFinite();
                if (found.isPresent()) {
                    String examples = "examples " + bounds[i] + " to " + (bounds[i + 1] - 1) + " of the scope: ";
                    return Optional.of(examples + found.get());
                }
            } finally {
                release(shard);
            }
        }
        return Optional.empty();
    }

    private String pathOf(long element) {
        for (ParameterVector.Segment s : parameters.segments()) {
            if (element < s.offset() + s.size()) {
                return "'" + s.path() + "' at element " + (element - s.offset());
            }
        }
        return "at element " + element;
    }

    // ---- curvature --------------------------------------------------------------------------------------------

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        checkVersion();
        int[] rows = scope.rows(data.size());
        int[] bounds = bounds(rows.length);
        List<Shard> parts = new ArrayList<>();
        ShardedLinearization linearization = new ShardedLinearization(parts, rows.length);
        try {
            for (int i = 0; i + 1 < bounds.length; i++) {
                Shard shard = acquire(bounds[i + 1] - bounds[i], false);
                parts.add(shard);
                shard.load(theta, rows, bounds[i], scope.noise());
            }
            return linearization;
        } catch (RuntimeException e) {
            linearization.close();
            throw e;
        }
    }

    /** The mean over shards that hold their data and their hoisted values. */
    private final class ShardedLinearization implements Linearization {
        private final List<Shard> parts;
        private final double scale;

        private ShardedLinearization(List<Shard> parts, int rows) {
            this.parts = parts;
            this.scale = 1.0 / rows;
        }

        @Override
        public long size() {
            return SupervisedObjective.this.size();
        }

        @Override
        public DType dtype() {
            return SupervisedObjective.this.dtype();
        }

        @Override
        public double value() {
            double[] values = new double[parts.size()];
            onEach(i -> values[i] = parts.get(i).at.value());
            double sum = 0;
            for (double v : values) {
                sum += v;
            }
            return sum * scale;
        }

        @Override
        public void gradient(INDArray out) {
            onEach(i -> parts.get(i).at.gradient(parts.get(i).result));
            add(out);
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            onEach(i -> parts.get(i).at.product(curvature, v, parts.get(i).result));
            add(out);
        }

        private void onEach(IntConsumer task) {
            if (parts.isEmpty()) {
                throw new IllegalStateException("the linearization is closed");
            }
            int active = Math.min(workers.count(), parts.size());
            workers.run(active, worker -> {
                for (int i = worker; i < parts.size(); i += active) {
                    task.accept(i);
                }
            });
        }

        private void add(INDArray out) {
            Vectors.fill(out, 0);
            parts.forEach(part -> Vectors.axpy(scale, part.result, out));
        }

        @Override
        public void close() {
            parts.forEach(SupervisedObjective.this::release);
            parts.clear();
        }
    }

    // ---- shards -----------------------------------------------------------------------------------------------

    /** The graph of the summed loss over a fixed number of examples, and the examples in it. */
    private final class Shard implements AutoCloseable {
        private final int rows;
        private final boolean withSquares;
        private final long version;
        private final Tensor features;
        private final Tensor targets;
        private final GraphLinearization at;
        private final Arena arena = new Arena();
        private final INDArray result;
        private final INDArray squares;

        private Shard(int rows, boolean withSquares) {
            this.rows = rows;
            this.withSquares = withSquares;
            this.version = moduleVersion;
            features = Tensor.input("features", data.dtype(), batchOf(data.featureShape()));
            targets = Tensor.input("targets", DType.of(data.targets()), batchOf(data.targetShape()));
            Tensor outputs = module.apply(features);
            if (data.hasLabels() && outputs.shape().size(-1) < data.classes()) {
                throw new ShapeException("the labels run from 0 to " + (data.classes() - 1)
                        + ", but the model has only " + outputs.shape().size(-1) + " outputs");
            }
            List<Tensor> variables = parameters.segments().stream()
                    .map(ParameterVector.Segment::parameter)
                    .map(Parameter::variable)
                    .toList();
            GraphLinearization.Builder builder = GraphLinearization.builder(
                            loss.of(outputs, targets, Reduction.SUM), variables)
                    .inputs(features, targets)
                    .outputs(outputs)
                    .meanOver(1);
            if (!loss.hasNaturalOutputs()) {
                builder.withoutFisher();
            }
            if (withSquares) {
                builder.withSquaredGradient();
            }
            at = builder.build();
            result = arena.allocate(parameters.dtype(), Shape.of(parameters.size()));
            squares = withSquares ? arena.allocate(parameters.dtype(), Shape.of(parameters.size())) : null;
        }

        private Shape batchOf(Shape example) {
            return Shape.of(LongStream.concat(LongStream.of(rows), LongStream.of(example.toArray()))
                    .toArray());
        }

        private void load(INDArray theta, int[] rowsOfData, int from, long noise) {
            data.copyRows(rowsOfData, from, rows, at.memory(features), at.memory(targets));
            at.changed(features);
            at.resample(noise, rowsOfData, from);
            at.moveTo(theta);
        }

        @Override
        public void close() {
            finishedCost += at.executedCost();
            at.close();
            arena.close();
        }
    }

    /** Where the shards of a scope begin, and its end: equal sizes up to one example. */
    private int[] bounds(int examples) {
        int count = Math.max((examples + shardSize - 1) / shardSize, examples >= WORTH_SPLITTING ? 2 : 1);
        int[] bounds = new int[count + 1];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) examples * i / count);
        }
        return bounds;
    }

    private Shard acquire(int rows, boolean withSquares) {
        Deque<Shard> free = idle.get(key(rows, withSquares));
        if (free != null && !free.isEmpty()) {
            return free.pop();
        }
        Shard shard = new Shard(rows, withSquares);
        shards.add(shard);
        return shard;
    }

    /** Shards with and without squares are kept apart: those without run faster. */
    private static int key(int rows, boolean withSquares) {
        return withSquares ? -rows : rows;
    }

    private void release(Shard shard) {
        if (shard == null) {
            return;
        }
        if (shard.version == moduleVersion) {
            idle.computeIfAbsent(key(shard.rows, shard.withSquares), k -> new ArrayDeque<>())
                    .push(shard);
        } else {
            shards.remove(shard);
            shard.close();
        }
    }

    /** Graphs of a module in another mode, or with other parameters frozen, are of no more use. */
    private void checkVersion() {
        if (module.version() != moduleVersion) {
            if (module.parameterVector() != parameters) {
                throw new IllegalStateException("the module has been initialized again since this objective was made;"
                        + " make a new objective, or restore numbers with loadStateDict or parameterVector().set");
            }
            moduleVersion = module.version();
            findFrozen();
            idle.values()
                    .forEach(free -> free.forEach(shard -> {
                        shards.remove(shard);
                        shard.close();
                    }));
            idle.clear();
        }
    }

    /** Returns all memory, and ends the workers if the objective started them. */
    @Override
    public void close() {
        shards.forEach(Shard::close);
        shards.clear();
        idle.clear();
        arena.close();
        if (ownsWorkers) {
            workers.close();
        }
    }

    /** What an objective is made of. */
    public static final class Builder {
        private final Module module;
        private final Loss loss;
        private final DataSet data;
        private double l2;
        private int shardSize = 1000;
        private Workers workers;

        private Builder(Module module, Loss loss, DataSet data) {
            this.module = module;
            this.loss = loss;
            this.data = data;
        }

        /**
         * Adds weight / 2 times the squared norm of all parameters that are not frozen.
         *
         * @param weight not negative
         * @return this
         */
        public Builder l2(double weight) {
            if (!(weight >= 0)) {
                throw new IllegalArgumentException("the weight of L2 must not be negative, found " + weight);
            }
            this.l2 = weight;
            return this;
        }

        /**
         * The largest number of examples in one shard: 1,000 without it. Results change with it by rounding.
         *
         * @param examples at least 1
         * @return this
         */
        public Builder shardSize(int examples) {
            if (examples < 1) {
                throw new IllegalArgumentException("a shard needs at least one example, found " + examples);
            }
            this.shardSize = examples;
            return this;
        }

        /**
         * The workers to use; they stay open when the objective is closed. Without it the objective starts its own, one
         * for each processor.
         *
         * @param shared workers
         * @return this
         */
        public Builder workers(Workers shared) {
            this.workers = shared;
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return an objective, to be closed
         * @throws ShapeException if module, loss and data do not fit together
         */
        public SupervisedObjective build() {
            return new SupervisedObjective(this);
        }
    }
}
