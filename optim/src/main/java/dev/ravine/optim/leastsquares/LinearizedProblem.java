package dev.ravine.optim.leastsquares;

import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.secondorder.Point;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The linearized problem at one point: minimise ||J p + r||^2 / 2 over ||D p|| up to a radius, for several radii, with
 * D the diagonal of scales. The minimiser solves (J'J + mu D^2) p = -J'r with mu zero, or with p on the boundary. Holds
 * what does not depend on the radius.
 */
interface LinearizedProblem extends AutoCloseable {
    /** A radius that no step reaches. */
    double UNBOUNDED = 1e150;

    /**
     * A solution.
     *
     * @param damping mu, with what rounding made necessary; not a number on the boundary where the solver does not know
     *     it
     * @param predicted the change of f that the undamped model predicts
     * @param iterations factorizations, or iterations of conjugate gradients
     * @param stopped how the solver ended: BOUNDARY where the radius shortened the step
     * @param detail the state of the matrix in words, such as {@code RANK_3}
     * @param smallestCurvature the smallest p'(J'J + mu D^2) p / p'p that was met, infinite if p is zero
     */
    record Solution(
            double damping, double predicted, int iterations, Stop stopped, String detail, double smallestCurvature)
            implements SolverReport {
        /** A quadratic form's value at p over p'p. */
        static double quotient(double value, double[] p) {
            double length = DenseMatrix.norm(p);
            return length == 0 ? Double.POSITIVE_INFINITY : value / length / length;
        }

        /** Whether the radius did not shorten the step. */
        boolean isFull() {
            return stopped != Stop.BOUNDARY && stopped != Stop.NONPOSITIVE_CURVATURE;
        }

        /** The same with another end. */
        Solution stopped(Stop end) {
            return new Solution(damping, predicted, iterations, end, end.name(), smallestCurvature);
        }
    }

    /**
     * Value and gradient from residuals and Jacobian, where the solver writes them out. {@link #moveTo} the same point
     * then costs nothing.
     *
     * @param theta the point
     * @param gradient overwritten with J'r, if there is a value
     * @return ||r||^2 / 2; empty where the solver does not write J out, or J is not finite
     */
    default OptionalDouble evaluate(INDArray theta, INDArray gradient) {
        return OptionalDouble.empty();
    }

    /**
     * Linearizes.
     *
     * @param at where
     * @return the norms of J's columns; 1 for each where the solver does not write J or J'J out
     */
    double[] moveTo(Point at);

    /** Says that there will be no more solutions at this point. */
    default void leave() {
        // Only a linearization holds on to its point.
    }

    /**
     * Solves.
     *
     * @param radius of the ball in the scales, positive
     * @param scales D, positive; one for each parameter, infinite for one that must not move, and the same in all calls
     *     at one point
     * @param step overwritten with p
     * @return how it went
     */
    Solution solve(double radius, double[] scales, INDArray step);

    /**
     * The change of f that the undamped model predicts for a step that is no solution.
     *
     * @param step p
     * @return g'p + ||J p||^2 / 2
     */
    double predictedChange(INDArray step);

    /**
     * Whether the change of the residuals that the model predicts, ||J p||, is within what rounding of theta alone does
     * to them, the norm of epsilon |J| |theta|. No single residual may change by 64 times its own rounding: one may
     * be known far better than another. What damping adds to the prediction must be within rounding, too, since a
     * damped step is short for another reason.
     *
     * @param step p, the last solution
     * @return false where the solver does not write J out
     */
    default boolean isWithinRounding(INDArray step) {
        return false;
    }

    /**
     * What rounding of the residuals, as large as in {@link #isWithinRounding}, does to f, summed over its terms.
     *
     * @return 0 where the solver does not write J out
     */
    default double rounding() {
        return 0;
    }

    @Override
    void close();
}
