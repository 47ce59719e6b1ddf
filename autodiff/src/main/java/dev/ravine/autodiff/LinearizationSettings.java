package dev.ravine.autodiff;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Settings of {@link GraphLinearization}.
 *
 * @param <B> the builder itself
 */
abstract class LinearizationSettings<B extends LinearizationSettings<B>> extends FluentBuilder<B> {
    final Tensor loss;
    final List<Tensor> parameters;
    List<Tensor> inputs = List.of();
    Tensor outputs;
    long examples;
    OutputMetric fisher;
    boolean hasFisher = true;
    boolean hasGradient = true;
    Statistic statistic;
    OutputCurvature outputCurvature;
    long batch;
    Weighting weighting;
    INDArray point;
    INDArray vector;

    LinearizationSettings(Tensor loss, List<Tensor> parameters) {
        this.parameters = Check.noNulls("the parameters", parameters);
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("a linearization needs at least one parameter");
        }
        this.loss = loss;
    }

    /**
     * Names the leaves that hold data. They must be {@link GraphLinearization#set} before anything is computed.
     *
     * @param leaves {@link Tensor#input}s of the loss's graph
     * @return this
     */
    public B inputs(Tensor... leaves) {
        this.inputs = List.of(Check.noNullsIn("the inputs", leaves));
        return self();
    }

    /**
     * Names the model's outputs, which Gauss-Newton and Fisher products need.
     *
     * @param tensor the very tensor that the loss was built from, one row for each example
     * @return this
     */
    public B outputs(Tensor tensor) {
        this.outputs = tensor;
        return self();
    }

    /**
     * Sets the number of examples whose mean is the loss, 1 if it is a sum. The empirical Fisher matrix needs
     * it, because squaring the terms of a mean scales them twice.
     *
     * @param count at least 1
     * @return this
     */
    public B meanOver(long count) {
        this.examples = count;
        return self();
    }

    /**
     * Sets the Fisher matrix of the model's predictive distribution at the outputs. The default is that of
     * Gauss-Newton, which is the same if the outputs are natural parameters of an exponential family.
     *
     * @param metric its product with a tangent of the outputs, scaled like the loss
     * @return this
     */
    public B fisher(OutputMetric metric) {
        this.fisher = metric;
        return self();
    }

    /**
     * Declares that the loss has no Fisher matrix, so that asking for its products is an error.
     *
     * @return this
     */
    public B withoutFisher() {
        this.hasFisher = false;
        return self();
    }

    /**
     * Computes a statistic of the examples in the same pass as the gradient. The loss must be a sum over examples,
     * and the first axis of each of the {@link #inputs(Tensor...)} must count them.
     *
     * @param wanted such as {@link SquaredGradients}
     * @param count the number of examples in the inputs
     * @return this
     */
    public B statistic(Statistic wanted, long count) {
        this.statistic = wanted;
        this.batch = count;
        return self();
    }

    /**
     * Leaves the gradient out, for a statistic alone; to ask for it is then an error.
     *
     * @return this
     */
    public B withoutGradient() {
        this.hasGradient = false;
        return self();
    }

    /**
     * Says how the loss curves in the outputs, for statistics that need it.
     *
     * @param curvature of the loss in the {@link #outputs(Tensor)}; null if it is not known
     * @return this
     */
    public B outputCurvature(OutputCurvature curvature) {
        this.outputCurvature = curvature;
        return self();
    }

    /**
     * Names the weights of examples, by which the terms of the loss were multiplied. Statistics and the empirical
     * Fisher matrix, which are quadratic in an example's gradient, need them: a weight counts once, not twice.
     *
     * @param each one of the {@link #inputs(Tensor...)}, of shape [examples] and the loss's dtype, none negative
     * @return this
     */
    public B weights(Tensor each) {
        this.weighting = new Weighting(each);
        return self();
    }

    List<Tensor> statistic() {
        if (statistic == null) {
            return List.of();
        }
        ModelGraph graph =
                new ModelGraph(loss, outputs, parameters, new Batch(batch, inputs), weighting, outputCurvature);
        return statistic.checkedOf(graph);
    }

    /**
     * Reads the point and the multiplied vector from memory of the caller, so that several linearizations with the
     * same parameters need them only once. After writing to the point, call {@link GraphLinearization#moveTo} with
     * it; its products read the vector.
     *
     * @param pointMemory dense, flat, of the parameters' size and dtype
     * @param vectorMemory another such array, or null for memory of its own
     * @return this
     */
    public B sharing(INDArray pointMemory, INDArray vectorMemory) {
        this.point = pointMemory;
        this.vector = vectorMemory;
        return self();
    }
}
