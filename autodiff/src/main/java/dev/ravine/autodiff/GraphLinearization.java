package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linearization of one graph. Each product is a {@link Program} whose only changing input is the vector, planned when
 * it is first needed. So a product costs its tangent and adjoint operations and nothing else.
 *
 * <p>It can be moved to other parameters with {@link #moveTo} and to other data with {@link #set}; programs and memory
 * stay. Methods that return an array return the memory itself, which the caller must not write to.
 */
public final class GraphLinearization implements Linearization {
    private final DType dtype;
    private final LinearizationPoint point;
    private final ValueAndGradient valueAndGradient;
    private final LossModel model;
    private final Map<CurvatureProduct.Kind, CurvatureProduct> products = new HashMap<>();

    private GraphLinearization(Builder builder) {
        Tensor loss = builder.loss;
        if (Set.copyOf(builder.parameters).size() < builder.parameters.size()) {
            throw new IllegalArgumentException(
                    "a linearization's parameters are different leaves, found one twice among "
                            + builder.parameters.stream().map(Tensor::describe).toList());
        }
        this.dtype = loss.dtype();
        for (Tensor p : builder.parameters) {
            if (!(p.op() instanceof Leaf.Variable || p.op() instanceof Leaf.Input)) {
                throw new IllegalArgumentException("a linearization's parameters are leaves of the graph, made by"
                        + " Tensor.variable or Tensor.input, found " + p.describe()
                        + "; name the variables that it is computed from");
            }
            if (p.dtype() != dtype) {
                throw new ShapeException(
                        "parameters and loss must share one dtype, found " + p.describe() + " and " + loss.describe());
            }
        }
        this.point = new LinearizationPoint(
                new FlatViews(builder.parameters), dtype, builder.inputs, builder.point, builder.vector);
        this.model = new LossModel(
                loss, builder.outputs, builder.examples, builder.fisher, builder.hasFisher, builder.weighting);
        this.valueAndGradient = new ValueAndGradient(model, point, builder.hasGradient, builder.statistic());
    }

    /**
     * {@return a linearization of any loss at the parameters' present values, with Hessian products only}
     *
     * @param loss a tensor with one element
     * @param parameters variables, in the order of the flat vectors
     */
    public static GraphLinearization of(Tensor loss, List<Tensor> parameters) {
        return builder(loss, parameters).build();
    }

    /**
     * {@return a linearization of a loss on a model's outputs, at the parameters' present values} Fisher products are
     * the Gauss-Newton products, which is right for outputs that are natural parameters of an exponential family; give
     * another matrix with {@link Builder#fisher}. Empirical Fisher products need {@link Builder#meanOver}.
     *
     * @param loss a tensor with one element, made from the outputs
     * @param outputs the model's outputs, one row for each example
     * @param parameters variables, in the order of the flat vectors
     */
    public static GraphLinearization of(Tensor loss, Tensor outputs, List<Tensor> parameters) {
        return builder(loss, parameters).outputs(outputs).build();
    }

    /**
     * {@return a builder for a linearization with data, memory or matrices of the caller}
     *
     * @param loss a tensor with one element
     * @param parameters variables or {@link Tensor#input}s, in the order of the flat vectors
     */
    public static Builder builder(Tensor loss, List<Tensor> parameters) {
        return new Builder(loss, parameters);
    }

    // ---- point and data ---------------------------------------------------------------------------------------

    /**
     * Moves to another point.
     *
     * @param theta all parameters, flat
     */
    public void moveTo(INDArray theta) {
        Check.vector("theta", theta, dtype, size());
        point.moveTo(theta);
    }

    /**
     * Copies numbers into an input.
     *
     * @param input one of the inputs named to the builder
     * @param value an array of its shape and dtype
     */
    public void set(Tensor input, INDArray value) {
        Vectors.copy(Arena.dense(value), memory(input));
        changed(input);
    }

    /**
     * {@return the memory of an input, to be written to and followed by {@link #changed}}
     *
     * @param input one of the inputs named to the builder
     */
    public INDArray memory(Tensor input) {
        return point.memory(input);
    }

    /**
     * Declares that the memory of an input was written to.
     *
     * @param input one of the inputs named to the builder
     */
    public void changed(Tensor input) {
        point.changed(input);
    }

    /**
     * Draws all {@link Tensor#noise} again, the same for value, gradient and products.
     *
     * @param seed the same seed gives the same numbers to the same examples
     * @param examples the number of the example in each row, or null for 0, 1, 2, ...; kept until the next call
     * @param from the index in {@code examples} of the first row
     */
    public void resample(long seed, int[] examples, int from) {
        point.resample(seed, examples, from);
    }

    // ---- value, gradient, products ----------------------------------------------------------------------------

    @Override
    public long size() {
        return point.parameters().size();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public double value() {
        return point.lifetime().during(() -> valueAndGradient.value());
    }

    @Override
    public void gradient(INDArray out) {
        Check.vector("the memory for the gradient", out, dtype, size());
        point.lifetime().enter();
        try {
            Vectors.copy(valueAndGradient.gradient(), out);
        } finally {
            point.lifetime().exit();
        }
    }

    /** {@return the gradient, in memory that holds it until the point or an input changes} */
    public INDArray gradient() {
        return point.lifetime().during(() -> valueAndGradient.gradient());
    }

    /** {@return the number of elements of the statistic that the builder asked for; 0 if it asked for none} */
    public long statisticSize() {
        return valueAndGradient.statisticSize();
    }

    /**
     * {@return the statistic that the builder asked for, flat, in memory that holds it until the point or an input
     * changes; null if it asked for none}
     */
    public INDArray statistic() {
        return point.lifetime().during(() -> valueAndGradient.statistic());
    }

    @Override
    public void product(Curvature curvature, INDArray vector, INDArray out) {
        product(curvature, 0, vector, out);
    }

    /** {@inheritDoc} It is one product, whose work is little more than that of the matrix alone. */
    @Override
    public void product(Curvature curvature, double structural, INDArray vector, INDArray out) {
        Check.vector("the vector of a product", vector, dtype, size());
        Check.vector("the memory for a product", out, dtype, size());
        point.lifetime().enter();
        try {
            CurvatureProduct product = planned(curvature, structural != 0);
            Vectors.copy(vector, point.vector());
            Vectors.copy(product.run(structural), out);
        } finally {
            point.lifetime().exit();
        }
    }

    /**
     * {@return the product with the vector that the memory given by {@link Builder#sharing} holds, in memory that holds
     * it until the next product with this matrix}
     *
     * @param curvature the matrix
     * @param structural the weight of the matrix of structural damping, which is added; 0 for the matrix alone
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    public INDArray product(Curvature curvature, double structural) {
        return point.lifetime().during(() -> planned(curvature, structural != 0).run(structural));
    }

    /**
     * {@inheritDoc} The Hessian and the matrix of structural damping take products; the other matrices take a tangent
     * of the outputs for each vector.
     */
    @Override
    public double[][] forms(Curvature curvature, List<INDArray> vectors) {
        Check.noNulls("the vectors", vectors);
        if (!curvature.isThroughOutputs()) {
            return Linearization.super.forms(curvature, vectors);
        }
        for (int i = 0; i < vectors.size(); i++) {
            Vectors.copy(vectors.get(i), point.vector());
            computeTangent(curvature, i);
        }
        return tangentForms(vectors.size());
    }

    /**
     * Computes the tangent of the outputs for the vector that the memory given by {@link Builder#sharing} holds, and
     * keeps it as number i, for {@link #tangentForms}. It uses the activations of the gradient at the same point.
     *
     * @param curvature a matrix J' M J, which is any but the Hessian
     * @param i counts from 0
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    public void computeTangent(Curvature curvature, int i) {
        if (curvature == Curvature.HESSIAN) {
            throw new UnsupportedOperationException("the Hessian is no product J' M J, so that tangents of the outputs"
                    + " are not enough for its forms; use GAUSS_NEWTON, or products");
        }
        valueAndGradient.computeTangent(curvature, i);
    }

    /**
     * {@return the n x n matrix of v_i' A v_j for the last n vectors of {@link #computeTangent}}
     *
     * @param n how many, in the order of their numbers
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if there are fewer
     */
    public double[][] tangentForms(int n) {
        return valueAndGradient.forms(Check.notNegative("the number of vectors", n));
    }

    private CurvatureProduct planned(Curvature curvature, boolean isDamped) {
        return products.computeIfAbsent(
                new CurvatureProduct.Kind(curvature, isDamped), kind -> new CurvatureProduct(kind, model, point));
    }

    /**
     * {@return the first op that produced an infinity or NaN on the way to the loss and its gradient, if there is one}
     */
    public Optional<String> firstNonFinite() {
        return point.lifetime().during(() -> valueAndGradient.program().firstNonFinite());
    }

    // ---- plans and costs --------------------------------------------------------------------------------------

    /** Plans value and gradient without computing them; {@link #bytes} then counts their memory. */
    public void prepare() {
        point.lifetime().require();
        valueAndGradient.program();
    }

    /**
     * Plans a product without computing it; {@link #bytes} then counts its memory.
     *
     * @param curvature the matrix
     * @param isDamped whether the matrix of structural damping is added
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    public void prepare(Curvature curvature, boolean isDamped) {
        point.lifetime().require();
        planned(curvature, isDamped);
    }

    /** {@return whether value and gradient are planned, which they are from their first use on} */
    public boolean isPrepared() {
        return valueAndGradient.isPlanned();
    }

    /**
     * {@return whether a product is planned, which it is from its first use on}
     *
     * @param curvature the matrix
     * @param isDamped whether the matrix of structural damping is added
     */
    public boolean isPrepared(Curvature curvature, boolean isDamped) {
        return products.containsKey(new CurvatureProduct.Kind(curvature, isDamped));
    }

    /**
     * {@return the number of ops that have run for products with one matrix, 0 before its first product}
     *
     * @param curvature the matrix
     */
    public long executedOps(Curvature curvature) {
        CurvatureProduct product = products.get(new CurvatureProduct.Kind(curvature, false));
        return product == null ? 0 : product.executedOps();
    }

    /** How many ops of a product depend on its vector; for tests. */
    long dependentOps(Curvature curvature, boolean isDamped) {
        return products.get(new CurvatureProduct.Kind(curvature, isDamped)).dependentOps();
    }

    /**
     * {@return the work of value, gradient and all products so far, in floating-point operations by {@link Op#cost}}
     */
    public long executedCost() {
        return point.executedCost();
    }

    /** {@return the work of one value and gradient at a new point, in floating-point operations by {@link Op#cost}} */
    public long gradientCost() {
        return valueAndGradient.program().plannedCost();
    }

    /** {@return the bytes of native memory that it owns so far, without memory of the caller} */
    public long bytes() {
        return point.bytes();
    }

    @Override
    public void close() {
        point.close();
    }

    /** Describes a linearization: its data, its matrices and where its vectors live. */
    public static final class Builder extends LinearizationSettings<Builder> {
        private Builder(Tensor loss, List<Tensor> parameters) {
            super(loss, parameters);
        }

        /**
         * {@return a linearization at the parameters' present values or at the shared point, to be closed}
         *
         * @throws NoRowsException if the statistic needs rows that an operation does not name
         */
        public GraphLinearization build() {
            return new GraphLinearization(this);
        }
    }
}
