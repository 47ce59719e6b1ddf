package dev.ravine.optim.objective;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Residuals of a fit, divided by the standard deviations of their observations, and made robust. It stands wherever a
 * function from parameters to residuals is asked for:
 *
 * <pre>{@code
 * UnaryOperator<Tensor> residuals = Residuals.of(b -> y.sub(model(b, x))).sigma(0.1, 0.1, 0.4).loss(RobustLoss.huber(1));
 * Minimize.Result found = Minimize.leastSquares(residuals).from(1, 1).with(LevenbergMarquardt.builder().build());
 * }</pre>
 */
public final class Residuals implements UnaryOperator<Tensor> {
    private final UnaryOperator<Tensor> function;
    /** Null for 1 each. */
    private final double[] sigma;
    /** Null for plain squares. */
    private final RobustLoss loss;

    private Residuals(UnaryOperator<Tensor> function, double[] sigma, RobustLoss loss) {
        this.function = Objects.requireNonNull(function, "function");
        this.sigma = sigma;
        this.loss = loss;
    }

    /**
     * Begins with plain residuals.
     *
     * @param function from parameters, of shape [n], to residuals, of any shape
     * @return the same residuals
     */
    public static Residuals of(UnaryOperator<Tensor> function) {
        return new Residuals(function, null, null);
    }

    /**
     * Weights: each residual is divided by the standard deviation of its observation.
     *
     * @param deviations positive; one for each residual, row by row, or one for all
     * @return weighted residuals
     * @throws IllegalArgumentException if one is not positive and finite, or there are none
     */
    public Residuals sigma(double... deviations) {
        Check.atLeastOne("the number of standard deviations", deviations.length);
        for (int i = 0; i < deviations.length; i++) {
            Check.positive("standard deviation " + i, deviations[i]);
        }
        return new Residuals(function, deviations.clone(), loss);
    }

    /**
     * A robust loss. Its scale is in units of weighted residuals.
     *
     * @param robust what a residual costs instead of half its square
     * @return robust residuals
     */
    public Residuals loss(RobustLoss robust) {
        return new Residuals(function, sigma, Objects.requireNonNull(robust, "robust"));
    }

    /**
     * The residuals.
     *
     * @param theta the parameters
     * @return a graph
     * @throws ShapeException if there are neither as many residuals as standard deviations nor one deviation for all
     */
    @Override
    public Tensor apply(Tensor theta) {
        Tensor plain = function.apply(theta);
        Tensor weighted = sigma == null ? plain : plain.div(deviations(plain));
        return loss == null ? weighted : loss.transform(weighted);
    }

    private Tensor deviations(Tensor plain) {
        if (sigma.length == 1) {
            return plain.filled(sigma[0]);
        }
        if (sigma.length != plain.shape().count()) {
            throw new ShapeException("there are " + plain.shape().count() + " residuals of shape " + plain.shape()
                    + ", but " + sigma.length + " standard deviations; give one for each, or one for all");
        }
        return Tensor.constant(plain.dtype(), plain.shape(), sigma);
    }
}
