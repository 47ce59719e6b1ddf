package dev.ravine.optim.kronecker;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which inverse a step takes, and how far it goes along its direction and the last step.
 *
 * @param i the number of the inverse
 * @param gamma square root of its damping
 * @param best rate and momentum
 */
record StepChoice(int i, double gamma, RateModel.Best best) {
    /** Eigenvalues of the two-by-two model that are smaller by this factor are rounding: the directions are parallel. */
    private static final double PARALLEL = 1e-12;

    /**
     * The best step along the direction of each gamma, and the best of these by the model; the first of several.
     *
     * @param vectors a direction for each gamma, then the last step
     * @param forms their products through the curvature
     * @param shift lambda and L2
     */
    static StepChoice best(
            List<Double> gammas, List<INDArray> vectors, double[][] forms, INDArray gradient, double shift) {
        StepChoice best = null;
        for (int i = 0; i < gammas.size(); i++) {
            StepChoice choice = new StepChoice(i, gammas.get(i), along(i, vectors, forms, gradient, shift));
            best = best == null || choice.best.change() < best.best.change() ? choice : best;
        }
        return best;
    }

    /** What it says of itself. */
    private record Report(int iterations, Stop stopped, double smallestCurvature, String detail)
            implements SolverReport {}

    /** The report of this choice, with words about inverses. */
    SolverReport report(String detail) {
        return new Report(i + 1, Stop.MINIMUM_ALONG, Double.POSITIVE_INFINITY, detail);
    }

    private static RateModel.Best along(
            int i, List<INDArray> vectors, double[][] forms, INDArray gradient, double shift) {
        int end = forms.length - 1;
        INDArray direction = vectors.get(i);
        INDArray last = vectors.get(end);
        double across = forms[i][end] + shift * Vectors.dot(direction, last);
        double[][] q = {
            {forms[i][i] + shift * Vectors.dot(direction, direction), across},
            {across, forms[end][end] + shift * Vectors.dot(last, last)}
        };
        double[] b = {Vectors.dot(gradient, direction), Vectors.dot(gradient, last)};
        return RateModel.minimise(q, b, PARALLEL);
    }
}
