package dev.ravine.autodiff;

import dev.ravine.core.Shape;

/**
 * One use of a parameter by all examples: example n uses it at one or more places t, where a row of inputs r meets it
 * and a cotangent row c comes back. The gradient of example n is the sum over t of r' c, and that of the whole loss is
 * the sum over all rows. A parameter that is used more than once has several of these, whose gradients add.
 *
 * <p>A dense layer has one place, a convolution or a layer over sequences many. A bias or a gain meets a single 1 in
 * each row, and its cotangents are its per-place gradients.
 *
 * @param parameter the parameter
 * @param operation the name of the operation that uses it
 * @param inputs of shape [examples * places, m], the examples in order, each with all its places
 * @param cotangents of shape [examples * places, k]
 * @param places the number of places of each example
 * @param isTransposed whether the parameter holds the matrix as [k, m]
 * @param isRepeated whether the parameter is only repeated over all places; then inputs are ones and m = 1
 */
public record ParameterUse(
        Tensor parameter,
        String operation,
        Tensor inputs,
        Tensor cotangents,
        long places,
        boolean isTransposed,
        boolean isRepeated) {

    /**
     * {@return the sum over all rows of a row of one matrix times a row of the other, in the parameter's shape} With
     * {@link #inputs} and {@link #cotangents} themselves it is the gradient; with elementwise functions of both it is a
     * sum of those functions of single places.
     *
     * @param rows of the shape of inputs
     * @param results of the shape of cotangents
     */
    public Tensor sumOfProducts(Tensor rows, Tensor results) {
        if (isRepeated) {
            return inParameterShape(results.sumTo(Shape.of(results.shape().size(1))));
        }
        return inParameterShape(isTransposed ? results.matmul(rows, true, false) : rows.matmul(results, true, false));
    }

    /** {@return each example's gradient, of shape [examples, elements of the parameter]} */
    public Tensor gradients() {
        long examples = inputs.shape().size(0) / places;
        long size = parameter.shape().count();
        if (places == 1 && isRepeated) {
            return cotangents;
        }
        Tensor r = inputs.reshape(Shape.of(examples, places, inputs.shape().size(1)));
        Tensor c =
                cotangents.reshape(Shape.of(examples, places, cotangents.shape().size(1)));
        Tensor products = isRepeated ? c.sum(1) : isTransposed ? c.matmul(r, true, false) : r.matmul(c, true, false);
        return products.reshape(Shape.of(examples, size));
    }

    ParameterUse withCotangents(Tensor others) {
        return new ParameterUse(parameter, operation, inputs, others, places, isTransposed, isRepeated);
    }

    private Tensor inParameterShape(Tensor t) {
        return t.shape().equals(parameter.shape()) ? t : t.reshape(parameter.shape());
    }
}
