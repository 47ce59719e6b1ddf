package dev.ravine.optim.matrix;

import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An unbiased estimate of a curvature matrix's diagonal at the examples of a step. */
interface DiagonalEstimate extends AutoCloseable {
    /** Evaluates the objective at the beginning of a step that will ask for an estimate. */
    double gradient(Objective objective, INDArray theta, Scope scope, INDArray out);

    /**
     * Estimates.
     *
     * @param at the step
     * @param out overwritten with the estimate; zero in frozen parameters
     */
    void estimate(GradientStep at, INDArray out);

    @Override
    void close();
}
