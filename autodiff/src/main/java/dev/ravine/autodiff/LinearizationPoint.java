package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a linearization stands: the memory of the parameters, the data and the multiplied vector, which all its
 * programs read, and the noise that they share.
 */
final class LinearizationPoint implements AutoCloseable {
    private final FlatViews parameters;
    private final DType dtype;
    private final Arena arena = new Arena("the linearization");
    private final Lifetime lifetime = new Lifetime("the linearization", this::release);
    private final Map<Tensor, INDArray> inputs = new LinkedHashMap<>();
    private final INDArray theta;
    private INDArray vector;
    private final List<Program> programs = new ArrayList<>();
    private long finishedCost;
    private long noiseSeed;
    private int[] noiseExamples;
    private int noiseFrom;

    /**
     * A point at the parameters' present values, or in memory of the caller.
     *
     * @param theta all parameters, flat; null for a copy of their present values
     * @param vector memory of the multiplied vector, or null for memory of its own
     */
    LinearizationPoint(FlatViews parameters, DType dtype, List<Tensor> inputs, INDArray theta, INDArray vector) {
        this.parameters = parameters;
        this.dtype = dtype;
        inputs.forEach(i -> this.inputs.put(i, arena.allocate(i.dtype(), i.shape())));
        this.theta = theta == null ? presentValues() : checked("point", theta);
        this.vector = vector == null ? null : checked("vector", vector);
    }

    private INDArray presentValues() {
        INDArray present = allocate();
        List<INDArray> views = parameters.of(present);
        for (int i = 0; i < views.size(); i++) {
            INDArray value = ((Leaf) parameters.tensors().get(i).op()).array();
            if (value != null) {
                Vectors.copy(value, views.get(i));
            }
        }
        return present;
    }

    private INDArray checked(String what, INDArray memory) {
        if (memory.length() != parameters.size() || DType.of(memory) != dtype || !Arena.isDense(memory)) {
            throw new ShapeException("memory for the " + what + " must be dense, " + dtype + " and of "
                    + parameters.size() + " elements, found " + DType.of(memory) + " " + Shape.of(memory));
        }
        return memory;
    }

    FlatViews parameters() {
        return parameters;
    }

    DType dtype() {
        return dtype;
    }

    /** How long it may be used; whoever computes enters it. */
    Lifetime lifetime() {
        return lifetime;
    }

    /** Where products read their vector; own memory is taken when it is first needed. */
    INDArray vector() {
        if (vector == null) {
            vector = allocate();
        }
        return vector;
    }

    /** A flat vector of the parameters' size that lives as long as the point. */
    INDArray allocate() {
        return allocate(parameters.size());
    }

    INDArray allocate(long size) {
        return arena.allocate(dtype, Shape.of(size));
    }

    /** The memory of an input. */
    INDArray memory(Tensor input) {
        lifetime.require();
        INDArray memory = inputs.get(input);
        if (memory == null) {
            throw new IllegalArgumentException(input.describe() + " is not among the linearization's inputs");
        }
        return memory;
    }

    /** Begins a program that reads parameters and data here. */
    Program.Builder program() {
        return Program.builder()
                .inputs(parameters.tensors(), parameters.of(theta))
                .inputs(List.copyOf(inputs.keySet()), List.copyOf(inputs.values()));
    }

    /** Plans a program, which from now on follows the point's changes and noise and is closed with it. */
    Program plan(Program.Builder builder) {
        Program program = builder.build();
        program.resample(noiseSeed, noiseExamples, noiseFrom);
        programs.add(program);
        return program;
    }

    /** Closes a program that another one replaces. */
    void discard(Program program) {
        programs.remove(program);
        finishedCost += program.executedCost();
        program.close();
    }

    /** Leaves out work that another program had done already. */
    void doNotCount(long cost) {
        finishedCost -= cost;
    }

    void moveTo(INDArray newTheta) {
        lifetime.require();
        if (newTheta != theta) {
            Vectors.copy(newTheta, theta);
        }
        programs.forEach(p -> p.changed(parameters.tensors().get(0)));
    }

    void changed(Tensor input) {
        memory(input);
        programs.forEach(p -> p.changed(input));
    }

    void resample(long seed, int[] examples, int from) {
        lifetime.require();
        noiseSeed = seed;
        noiseExamples = examples;
        noiseFrom = from;
        programs.forEach(p -> p.resample(seed, examples, from));
    }

    /** The work of all programs so far. */
    long executedCost() {
        return finishedCost + programs.stream().mapToLong(Program::executedCost).sum();
    }

    /** The native memory of the point and its programs. */
    long bytes() {
        return arena.bytes() + programs.stream().mapToLong(Program::bytes).sum();
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        programs.forEach(Program::close);
        arena.close();
    }
}
