package dev.ravine.optim.linear;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a run of conjugate gradients went. Arrays belong to the solver and are overwritten by its next run.
 *
 * @param x the last iterate
 * @param iterations how many updates of x were made
 * @param reason why it ended
 * @param residual the norm of A x - b at the last iterate, by recursion
 * @param smallestCurvature the smallest p'Ap / p'p of a direction that was met, infinite if none was
 * @param phi x'Ax / 2 - b'x after each update
 * @param iterates the stored iterates in order; the last one is among them unless the solver was told otherwise
 */
public record CgResult(
        INDArray x,
        int iterations,
        Reason reason,
        double residual,
        double smallestCurvature,
        List<Double> phi,
        List<Iterate> iterates) {
    /**
     * A stored iterate.
     *
     * @param iteration after how many updates
     * @param x its numbers
     */
    public record Iterate(int iteration, INDArray x) {}

    /** Why a run ended. */
    public enum Reason {
        /** The stop rule was satisfied. */
        STOP_RULE,
        /** The residual is zero: x is the solution. */
        SOLVED,
        /** The limit of iterations was reached. */
        MAX_ITERATIONS,
        /** A direction p with p'Ap not positive was met; the last iterate before it is kept. */
        NONPOSITIVE_CURVATURE,
        /** A product was infinite or not a number; the last iterate before it is kept. */
        NON_FINITE
    }
}
