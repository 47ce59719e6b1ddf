package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph planned once and replayed many times: {@link #run()} computes only what depends on inputs that changed since
 * the last run, into the same memory, without building a graph and without allocating.
 *
 * <p>Inputs are leaves: {@link Tensor#input}s, which are set, and variables, which are read where their owner keeps them
 * and count as changed after {@link Tensor#touch()}. A variable that is not among the inputs is a constant of the
 * program; if it changes all the same, the next run throws. Results that no input reaches are computed once.
 *
 * <p>What a program does to a graph is planned in {@code Plan}: dead nodes dropped, equal nodes shared, sums of products
 * accumulated, elementwise results written over their input where nobody else reads it, memory reused by lifetime.
 *
 * <p>A program is used by one thread at a time.
 */
public final class Program implements AutoCloseable {
    private final List<Plan.Port> inputs;
    private final List<Tensor> outputs;
    private final List<INDArray> outputMemory;
    private final int[] outputBundles;
    private final List<Tensor> constants;
    private final Arena arena = new Arena();
    private final Plan plan;
    private final boolean[] valid;
    private final boolean[] running;
    private final long[] seen;
    private final long plannedAt = Leaf.Variable.now();
    private long executedOps;
    private long executedCost;
    private boolean closed;

    /**
     * Plans a program.
     *
     * @param inputs leaves that change between runs
     * @param outputs what to compute
     * @return a program that has not run yet
     * @throws IllegalArgumentException if an input is not an {@link Tensor#input} or a variable, or if the outputs need
     *     an {@link Tensor#input} that is not among the inputs
     */
    public static Program of(List<Tensor> inputs, List<Tensor> outputs) {
        Builder builder = builder();
        inputs.forEach(builder::input);
        return builder.outputs(outputs, null).build();
    }

    /**
     * Begins a program some of whose inputs or outputs live in memory of the caller, or belong together.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private Program(Builder builder) {
        List<Tensor> order =
                Graph.ancestors(builder.outputs.stream().map(Plan.Port::tensor).toList());
        Set<Tensor> given = builder.inputs.stream().map(Plan.Port::tensor).collect(Collectors.toSet());
        for (Tensor t : order) {
            if (t.op() instanceof Leaf.Input && !given.contains(t)) {
                throw new IllegalArgumentException("the outputs need " + t.describe()
                        + ", which is not among the program's inputs; add it to the list of inputs");
            }
        }
        this.constants = order.stream()
                .filter(t -> t.op() instanceof Leaf.Variable && !given.contains(t))
                .toList();
        Stream<Plan.Port> noise = order.stream()
                .filter(t -> t.op() instanceof Leaf.Noise)
                .map(t -> new Plan.Port(t, builder.inputBundles, null));
        this.inputs =
                Stream.concat(builder.inputs.stream(), noise).map(this::placed).toList();
        this.plan = new Plan(arena, inputs, builder.outputs);
        this.outputs = builder.outputs.stream().map(Plan.Port::tensor).toList();
        this.outputBundles =
                builder.outputs.stream().mapToInt(Plan.Port::bundle).toArray();
        this.outputMemory = plan.outputMemory();
        this.valid = new boolean[plan.groups.size()];
        this.running = new boolean[plan.groups.size()];
        this.seen = new long[inputs.size()];
        Arrays.fill(seen, plannedAt);
        resample(0);
    }

    /** An input in the caller's memory, else where a variable's owner keeps it, else in memory of the program. */
    private Plan.Port placed(Plan.Port port) {
        Tensor t = port.tensor();
        if (port.memory() != null) {
            return port;
        }
        boolean isOwned = t.op() instanceof Leaf.Variable;
        return new Plan.Port(
                t, port.bundle(), isOwned ? ((Leaf) t.op()).array() : arena.allocate(t.dtype(), t.shape()));
    }

    // ---- inputs -----------------------------------------------------------------------------------------------

    /**
     * Copies numbers into an input.
     *
     * @param input one of the program's inputs
     * @param value an array of its shape and dtype
     * @throws ShapeException if shape or dtype differ
     */
    public void set(Tensor input, INDArray value) {
        Plan.Port port = port(input);
        if (!Shape.of(value).equals(input.shape()) || DType.of(value) != input.dtype()) {
            throw new ShapeException(
                    "set: " + input.describe() + " was given " + DType.of(value) + " " + Shape.of(value));
        }
        Vectors.copy(Arena.dense(value), port.memory());
        invalidate(port.bundle());
    }

    /**
     * Says that the memory of an input was written to.
     *
     * @param input one of the program's inputs
     */
    public void changed(Tensor input) {
        invalidate(port(input).bundle());
    }

    /**
     * Draws all {@link Tensor#noise} anew. What a tensor draws depends on this seed and its own, so different programs on
     * one graph draw the same.
     *
     * @param seed the same seed gives the same numbers
     */
    public void resample(long seed) {
        resample(seed, null, 0);
    }

    /**
     * Draws all {@link Tensor#noise} anew, and that of examples for given ones.
     *
     * @param seed the same seed gives the same numbers to the same examples
     * @param examples numbers of examples, or null for 0, 1, 2, ...
     * @param from where in {@code examples} the first row's is
     */
    public void resample(long seed, int[] examples, int from) {
        for (Plan.Port port : inputs) {
            if (port.tensor().op() instanceof Leaf.Noise noise) {
                noise.sample(port.memory(), seed, examples, from);
                invalidate(port.bundle());
            }
        }
    }

    private Plan.Port port(Tensor input) {
        for (Plan.Port port : inputs) {
            if (port.tensor() == input) {
                return port;
            }
        }
        throw new IllegalArgumentException(input.describe() + " is not among the program's inputs");
    }

    private void invalidate(int bundle) {
        for (int g = 0; g < valid.length; g++) {
            if (plan.groups.get(g).inputs().get(bundle)) {
                valid[g] = false;
            }
        }
    }

    // ---- runs -------------------------------------------------------------------------------------------------

    /**
     * Brings all outputs up to date.
     *
     * @throws IllegalStateException if a variable that the program holds constant has changed, or it is closed
     */
    public void run() {
        Arrays.fill(running, true);
        execute();
    }

    /**
     * Brings some outputs up to date, with those that were named together with them, and leaves the others as they are.
     *
     * @param wanted some of the program's outputs
     * @throws IllegalStateException if a variable that the program holds constant has changed, or it is closed
     */
    public void run(Tensor... wanted) {
        Arrays.fill(running, false);
        for (Tensor output : wanted) {
            int o = outputs.indexOf(output);
            if (o < 0) {
                throw new IllegalArgumentException(output.describe() + " is not among the program's outputs");
            }
            for (int g = 0; g < running.length; g++) {
                running[g] |= plan.groups.get(g).outputs().get(outputBundles[o]);
            }
        }
        execute();
    }

    private void execute() {
        check();
        for (int g = 0; g < running.length; g++) {
            running[g] &= !valid[g];
        }
        for (Node node : plan.steps) {
            if (running[node.group]) {
                node.kernel.run();
                executedOps++;
                executedCost += node.cost;
            }
        }
        for (int g = 0; g < running.length; g++) {
            valid[g] |= running[g];
        }
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("the program is closed");
        }
        for (int i = 0; i < seen.length; i++) {
            long changedAt = ((Leaf) inputs.get(i).tensor().op()).changedAt();
            if (changedAt > seen[i]) {
                seen[i] = changedAt;
                invalidate(inputs.get(i).bundle());
            }
        }
        for (Tensor constant : constants) {
            if (((Leaf) constant.op()).changedAt() > plannedAt) {
                throw new IllegalStateException(constant.describe() + " changed, but is a constant of this program;"
                        + " name it among the inputs to replay with new numbers");
            }
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------

    /**
     * The memory of an output or an input: the next run writes to the same place. Only inputs may be written to, to be
     * followed by {@link #changed}.
     *
     * @param tensor one of the program's outputs or inputs
     * @return the array itself, not a copy
     */
    public INDArray memory(Tensor tensor) {
        int output = outputs.indexOf(tensor);
        return output >= 0 ? outputMemory.get(output) : port(tensor).memory();
    }

    /**
     * The number in an output with one element.
     *
     * @param output one of the program's outputs
     * @return its value after the last run
     * @throws ShapeException if it has more than one element
     */
    public double scalar(Tensor output) {
        if (output.shape().count() != 1) {
            throw new ShapeException("scalar: needs one element, found " + output.describe());
        }
        return memory(output).getDouble(0);
    }

    /**
     * Runs everything again, op by op, and names the first that produced an infinity or not-a-number.
     *
     * @return what and where, or empty if all numbers are finite
     */
    public Optional<String> firstNonFinite() {
        check();
        for (Plan.Port port : inputs) {
            int at = Vectors.firstNonFinite(port.memory());
            if (at >= 0) {
                return Optional.of(port.tensor().describe() + " is not finite at element " + at);
            }
        }
        Arrays.fill(valid, false);
        for (Node node : plan.steps) {
            node.kernel.run();
            int at = Vectors.firstNonFinite(node.array);
            if (at >= 0) {
                return Optional.of(node.describe() + " is not finite at element " + at);
            }
        }
        Arrays.fill(valid, true);
        return Optional.empty();
    }

    /**
     * How many ops have run since the program was planned.
     *
     * @return a growing count
     */
    public long executedOps() {
        return executedOps;
    }

    /**
     * The work of the ops that have run since the program was planned.
     *
     * @return floating-point operations, by {@link Op#cost}
     */
    public long executedCost() {
        return executedCost;
    }

    /** How many steps of the plan apply an op that satisfies a condition; for tests. */
    long plannedOps(Predicate<Computation> condition) {
        return plan.steps.stream().filter(n -> condition.test(n.op)).count();
    }

    /** How many of them depend on an input; for tests. */
    long plannedOps(Predicate<Computation> condition, Tensor input) {
        int bundle = port(input).bundle();
        return plan.steps.stream()
                .filter(n -> condition.test(n.op)
                        && plan.groups.get(n.group).inputs().get(bundle))
                .count();
    }

    /**
     * The work of a run after all inputs changed: that of all ops that some input reaches.
     *
     * @return floating-point operations, by {@link Op#cost}
     */
    public long plannedCost() {
        return plan.steps.stream()
                .filter(n -> !plan.groups.get(n.group).inputs().isEmpty())
                .mapToLong(n -> n.cost)
                .sum();
    }

    /**
     * The native memory that the program owns.
     *
     * @return bytes
     */
    public long bytes() {
        return arena.bytes();
    }

    /** Frees the program's memory; outputs and inputs in memory of the caller remain. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            plan.steps.forEach(node -> node.kernel.close());
            arena.close();
        }
    }

    /** Names a program's inputs and outputs, and the memory they live in. */
    public static final class Builder {
        private final List<Plan.Port> inputs = new ArrayList<>();
        private final List<Plan.Port> outputs = new ArrayList<>();
        private int inputBundles;
        private int outputBundles;

        private Builder() {}

        /**
         * An input: a variable in its owner's memory, or an {@link Tensor#input} in the program's.
         *
         * @param leaf a variable or an {@link Tensor#input}
         * @return this
         */
        public Builder input(Tensor leaf) {
            return inputs(List.of(leaf), null);
        }

        /**
         * Inputs that change together: when one does, what depends on any of them is computed again. Naming them
         * together saves memory.
         *
         * @param leaves variables and {@link Tensor#input}s
         * @param memory for each a dense array of its shape and dtype, read where it is and to be followed by
         *     {@link Program#changed} after writing; or null for the variables' and the program's own
         * @return this
         */
        public Builder inputs(List<Tensor> leaves, List<INDArray> memory) {
            for (int i = 0; i < leaves.size(); i++) {
                Tensor leaf = leaves.get(i);
                if (!(leaf.op() instanceof Leaf.Input || leaf.op() instanceof Leaf.Variable)) {
                    throw new IllegalArgumentException(leaf.describe()
                            + " cannot be an input; inputs are made by Tensor.input or Tensor.variable");
                }
                inputs.add(new Plan.Port(leaf, inputBundles, memory == null ? null : checked(leaf, memory.get(i))));
            }
            inputBundles++;
            return this;
        }

        /**
         * An output in the program's memory.
         *
         * @param tensor what to compute
         * @return this
         */
        public Builder output(Tensor tensor) {
            return outputs(List.of(tensor), null);
        }

        /**
         * Outputs that are wanted together: a run for one of them computes all. Naming them together saves memory.
         *
         * @param tensors what to compute
         * @param memory for each a dense array of its shape and dtype where it is written, and nobody else may write,
         *     since what did not change is not written again; or null for the program's own
         * @return this
         */
        public Builder outputs(List<Tensor> tensors, List<INDArray> memory) {
            for (int i = 0; i < tensors.size(); i++) {
                Tensor t = tensors.get(i);
                outputs.add(new Plan.Port(t, outputBundles, memory == null ? null : checked(t, memory.get(i))));
            }
            outputBundles++;
            return this;
        }

        /**
         * Plans the program.
         *
         * @return a program that has not run yet
         * @throws IllegalArgumentException if the outputs need an {@link Tensor#input} that is not among the inputs
         */
        public Program build() {
            return new Program(this);
        }

        private static INDArray checked(Tensor tensor, INDArray memory) {
            if (!Shape.of(memory).equals(tensor.shape())
                    || DType.of(memory) != tensor.dtype()
                    || !Arena.isDense(memory)) {
                throw new ShapeException(
                        "memory for " + tensor.describe() + " must be dense and of its shape and dtype," + " found "
                                + DType.of(memory) + " " + Shape.of(memory));
            }
            return memory;
        }
    }
}
