package dev.ravine.optim.objective;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An objective that is half a sum of squares, f(theta) = ||r(theta)||^2 / 2, and can write out the Jacobian of r. */
public interface LeastSquares extends Objective {
    /**
     * The number of residuals.
     *
     * @return the length of r
     */
    long residuals();

    @Override
    default Optional<SquaredErrors> squaredErrors() {
        return Optional.of(new SquaredErrors(residuals(), 0.5));
    }

    /**
     * The residuals and their derivatives.
     *
     * @param theta the point; not changed
     * @param residuals of length {@link #residuals}, overwritten with r
     * @param columns of shape [parameters, residuals], overwritten with J': row i is the derivative of r with respect
     *     to parameter i
     */
    void jacobian(INDArray theta, INDArray residuals, INDArray columns);
}
