package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linearization of one graph. Each product is a {@link Program} whose only changing input is the vector, planned when
 * it is first asked for; so a product costs its tangent and adjoint operations and nothing else.
 *
 * <p>It can be moved: to other parameters with {@link #moveTo}, to other data with {@link #set}; programs and memory stay.
 */
public final class GraphLinearization implements Linearization {
    private final Tensor loss;
    private final List<Tensor> parameters;
    private final List<Tensor> inputs;
    private final Map<Curvature, OutputMetric> metrics = new EnumMap<>(Curvature.class);
    private final Tensor outputs;
    private final DType dtype;
    private final long size;
    private final Arena arena = new Arena();
    private final INDArray point;
    private INDArray vector;
    private final Map<Tensor, INDArray> inputMemory = new HashMap<>();
    private final Map<Curvature, Product> products = new EnumMap<>(Curvature.class);
    private final List<Tensor> squaredGradients;
    private First first;
    private long noiseSeed;
    private int[] noiseExamples;
    private int noiseFrom;

    /** The program of value, gradient and squared gradients, and where the latter two are; null if not asked for. */
    private record First(Program program, INDArray gradient, INDArray squares) {}

    /** A product's program, the leaf that stands for the vector, and the result. */
    private record Product(Program program, Tensor direction, INDArray result) {}

    private GraphLinearization(Builder builder) {
        this.loss = builder.loss;
        this.parameters = builder.parameters;
        this.inputs = builder.inputs;
        this.outputs = builder.outputs;
        this.dtype = loss.dtype();
        this.size = parameters.stream().mapToLong(p -> p.shape().count()).sum();
        for (Tensor p : parameters) {
            if (p.dtype() != dtype) {
                throw new ShapeException(
                        "parameters and loss must share one dtype, found " + p.describe() + " and " + loss.describe());
            }
        }
        for (Tensor input : inputs) {
            inputMemory.put(input, arena.allocate(input.dtype(), input.shape()));
        }
        this.point = builder.point == null ? presentPoint() : checked("point", builder.point);
        this.vector =
                builder.vector == null ? arena.allocate(dtype, Shape.of(size)) : checked("vector", builder.vector);
        if (outputs != null) {
            metrics.put(Curvature.GAUSS_NEWTON, u -> Autodiff.outputHessian(loss, outputs, u));
            if (builder.hasFisher) {
                OutputMetric gaussNewton = metrics.get(Curvature.GAUSS_NEWTON);
                metrics.put(Curvature.FISHER, builder.fisher == null ? gaussNewton : builder.fisher);
            }
            if (builder.examples > 0) {
                metrics.put(Curvature.EMPIRICAL_FISHER, u -> squaredOutputGradient(u, builder.examples));
            }
        }
        this.squaredGradients =
                builder.squares ? Autodiff.squaredGradients(loss, parameters).orElse(null) : null;
    }

    private INDArray presentPoint() {
        INDArray present = arena.allocate(dtype, Shape.of(size));
        List<INDArray> views = views(present);
        for (int i = 0; i < views.size(); i++) {
            INDArray value = ((Leaf) parameters.get(i).op()).array();
            if (value != null) {
                Vectors.copy(value, views.get(i));
            }
        }
        return present;
    }

    private INDArray checked(String what, INDArray memory) {
        if (memory.length() != size || DType.of(memory) != dtype || !Arena.isDense(memory)) {
            throw new ShapeException("memory for the " + what + " must be dense, " + dtype + " and of " + size
                    + " elements, found " + DType.of(memory) + " " + Shape.of(memory));
        }
        return memory;
    }

    /**
     * Begins a linearization.
     *
     * @param loss a tensor with one element
     * @param parameters variables or {@link Tensor#input}s, in the order of the flat vectors
     * @return a builder
     */
    public static Builder builder(Tensor loss, List<Tensor> parameters) {
        return new Builder(loss, parameters);
    }

    /**
     * Moves to another point.
     *
     * @param theta all parameters, flat
     */
    public void moveTo(INDArray theta) {
        if (theta != point) {
            Vectors.copy(theta, point);
        }
        changedLeaf(parameters.get(0));
    }

    /**
     * Gives an input new numbers.
     *
     * @param input one of the inputs named to the builder
     * @param value an array of its shape and dtype
     */
    public void set(Tensor input, INDArray value) {
        Vectors.copy(Arena.dense(value), memory(input));
        changed(input);
    }

    /**
     * The memory of an input, to be written to and followed by {@link #changed}.
     *
     * @param input one of the inputs named to the builder
     * @return the array itself
     */
    public INDArray memory(Tensor input) {
        INDArray memory = inputMemory.get(input);
        if (memory == null) {
            throw new IllegalArgumentException(input.describe() + " is not among the linearization's inputs");
        }
        return memory;
    }

    /**
     * Says that the memory of an input was written to.
     *
     * @param input one of the inputs named to the builder
     */
    public void changed(Tensor input) {
        memory(input);
        changedLeaf(input);
    }

    private void changedLeaf(Tensor leaf) {
        if (first != null) {
            first.program.changed(leaf);
        }
        products.values().forEach(p -> p.program.changed(leaf));
    }

    /**
     * Draws all {@link Tensor#noise} anew, the same for value, gradient and products.
     *
     * @param seed the same seed gives the same numbers to the same examples
     * @param examples numbers of the examples in the rows, or null for 0, 1, 2, ...; kept until the next call
     * @param from where in {@code examples} the first row's is
     */
    public void resample(long seed, int[] examples, int from) {
        noiseSeed = seed;
        noiseExamples = examples;
        noiseFrom = from;
        if (first != null) {
            first.program.resample(seed, examples, from);
        }
        products.values().forEach(p -> p.program.resample(seed, examples, from));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public double value() {
        Program program = first().program;
        program.run(loss);
        return program.scalar(loss);
    }

    @Override
    public void gradient(INDArray out) {
        Vectors.copy(gradient(), out);
    }

    /**
     * The gradient, in place.
     *
     * @return memory that holds it until the point or an input changes; not to be written to
     */
    public INDArray gradient() {
        First planned = first();
        planned.program.run();
        return planned.gradient;
    }

    /**
     * Whether the builder asked for squared gradients and all parameters have a rule for them.
     *
     * @return true if {@link #squaredGradient} works
     */
    public boolean hasSquaredGradient() {
        return squaredGradients != null;
    }

    /**
     * The sum over examples of each example's squared gradient, in place.
     *
     * @return memory that holds it until the point or an input changes; not to be written to
     * @throws UnsupportedOperationException unless {@link #hasSquaredGradient}
     */
    public INDArray squaredGradient() {
        if (squaredGradients == null) {
            throw new UnsupportedOperationException("no squared gradients: ask for them with withSquaredGradient(), and"
                    + " use each parameter once, in a matrix product, a bias or a gain");
        }
        First planned = first();
        planned.program.run();
        return planned.squares;
    }

    @Override
    public void product(Curvature curvature, INDArray v, INDArray out) {
        Product product = products.computeIfAbsent(curvature, this::plan);
        Vectors.copy(v, vector);
        Vectors.copy(run(product), out);
    }

    /**
     * A product with what the memory given by {@link Builder#sharing} holds, in place.
     *
     * @param curvature which matrix
     * @return memory that holds the product until the next one; not to be written to
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    public INDArray product(Curvature curvature) {
        return run(products.computeIfAbsent(curvature, this::plan));
    }

    private static INDArray run(Product product) {
        product.program.changed(product.direction);
        product.program.run();
        return product.result;
    }

    private First first() {
        if (first == null) {
            INDArray gradient = arena.allocate(dtype, Shape.of(size));
            List<Tensor> results = new ArrayList<>(Autodiff.gradient(loss, parameters));
            List<INDArray> memory = new ArrayList<>(views(gradient));
            INDArray squares = null;
            if (squaredGradients != null) {
                squares = arena.allocate(dtype, Shape.of(size));
                results.addAll(squaredGradients);
                memory.addAll(views(squares));
            }
            Program program = program().output(loss).outputs(results, memory).build();
            program.resample(noiseSeed, noiseExamples, noiseFrom);
            first = new First(program, gradient, squares);
        }
        return first;
    }

    private Product plan(Curvature curvature) {
        if (curvature != Curvature.HESSIAN && outputs == null) {
            throw new UnsupportedOperationException(curvature + " products need the model's outputs, which a"
                    + " plain function does not have; pass them to Linearization.of(loss, outputs, parameters), or take"
                    + " the curvature HESSIAN");
        }
        if (curvature == Curvature.FISHER && !metrics.containsKey(curvature)) {
            throw new UnsupportedOperationException(
                    curvature + " products are not defined for this loss: its outputs are"
                            + " not the natural parameters of an exponential family; use GAUSS_NEWTON, or give the builder"
                            + " fisher(metric)");
        }
        if (curvature == Curvature.EMPIRICAL_FISHER && !metrics.containsKey(curvature)) {
            throw new UnsupportedOperationException(curvature + " products need to know over how many examples the loss"
                    + " is a mean; tell the builder with meanOver(examples), or meanOver(1) for a sum");
        }
        if (vector == null) {
            vector = arena.allocate(dtype, Shape.of(size));
        }
        INDArray result = arena.allocate(dtype, Shape.of(size));
        List<Tensor> directions = parameters.stream()
                .map(p -> Tensor.input("direction of " + p.describe(), dtype, p.shape()))
                .toList();
        List<Tensor> parts = curvature == Curvature.HESSIAN
                ? Autodiff.hvp(loss, parameters, directions)
                : Autodiff.throughOutputs(outputs, parameters, directions, metrics.get(curvature));
        Program program = program()
                .inputs(directions, views(vector))
                .outputs(parts, views(result))
                .build();
        program.resample(noiseSeed, noiseExamples, noiseFrom);
        return new Product(program, directions.get(0), result);
    }

    /** scale times the sum over examples of delta delta' u, with delta an example's row of d loss / d outputs. */
    private Tensor squaredOutputGradient(Tensor u, long scale) {
        Tensor delta = Autodiff.gradient(loss, outputs);
        int[] within = IntStream.range(1, outputs.shape().rank()).toArray();
        Tensor along = within.length == 0 ? delta.mul(u) : delta.mul(u).sumKeeping(within);
        return delta.mul(along).mul((double) scale);
    }

    private Program.Builder program() {
        return Program.builder()
                .inputs(parameters, views(point))
                .inputs(inputs, inputs.stream().map(inputMemory::get).toList());
    }

    private List<INDArray> views(INDArray flat) {
        List<INDArray> views = new ArrayList<>();
        long offset = 0;
        for (Tensor p : parameters) {
            views.add(Arena.view(flat, offset, p.shape()));
            offset += p.shape().count();
        }
        return views;
    }

    /**
     * How many ops have run for products with one matrix.
     *
     * @param curvature which matrix
     * @return a growing count, 0 before its first product
     */
    public long executedOps(Curvature curvature) {
        return products.containsKey(curvature) ? products.get(curvature).program.executedOps() : 0;
    }

    /** How many ops of a product depend on its vector; for tests. */
    long dependentOps(Curvature curvature) {
        Product product = products.get(curvature);
        return product.program.plannedOps(op -> true, product.direction);
    }

    /**
     * The work done so far, by {@link Op#cost}.
     *
     * @return floating-point operations of value, gradient and all products
     */
    public long executedCost() {
        long cost = first == null ? 0 : first.program.executedCost();
        for (Product product : products.values()) {
            cost += product.program.executedCost();
        }
        return cost;
    }

    /**
     * The work of one value and gradient at a new point.
     *
     * @return floating-point operations, by {@link Op#cost}
     */
    public long gradientCost() {
        return first().program.plannedCost();
    }

    /**
     * Names the first op that produced an infinity or not-a-number on the way to the loss and its gradient.
     *
     * @return what and where, or empty if all numbers are finite
     */
    public Optional<String> firstNonFinite() {
        return first().program.firstNonFinite();
    }

    /** Plans value and gradient before their first use, without computing them; {@link #bytes} then counts their memory. */
    public void prepare() {
        first();
    }

    /**
     * Plans a product before its first use, without computing it; {@link #bytes} then counts its memory.
     *
     * @param curvature which matrix
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    public void prepare(Curvature curvature) {
        products.computeIfAbsent(curvature, this::plan);
    }

    /**
     * Whether value and gradient are planned.
     *
     * @return true after their first use
     */
    public boolean isPrepared() {
        return first != null;
    }

    /**
     * Whether a product is planned.
     *
     * @param curvature which matrix
     * @return true after its first use
     */
    public boolean isPrepared(Curvature curvature) {
        return products.containsKey(curvature);
    }

    /**
     * The native memory that it owns so far; memory of the caller does not count.
     *
     * @return bytes
     */
    public long bytes() {
        long bytes = arena.bytes() + (first == null ? 0 : first.program.bytes());
        for (Product product : products.values()) {
            bytes += product.program.bytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        if (first != null) {
            first.program.close();
        }
        products.values().forEach(p -> p.program.close());
        arena.close();
    }

    /** What a linearization is made of. */
    public static final class Builder {
        private final Tensor loss;
        private final List<Tensor> parameters;
        private List<Tensor> inputs = List.of();
        private Tensor outputs;
        private long examples;
        private OutputMetric fisher;
        private boolean hasFisher = true;
        private boolean squares;
        private INDArray point;
        private INDArray vector;

        private Builder(Tensor loss, List<Tensor> parameters) {
            if (parameters.isEmpty()) {
                throw new IllegalArgumentException("a linearization needs at least one parameter");
            }
            this.loss = loss;
            this.parameters = List.copyOf(parameters);
        }

        /**
         * Leaves that hold data: {@link Tensor#input}s, to be {@link GraphLinearization#set} before anything is asked.
         *
         * @param leaves of the loss's graph
         * @return this
         */
        public Builder inputs(Tensor... leaves) {
            this.inputs = List.of(leaves);
            return this;
        }

        /**
         * The model's outputs, which Gauss-Newton and Fisher products need.
         *
         * @param tensor the very tensor that the loss was built from, one row an example
         * @return this
         */
        public Builder outputs(Tensor tensor) {
            this.outputs = tensor;
            return this;
        }

        /**
         * The number of examples over which the loss is a mean, 1 if it is a sum. The empirical Fisher matrix needs it,
         * since the square of a mean's terms is scaled twice.
         *
         * @param count at least 1
         * @return this
         */
        public Builder meanOver(long count) {
            this.examples = count;
            return this;
        }

        /**
         * The Fisher matrix of the model's predictive distribution at the outputs; without it Gauss-Newton's, which is
         * the same where outputs are natural parameters of an exponential family.
         *
         * @param metric its product with a tangent of the outputs, scaled like the loss
         * @return this
         */
        public Builder fisher(OutputMetric metric) {
            this.fisher = metric;
            return this;
        }

        /**
         * Says that the loss has no Fisher matrix, so that asking for one is an error.
         *
         * @return this
         */
        public Builder withoutFisher() {
            this.hasFisher = false;
            return this;
        }

        /**
         * Computes the squared gradients of examples in the same pass as the gradient, where the operations have rules
         * for it. The loss must be a sum over examples whose rows do not mix.
         *
         * @return this
         */
        public Builder withSquaredGradient() {
            this.squares = true;
            return this;
        }

        /**
         * Reads the point and the multiplied vector where they are, so that several linearizations with the same
         * parameters need them only once. After writing to the point call {@link GraphLinearization#moveTo} with it; the
         * vector is read by {@link GraphLinearization#product(Curvature)}.
         *
         * @param pointMemory dense, flat, of the parameters' size and dtype
         * @param vectorMemory another, or null for memory of its own
         * @return this
         */
        public Builder sharing(INDArray pointMemory, INDArray vectorMemory) {
            this.point = pointMemory;
            this.vector = vectorMemory;
            return this;
        }

        /**
         * Makes the linearization at the parameters' present values, or at the shared point.
         *
         * @return a linearization, to be closed
         */
        public GraphLinearization build() {
            return new GraphLinearization(this);
        }
    }
}
