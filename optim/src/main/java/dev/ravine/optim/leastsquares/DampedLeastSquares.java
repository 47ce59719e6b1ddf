package dev.ravine.optim.leastsquares;

import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.secondorder.Point;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The linearized problem at one point: minimise ||J p + r||^2 / 2 + mu / 2 ||D p||^2 for several mu, with D the
 * diagonal of scales. Holds what does not depend on mu.
 */
interface DampedLeastSquares extends AutoCloseable {
    /**
     * A solution.
     *
     * @param damping the mu that was used, larger than the one asked for if that one made no positive definite matrix
     * @param predicted the change of f that the undamped model predicts
     * @param iterations factorizations, or iterations of conjugate gradients
     * @param stopped how the solver ended
     * @param detail the same in words, such as {@code RANK_3}
     * @param smallestCurvature the smallest p'(J'J + mu D^2) p / p'p that was met, infinite if p is zero
     */
    record Solution(
            double damping, double predicted, int iterations, Stop stopped, String detail, double smallestCurvature)
            implements SolverReport {
        /** A quadratic form's value at p over p'p. */
        static double quotient(double value, double[] p) {
            double length = DenseMatrix.dot(p, p);
            return length == 0 ? Double.POSITIVE_INFINITY : value / length;
        }
    }

    /**
     * Linearizes.
     *
     * @param at where
     * @return the norms of J's columns; where it is not written out, for all of them ||J g|| / ||g||
     */
    double[] moveTo(Point at);

    /** Says that there will be no more solutions at this point. */
    default void leave() {
        // Only a linearization holds on to its point.
    }

    /**
     * Solves.
     *
     * @param mu damping, not negative
     * @param scales D, positive; one for each parameter
     * @param step overwritten with p
     * @return how it went
     */
    Solution solve(double mu, double[] scales, INDArray step);

    @Override
    void close();
}
