package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
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
public final class SupervisedObjective implements Objective {
    private final Module module;
    private final Loss loss;
    private final DataSet data;
    private final double l2;
    private final int shardSize;
    private final int splitFrom;
    private final long memoryLimit;
    private final int shardsAtOnce;
    private final Workers workers;
    private final boolean ownsWorkers;
    private final ParameterVector parameters;
    private final Shard.Source source;
    private ShardMemory memory;
    private ShardGroup atParameters;
    private ShardGroup elsewhere;
    private final Deque<ShardGroup> idle = new ArrayDeque<>();
    private final List<ShardGroup> groups = new ArrayList<>();
    private final Arena arena = new Arena();
    private INDArray squareOfOne;
    private final INDArray penalized;
    private final List<INDArray> frozenPenalized = new ArrayList<>();
    private List<Span> free = List.of();
    private final double gradientCostPerExample;
    private long moduleVersion;
    private double finishedCost;

    private SupervisedObjective(Builder builder) {
        this.module = builder.module;
        this.loss = builder.loss;
        this.data = builder.data;
        this.l2 = builder.l2;
        this.splitFrom = builder.splitFrom;
        this.ownsWorkers = builder.workers == null;
        this.workers = ownsWorkers ? Workers.forThisMachine() : builder.workers;
        this.parameters = module.parameterVector();
        this.moduleVersion = module.version();
        if (data.dtype() != parameters.dtype()) {
            throw new ShapeException("the data are " + data.dtype() + ", the model's parameters " + parameters.dtype()
                    + "; convert the data with data.as(" + parameters.dtype() + ")");
        }
        this.source = new Shard.Source(module, loss, data, parameters);
        this.memory = new ShardMemory(source);
        this.memoryLimit = builder.memoryLimit;
        this.shardSize = shardSize(builder.shardSize);
        this.shardsAtOnce = shardsAtOnce();
        this.atParameters = kept(ShardGroup.atParameters(source));
        Shard shard = acquire(atParameters, bounds(data.size())[1], false);
        // The unit of cost stays what it was, so that costs never shrink when shards of other sizes or modes are made.
        this.gradientCostPerExample = (double) shard.at.gradientCost() / shard.rows;
        atParameters.release(shard);
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

    @Override
    public long version() {
        return module.version();
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
    public void thetaChanged(INDArray theta) {
        parameters.touch();
    }

    @Override
    public double cost() {
        double executed = finishedCost;
        for (ShardGroup group : groups) {
            executed += group.executedCost();
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
        double value;
        if (squaresHaveRules()) {
            value = sumOverShards(theta, scope, out, squares);
        } else {
            value = sumOverShards(theta, scope, out, null);
            squaresOneByOne(theta, scope, squares);
        }
        addL2Gradient(theta, out);
        return value + l2Value(theta);
    }

    private boolean squaresHaveRules() {
        checkVersion();
        Shard shard = acquire(atParameters, bounds(data.size())[1], true);
        atParameters.release(shard);
        return shard.at.hasSquaredGradient();
    }

    private void squaresOneByOne(INDArray theta, Scope scope, INDArray squares) {
        if (squareOfOne == null) {
            squareOfOne = arena.allocate(parameters.dtype(), Shape.of(parameters.size()));
        }
        int[] rows = scope.rows(data.size());
        Vectors.fill(squares, 0);
        ShardGroup group = groupAt(theta);
        Shard one = acquire(group, 1, false);
        try {
            for (int i = 0; i < rows.length; i++) {
                one.load(rows, i, scope.noise());
                INDArray gradient = one.at.gradient();
                Vectors.multiply(gradient, gradient, squareOfOne);
                Vectors.axpy(1.0 / rows.length, squareOfOne, squares);
            }
        } finally {
            group.release(one);
        }
    }

    /** As many shards at a time as there are workers, if they fit into the memory limit; what they compute is added in the order of the shards. */
    private double sumOverShards(INDArray theta, Scope scope, INDArray gradient, INDArray squares) {
        checkVersion();
        int[] rows = scope.rows(data.size());
        int[] bounds = bounds(rows.length);
        int count = bounds.length - 1;
        double scale = 1.0 / rows.length;
        double sum = 0;
        ShardGroup group = groupAt(theta);
        for (int first = 0; first < count; first += shardsAtOnce) {
            int from = first;
            Shard[] working = new Shard[Math.min(shardsAtOnce, count - first)];
            double[] losses = new double[working.length];
            try {
                for (int i = 0; i < working.length; i++) {
                    working[i] = acquire(group, bounds[from + i + 1] - bounds[from + i], squares != null);
                }
                workers.run(working.length, i -> {
                    Shard shard = working[i];
                    shard.load(rows, bounds[from + i], scope.noise());
                    losses[i] = shard.at.value();
                    if (gradient != null) {
                        shard.at.gradient();
                    }
                });
                if (gradient != null) {
                    Vectors.sum(scale, parts(working, Shard::gradient), first == 0, gradient, workers);
                }
                if (squares != null) {
                    Vectors.sum(scale, parts(working, Shard::squaredGradient), first == 0, squares, workers);
                }
            } finally {
                for (Shard shard : working) {
                    if (shard != null) {
                        group.release(shard);
                    }
                }
            }
            for (double l : losses) {
                sum += l;
            }
        }
        return sum * scale;
    }

    private static List<Elements> parts(Shard[] shards, Function<Shard, Elements> result) {
        List<Elements> parts = new ArrayList<>(shards.length);
        for (Shard shard : shards) {
            parts.add(result.apply(shard));
        }
        return parts;
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

    @Override
    public List<Span> trainable() {
        checkVersion();
        return free;
    }

    private void findFrozen() {
        frozenPenalized.clear();
        free = freeSpans();
        if (l2 != 0) {
            for (ParameterVector.Segment s : parameters.segments()) {
                if (s.parameter().isFrozen()) {
                    frozenPenalized.add(Arena.view(penalized, s.offset(), Shape.of(s.size())));
                }
            }
        }
    }

    /** What is not frozen, neighbours joined. */
    private List<Span> freeSpans() {
        List<Span> spans = new ArrayList<>();
        for (ParameterVector.Segment s : parameters.segments()) {
            if (s.parameter().isFrozen()) {
                continue;
            }
            int from = Math.toIntExact(s.offset());
            int last = spans.size() - 1;
            boolean adjoins = last >= 0 && spans.get(last).to() == from;
            Span span = new Span(adjoins ? spans.remove(last).from() : from, Math.toIntExact(from + s.size()));
            spans.add(span);
        }
        return List.copyOf(spans);
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        checkVersion();
        int at = Vectors.firstNonFinite(theta);
        if (at >= 0) {
            return Optional.of("parameter " + pathOf(at) + " is not finite");
        }
        ShardGroup group = groupAt(theta);
        int[] rows = scope.rows(data.size());
        int[] bounds = bounds(rows.length);
        for (int i = 0; i + 1 < bounds.length; i++) {
            Shard shard = acquire(group, bounds[i + 1] - bounds[i], false);
            try {
                shard.load(rows, bounds[i], scope.noise());
                Optional<String> found = shard.at.firstNonFinite();
                if (found.isPresent()) {
                    String several = "examples " + bounds[i] + " to " + (bounds[i + 1] - 1) + " of the scope: ";
                    return firstNonFiniteAlone(group, rows, bounds[i], bounds[i + 1], scope.noise())
                            .or(() -> Optional.of(several + found.get()));
                }
            } finally {
                group.release(shard);
            }
        }
        return Optional.empty();
    }

    /** The first example whose own loss or gradient is not finite; the sum over several may be what is not. */
    private Optional<String> firstNonFiniteAlone(ShardGroup group, int[] rows, int from, int to, long noise) {
        Shard one = acquire(group, 1, false);
        try {
            for (int i = from; i < to; i++) {
                one.load(rows, i, noise);
                Optional<String> found = one.at.firstNonFinite();
                if (found.isPresent()) {
                    return Optional.of(
                            "row " + rows[i] + " of the data, example " + i + " of the scope: " + found.get());
                }
            }
            return Optional.empty();
        } finally {
            group.release(one);
        }
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
        ShardedLinearization linearization = new ShardedLinearization(
                idle.isEmpty() ? kept(ShardGroup.forProducts(source)) : idle.pop(), rows.length);
        try {
            Vectors.copy(theta, linearization.group.point(), workers);
            for (int i = 0; i + 1 < bounds.length; i++) {
                linearization.load(rows, bounds[i], bounds[i + 1], scope.noise());
            }
            return linearization;
        } catch (RuntimeException e) {
            linearization.close();
            throw e;
        }
    }

    /** The mean over shards that hold their data and their hoisted values. */
    private final class ShardedLinearization implements Linearization {
        private final ShardGroup group;
        private final long version = moduleVersion;
        private final List<Shard> shards = new ArrayList<>();
        private final double scale;
        private boolean closed;

        private ShardedLinearization(ShardGroup group, int rows) {
            this.group = group;
            this.scale = 1.0 / rows;
        }

        private void load(int[] rows, int from, int to, long noise) {
            if (!group.hasIdle(to - from, false)) {
                makeRoom(memory.ofInputs(to - from), "the examples of a linearization");
            }
            Shard shard = group.acquire(to - from, false);
            shards.add(shard);
            shard.load(rows, from, noise);
        }

        @Override
        public long size() {
            return SupervisedObjective.this.size();
        }

        @Override
        public DType dtype() {
            return SupervisedObjective.this.dtype();
        }

        private void checkOpen() {
            if (closed) {
                throw new IllegalStateException("the linearization is closed");
            }
        }

        @Override
        public double value() {
            checkOpen();
            makeRoomFor(null);
            double[] values = new double[shards.size()];
            onEach(i -> values[i] = shards.get(i).at.value());
            double sum = 0;
            for (double v : values) {
                sum += v;
            }
            return sum * scale;
        }

        /** Makes room for what the shards have not planned yet. */
        private void makeRoomFor(Curvature curvature) {
            if (memoryLimit == Long.MAX_VALUE) {
                return;
            }
            long needed = 0;
            for (Shard shard : shards) {
                if (curvature == null && !shard.at.isPrepared()) {
                    needed += memory.ofGradient(shard.rows, false);
                } else if (curvature != null && !shard.at.isPrepared(curvature)) {
                    needed += memory.ofProduct(shard.rows, curvature);
                }
            }
            if (needed > 0) {
                int examples = shards.stream().mapToInt(shard -> shard.rows).sum();
                String what = curvature == null ? "value and gradient" : curvature + " products";
                makeRoom(
                        needed,
                        what + " of a linearization over " + examples
                                + " examples, which holds all their activations (use fewer curvature examples)");
            }
        }

        @Override
        public void gradient(INDArray out) {
            checkOpen();
            makeRoomFor(null);
            Elements[] parts = new Elements[shards.size()];
            onEach(i -> parts[i] = shards.get(i).gradient());
            Vectors.sum(scale, Arrays.asList(parts), true, out, workers);
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            checkOpen();
            makeRoomFor(curvature);
            Vectors.copy(v, group.vector(), workers);
            Elements[] parts = new Elements[shards.size()];
            onEach(i -> parts[i] = shards.get(i).product(curvature));
            Vectors.sum(scale, Arrays.asList(parts), true, out, workers);
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
            if (closed) {
                return;
            }
            closed = true;
            shards.forEach(group::release);
            shards.clear();
            if (version == moduleVersion) {
                idle.push(group);
            } else {
                discard(group);
            }
        }
    }

    // ---- shards -----------------------------------------------------------------------------------------------

    /** Shards that read theta: in place where it is the model's parameters, else from a copy. */
    private ShardGroup groupAt(INDArray theta) {
        if (theta == atParameters.point()) {
            return atParameters;
        }
        if (elsewhere == null) {
            elsewhere = kept(ShardGroup.elsewhere(source));
        }
        Vectors.copy(theta, elsewhere.point(), workers);
        return elsewhere;
    }

    private Shard acquire(ShardGroup group, int rows, boolean withSquares) {
        if (memoryLimit == Long.MAX_VALUE) {
            return group.acquire(rows, withSquares);
        }
        if (!group.hasIdle(rows, withSquares)) {
            makeRoom(
                    memory.ofInputs(rows) + memory.ofGradient(rows, withSquares),
                    "value and gradient of " + rows + " examples at once");
        }
        Shard shard = group.acquire(rows, withSquares);
        // Now, so that its memory counts when the next shard needs room.
        shard.at.prepare();
        return shard;
    }

    private void makeRoom(long needed, String what) {
        if (memoryLimit == Long.MAX_VALUE) {
            return;
        }
        if (bytes() + needed > memoryLimit) {
            groups.forEach(ShardGroup::discardIdle);
        }
        if (bytes() + needed > memoryLimit) {
            throw new MemoryLimitException(
                    what + ": needs " + needed + " bytes, allowed are " + memoryLimit + ", of which " + bytes()
                            + " are in use; raise memoryLimit, or use a smaller model or fewer examples");
        }
    }

    /**
     * The native memory of all shards so far, in use or kept for their next use.
     *
     * @return bytes
     */
    public long bytes() {
        long bytes = 0;
        for (ShardGroup group : groups) {
            bytes += group.bytes();
        }
        return bytes;
    }

    /** As many examples as take an eighth of the memory limit at most, whatever the number of workers; at least one. */
    private int shardSize(int largest) {
        if (memoryLimit == Long.MAX_VALUE) {
            return largest;
        }
        int fits = 1;
        for (int step = Integer.highestOneBit(largest); step > 0; step /= 2) {
            if (fits + step <= largest && gradientBytes(fits + step) <= memoryLimit / 8) {
                fits += step;
            }
        }
        return fits;
    }

    private long gradientBytes(int rows) {
        return memory.ofInputs(rows) + memory.ofGradient(rows, true);
    }

    /** Half of the limit is for other points and linearizations. */
    private int shardsAtOnce() {
        if (memoryLimit == Long.MAX_VALUE) {
            return workers.count();
        }
        long fitting = memoryLimit / 2 / gradientBytes(shardSize);
        return (int) Math.max(1, Math.min(workers.count(), fitting));
    }

    private ShardGroup kept(ShardGroup group) {
        groups.add(group);
        return group;
    }

    private void discard(ShardGroup group) {
        finishedCost += group.executedCost();
        groups.remove(group);
        group.close();
    }

    /** Where the shards of a scope begin, and its end: equal sizes up to one example. */
    private int[] bounds(int examples) {
        int count = Math.max((examples + shardSize - 1) / shardSize, examples >= splitFrom ? 2 : 1);
        int[] bounds = new int[count + 1];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) examples * i / count);
        }
        return bounds;
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
            memory = new ShardMemory(source);
            discard(atParameters);
            if (elsewhere != null) {
                discard(elsewhere);
                elsewhere = null;
            }
            idle.forEach(this::discard);
            idle.clear();
            atParameters = kept(ShardGroup.atParameters(source));
        }
    }

    /** Returns all memory, and ends the workers if the objective started them. */
    @Override
    public void close() {
        groups.forEach(ShardGroup::close);
        groups.clear();
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
        private int splitFrom = 64;
        private long memoryLimit = Long.MAX_VALUE;
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
         * From how many examples on a scope has at least two shards, so that two workers have something to do: 64 without it.
         * Results change with it by rounding.
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
         * How much native memory the objective's shards may take, linearizations included; data, parameters and what an optimizer
         * keeps come on top. Shards become small enough for an eighth of it, and fewer are computed at a time. What does
         * not fit all the same is refused before the memory is taken, with {@link MemoryLimitException}. Results change
         * with the limit by rounding.
         *
         * @param bytes at least 1; no limit without it
         * @return this
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the memory limit must be at least one byte, found " + bytes);
            }
            this.memoryLimit = bytes;
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
         * @throws MemoryLimitException if not even one example at a time fits into the memory limit
         */
        public SupervisedObjective build() {
            return new SupervisedObjective(this);
        }
    }
}
