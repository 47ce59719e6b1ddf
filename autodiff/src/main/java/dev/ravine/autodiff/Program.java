package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Lifetime;
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
 * A graph that is planned once and replayed many times. {@link #run()} computes only the nodes that depend on inputs
 * that changed since the last run. It writes into the same memory, builds no graph and allocates nothing.
 *
 * <p>Inputs are leaves: {@link Tensor#input}s, which the caller sets, and variables, which the program reads in their
 * owner's memory and which count as changed after {@link Tensor#touch()}. A variable that is not among the inputs is a
 * constant of the program; if it changes, the next run throws. Results that depend on no input are computed once.
 *
 * <p>{@code Plan} decides how a graph runs. It drops dead nodes, shares equal nodes, accumulates sums of products,
 * writes elementwise results over operands that nobody else reads, and reuses memory by lifetime.
 *
 * <p>A program is used by one thread at a time.
 */
public final class Program implements AutoCloseable {
    private final List<Plan.Port> inputs;
    private final List<Tensor> outputs;
    private final List<INDArray> outputMemory;
    private final int[] outputBundles;
    private final Arena arena = new Arena("the program");
    private final Lifetime lifetime = new Lifetime("the program", this::release);
    private final Hold hold;
    private final Plan plan;
    private final boolean[] valid;
    private final boolean[] running;
    private final VariableWatch variables;
    private long executedOps;
    private long executedCost;

    /**
     * {@return a program that has not run yet}
     *
     * @param inputs leaves that change between runs
     * @param outputs the tensors to compute
     * @throws IllegalArgumentException if an input is not a {@link Tensor#input} or a variable, or is named twice, or
     *     if the outputs need a {@link Tensor#input} that is not among the inputs
     * @throws IllegalStateException if the memory of a variable or constant was returned
     */
    public static Program of(List<Tensor> inputs, List<Tensor> outputs) {
        Builder builder = builder();
        Check.noNulls("the inputs of a program", inputs).forEach(builder::input);
        return builder.outputs(outputs, null).build();
    }

    /** {@return an empty builder, for inputs or outputs that live in memory of the caller or belong together} */
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
        Stream<Plan.Port> noise = order.stream()
                .filter(t -> t.op() instanceof Leaf.Noise)
                .map(t -> new Plan.Port(t, builder.inputBundles, null));
        this.hold = Hold.of(lifetime, ProgramMemory.ofOthers(builder.inputs, builder.outputs, order));
        this.inputs = Stream.concat(builder.inputs.stream(), noise)
                .map(port -> ProgramMemory.placed(port, arena))
                .toList();
        this.variables = new VariableWatch(
                inputs,
                order.stream()
                        .filter(t -> t.op() instanceof Leaf.Variable && !given.contains(t))
                        .toList());
        this.plan = new Plan(arena, inputs, builder.outputs);
        this.outputs = builder.outputs.stream().map(Plan.Port::tensor).toList();
        this.outputBundles =
                builder.outputs.stream().mapToInt(Plan.Port::bundle).toArray();
        this.outputMemory = plan.outputMemory();
        this.valid = new boolean[plan.groups.size()];
        this.running = new boolean[plan.groups.size()];
        resample(0);
    }

    // ---- inputs -----------------------------------------------------------------------------------------------

    /**
     * Copies numbers into an input.
     *
     * @param input one of the program's inputs
     * @param value an array of its shape and dtype
     * @throws ShapeException if shape or dtype differ
     * @throws IllegalStateException if the program is closed, as all methods that use its memory throw
     */
    public void set(Tensor input, INDArray value) {
        lifetime.require();
        Plan.Port port = port(input);
        if (!Shape.of(value).equals(input.shape()) || DType.of(value) != input.dtype()) {
            throw new ShapeException(
                    "set: " + input.describe() + " was given " + DType.of(value) + " " + Shape.of(value));
        }
        Vectors.copy(Arena.dense(value), port.memory());
        invalidate(port.bundle());
    }

    /**
     * Declares that the memory of an input was written to.
     *
     * @param input one of the program's inputs
     */
    public void changed(Tensor input) {
        lifetime.require();
        invalidate(port(input).bundle());
    }

    /**
     * Draws all {@link Tensor#noise} again. The numbers depend on this seed and on that of the tensor, so all programs
     * on one graph draw the same numbers.
     *
     * @param seed the same seed gives the same numbers
     */
    public void resample(long seed) {
        resample(seed, null, 0);
    }

    /**
     * Draws all {@link Tensor#noise} again, and {@link Tensor#noisePerExample} for the given examples.
     *
     * @param seed the same seed gives the same numbers to the same examples
     * @param examples the number of the example in each row, or null for 0, 1, 2, ...
     * @param from the index in {@code examples} of the first row
     */
    public void resample(long seed, int[] examples, int from) {
        hold.during(() -> {
            for (Plan.Port port : inputs) {
                if (port.tensor().op() instanceof Leaf.Noise noise) {
                    noise.sample(port.memory(), seed, examples, from);
                    invalidate(port.bundle());
                }
            }
        });
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
        hold.during(() -> {
            Arrays.fill(running, true);
            execute();
        });
    }

    /**
     * Brings some outputs up to date, together with the outputs of their bundles, and leaves the others unchanged. A
     * tensor that is an output of several bundles brings all of them up to date.
     *
     * @param wanted some of the program's outputs
     * @throws IllegalStateException if a variable that the program holds constant has changed, or it is closed
     */
    public void run(Tensor... wanted) {
        hold.during(() -> {
            Arrays.fill(running, false);
            for (Tensor output : Check.noNullsIn("the wanted outputs", wanted)) {
                for (int o = indexOf(output); o < outputs.size(); o++) {
                    for (int g = 0; outputs.get(o) == output && g < running.length; g++) {
                        running[g] |= plan.groups.get(g).outputs().get(outputBundles[o]);
                    }
                }
            }
            execute();
        });
    }

    private int indexOf(Tensor output) {
        int o = outputs.indexOf(output);
        if (o < 0) {
            throw new IllegalArgumentException(output.describe() + " is not among the program's outputs");
        }
        return o;
    }

    private void execute() {
        variables.check(this::invalidate);
        for (int g = 0; g < running.length; g++) {
            running[g] &= !valid[g];
        }
        for (PlannedRun run : plan.runs) {
            if (running[run.group]) {
                run.run();
                executedOps += run.ops();
                executedCost += run.cost();
            }
        }
        for (int g = 0; g < running.length; g++) {
            valid[g] |= running[g];
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------

    /**
     * {@return the memory of an input or an output, not a copy} The next run writes outputs to the same place. The
     * caller may write only to inputs, and must then call {@link #changed}. A tensor that is both has two memories, and
     * a run copies the first to the second: this is the input's, {@link #outputMemory} the output's.
     *
     * @param tensor one of the program's inputs or outputs
     */
    public INDArray memory(Tensor tensor) {
        lifetime.require();
        boolean isInput = inputs.stream().anyMatch(port -> port.tensor() == tensor);
        return isInput ? port(tensor).memory() : outputMemory(tensor);
    }

    /**
     * {@return the memory of an output, as the last run left it, not a copy} The next run writes to the same place; the
     * caller may not.
     *
     * @param output one of the program's outputs, which may be an input too
     */
    public INDArray outputMemory(Tensor output) {
        lifetime.require();
        return outputMemory.get(indexOf(output));
    }

    /**
     * {@return the number in an output with one element, as the last run left it}
     *
     * @param output one of the program's outputs
     * @throws ShapeException if it does not have exactly one element
     */
    public double scalar(Tensor output) {
        if (output.shape().count() != 1) {
            throw new ShapeException("scalar: needs one element, found " + output.describe());
        }
        return Elements.of(outputMemory(output)).get(0);
    }

    /**
     * {@return the first input or op with an infinity or NaN, and its index, found by running all ops again; or empty}
     */
    public Optional<String> firstNonFinite() {
        List<String> found = new ArrayList<>();
        hold.during(() -> findNonFinite().ifPresent(found::add));
        return found.stream().findFirst();
    }

    private Optional<String> findNonFinite() {
        variables.check(this::invalidate);
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

    /** {@return the number of ops that have run since the program was planned} */
    public long executedOps() {
        return executedOps;
    }

    /**
     * {@return the work of all ops that have run, in floating-point operations by {@link Op#cost}} What depends on no
     * input is computed once a program and does not count, so that work does not depend on when a program was planned.
     */
    public long executedCost() {
        return executedCost;
    }

    /** The number of steps of the plan whose op satisfies a condition; for tests. */
    long plannedOps(Predicate<Computation> condition) {
        return plan.steps.stream().filter(n -> condition.test(n.op)).count();
    }

    /** The number of those steps that depend on an input; for tests. */
    long plannedOps(Predicate<Computation> condition, Tensor input) {
        int bundle = port(input).bundle();
        return plan.steps.stream()
                .filter(n -> condition.test(n.op)
                        && plan.groups.get(n.group).inputs().get(bundle))
                .count();
    }

    /** {@return the work of a run after all inputs changed, in floating-point operations by {@link Op#cost}} */
    public long plannedCost() {
        return plan.steps.stream()
                .filter(n -> !plan.groups.get(n.group).inputs().isEmpty())
                .mapToLong(n -> n.cost)
                .sum();
    }

    /** {@return the bytes of native memory that the program owns} */
    public long bytes() {
        return arena.bytes();
    }

    /**
     * Frees the program's memory, after a run in another thread has ended; inputs and outputs in memory of the caller
     * stay.
     */
    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        plan.steps.forEach(node -> node.kernel.close());
        arena.close();
    }

    /** Describes a program: its inputs and outputs, and the memory they live in. */
    public static final class Builder {
        private final List<Plan.Port> inputs = new ArrayList<>();
        private final List<Plan.Port> outputs = new ArrayList<>();
        private int inputBundles;
        private int outputBundles;

        private Builder() {}

        /**
         * Adds an input: a variable in its owner's memory, or a {@link Tensor#input} in the program's.
         *
         * @param leaf a variable or a {@link Tensor#input}
         * @return this
         * @throws IllegalArgumentException if it is neither, or is an input already
         */
        public Builder input(Tensor leaf) {
            return inputs(List.of(leaf), null);
        }

        /**
         * Adds a bundle of inputs that change together: when one changes, everything that depends on any of them is
         * computed again. A bundle needs less memory than separate inputs.
         *
         * @param leaves variables and {@link Tensor#input}s
         * @param memory for each leaf a dense array of its shape and dtype, which the program reads directly; call
         *     {@link Program#changed} after writing to it. Null for the memory of the variables' owners and of the
         *     program
         * @return this
         * @throws IllegalArgumentException if a tensor is neither, or is an input already
         */
        public Builder inputs(List<Tensor> leaves, List<INDArray> memory) {
            ProgramMemory.requirePairs("inputs", leaves, memory);
            for (int i = 0; i < leaves.size(); i++) {
                Tensor leaf = leaves.get(i);
                if (!(leaf.op() instanceof Leaf.Input || leaf.op() instanceof Leaf.Variable)) {
                    throw new IllegalArgumentException(leaf.describe()
                            + " cannot be an input; inputs are made by Tensor.input or Tensor.variable");
                }
                if (inputs.stream().anyMatch(port -> port.tensor() == leaf)) {
                    throw new IllegalArgumentException(leaf.describe()
                            + " is named twice among the program's inputs; only one memory would be read");
                }
                inputs.add(new Plan.Port(leaf, inputBundles, memory == null ? null : memory.get(i)));
            }
            inputBundles++;
            return this;
        }

        /**
         * Adds an output in the program's memory.
         *
         * @param tensor the tensor to compute
         * @return this
         */
        public Builder output(Tensor tensor) {
            return outputs(List.of(tensor), null);
        }

        /**
         * Adds a bundle of outputs that are wanted together: a run for one of them computes all. A bundle needs less
         * memory than separate outputs.
         *
         * @param tensors the tensors to compute
         * @param memory for each tensor a dense array of its shape and dtype to write it to; nobody else may write
         *     there, because an output that did not change is not written again. Null for memory of the program
         * @return this
         */
        public Builder outputs(List<Tensor> tensors, List<INDArray> memory) {
            ProgramMemory.requirePairs("outputs", tensors, memory);
            for (int i = 0; i < tensors.size(); i++) {
                Tensor t = tensors.get(i);
                outputs.add(new Plan.Port(t, outputBundles, memory == null ? null : memory.get(i)));
            }
            outputBundles++;
            return this;
        }

        /**
         * {@return the planned program, which has not run yet}
         *
         * @throws IllegalArgumentException if the outputs need a {@link Tensor#input} that is not among the inputs
         */
        public Program build() {
            return new Program(this);
        }
    }
}
