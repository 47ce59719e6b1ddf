package dev.ravine.optim.leastsquares;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import java.util.Objects;

/**
 * Settings of all methods for sums of squares.
 *
 * @param <B> the builder itself
 */
abstract class LeastSquaresSettings<B extends LeastSquaresSettings<B>> extends FluentBuilder<B> {
    /** Null to choose by the objective. */
    LeastSquaresSolver solver;

    int limit = 4096;

    /**
     * How linear problems are solved. Without this, residuals by QR up to the limit of parameters, nets by normal
     * equations up to 256 parameters, and all that is larger by conjugate gradients.
     *
     * @param method a solver
     * @return this
     */
    public B solver(LeastSquaresSolver method) {
        this.solver = Objects.requireNonNull(method, "method");
        return self();
    }

    /**
     * The largest number of parameters to write a matrix out for.
     *
     * @param n from 1 to 16,383, where arrays end; 4,096 without it
     * @return this
     */
    public B limit(int n) {
        this.limit = Check.order(n);
        return self();
    }
}
