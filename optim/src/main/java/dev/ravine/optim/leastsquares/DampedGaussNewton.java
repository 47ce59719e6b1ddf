package dev.ravine.optim.leastsquares;

import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.secondorder.Point;
import java.util.Map;

/**
 * Levenberg's and Marquardt's method as it became known for nets (Levenberg, Quarterly of Applied Mathematics 2, 1944;
 * Marquardt, Journal of the SIAM 11, 1963; Hagan and Menhaj, IEEE Transactions on Neural Networks 5, 1994). A step p
 * solves
 *
 * <pre>{@code
 * (J'J + mu I) p = -J'e
 * }</pre>
 *
 * <p>where e are the errors of all examples and outputs and J is their Jacobian. If the squared errors become smaller,
 * the step is taken and mu is multiplied by {@code muDec}; otherwise mu is multiplied by {@code muInc}, and the step is
 * solved again. If mu grows above {@code muMax} there are no more steps. Mu is in the units of the errors, whatever
 * factor the loss gives their sum; where the loss is not a squared error, J'J is the sum of the examples' Gauss-Newton
 * matrices.
 *
 * <p>{@link LevenbergMarquardt} is the better choice for fits: it has a radius that follows the reduction ratio,
 * does not depend on the parameters' units, and factorizes J itself. This one has the settings that users of MATLAB's
 * {@code trainlm} know.
 *
 * <p>A step costs a gradient, a Jacobian, or one product for each of the n parameters, and a value and n^3 / 3
 * operations for each mu that is tried. Memory is 4 n^2 numbers.
 */
public final class DampedGaussNewton extends MarquardtMethod {
    private DampedGaussNewton(Builder builder) {
        super(builder);
    }

    /**
     * Begins with mu 0.001, factors 0.1 and 10, a largest mu of 1e10, and at most 4,096 parameters.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    Weights weights(Point at, DenseMatrix square, double scale) {
        return new Weights(1, 0);
    }

    @Override
    Map<String, Double> telemetry(double slope) {
        return Map.of();
    }

    @Override
    public String name() {
        return "damped-gn(mu=" + ownSettings().get("mu") + ")";
    }

    /** Settings of {@link DampedGaussNewton}. */
    public static final class Builder extends MarquardtSettings<Builder> {
        private Builder() {
            super(0.001);
        }

        /** {@return an optimizer that has not stepped yet} */
        public DampedGaussNewton build() {
            return new DampedGaussNewton(this);
        }
    }
}
