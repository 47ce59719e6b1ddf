package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Vectors;
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
    private final Map<Tensor, INDArray> inputMemory = new HashMap<>();
    private final Map<Curvature, Product> products = new EnumMap<>(Curvature.class);
    private final INDArray gradient;
    private final INDArray squares;
    private long noiseSeed;
    private int[] noiseExamples;
    private int noiseFrom;
    private final Program first;

    /** A product's program, the vector it multiplies and the result. */
    private record Product(Program program, Tensor direction, INDArray vector, INDArray result) {}

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
        this.point = arena.allocate(dtype, Shape.of(size));
        this.gradient = arena.allocate(dtype, Shape.of(size));
        for (Tensor input : inputs) {
            inputMemory.put(input, arena.allocate(input.dtype(), input.shape()));
        }
        List<INDArray> views = views(point);
        for (int i = 0; i < views.size(); i++) {
            INDArray present = ((Leaf) parameters.get(i).op()).array();
            if (present != null) {
                Vectors.copy(present, views.get(i));
            }
        }
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
        List<Tensor> outputsOfFirst = new ArrayList<>(Autodiff.gradient(loss, parameters));
        List<INDArray> memory = new ArrayList<>(views(gradient));
        Optional<List<Tensor>> squaredGradients =
                builder.squares ? Autodiff.squaredGradients(loss, parameters) : Optional.empty();
        if (squaredGradients.isPresent()) {
            squares = arena.allocate(dtype, Shape.of(size));
            outputsOfFirst.addAll(squaredGradients.get());
            memory.addAll(views(squares));
        } else {
            squares = null;
        }
        this.first = program().output(loss).outputs(outputsOfFirst, memory).build();
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
        Vectors.copy(theta, point);
        changed(parameters.get(0));
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
        first.changed(input);
        products.values().forEach(p -> p.program.changed(input));
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
        first.resample(seed, examples, from);
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
        first.run(loss);
        return first.scalar(loss);
    }

    @Override
    public void gradient(INDArray out) {
        first.run();
        Vectors.copy(gradient, out);
    }

    /**
     * Whether the builder asked for squared gradients and all parameters have a rule for them.
     *
     * @return true if {@link #squaredGradient} works
     */
    public boolean hasSquaredGradient() {
        return squares != null;
    }

    /**
     * The sum over examples of each example's squared gradient.
     *
     * @param out overwritten
     * @throws UnsupportedOperationException unless {@link #hasSquaredGradient}
     */
    public void squaredGradient(INDArray out) {
        if (squares == null) {
            throw new UnsupportedOperationException("no squared gradients: ask for them with withSquaredGradient(), and"
                    + " use each parameter once, in a matrix product, a bias or a gain");
        }
        first.run();
        Vectors.copy(squares, out);
    }

    @Override
    public void product(Curvature curvature, INDArray v, INDArray out) {
        Product product = products.computeIfAbsent(curvature, this::plan);
        Vectors.copy(v, product.vector);
        product.program.changed(product.direction);
        product.program.run();
        Vectors.copy(product.result, out);
    }

    private Product plan(Curvature curvature) {
        if (curvature != Curvature.HESSIAN && outputs == null) {
            throw new UnsupportedOperationException(curvature + " products need the model's outputs;"
                    + " pass them to Linearization.of(loss, outputs, parameters)");
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
        INDArray vector = arena.allocate(dtype, Shape.of(size));
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
        return new Product(program, directions.get(0), vector, result);
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
        return first.executedCost()
                + products.values().stream()
                        .mapToLong(p -> p.program.executedCost())
                        .sum();
    }

    /**
     * The work of one value and gradient at a new point.
     *
     * @return floating-point operations, by {@link Op#cost}
     */
    public long gradientCost() {
        return first.plannedCost();
    }

    /**
     * Names the first op that produced an infinity or not-a-number on the way to the loss and its gradient.
     *
     * @return what and where, or empty if all numbers are finite
     */
    public Optional<String> firstNonFinite() {
        return first.firstNonFinite();
    }

    @Override
    public void close() {
        first.close();
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
         * Makes the linearization at the parameters' present values.
         *
         * @return a linearization, to be closed
         */
        public GraphLinearization build() {
            return new GraphLinearization(this);
        }
    }
}
