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
    /**
     * The best step along the direction of each gamma, and the best of these by the model; the first of several.
     *
     * @param vectors a direction for each gamma, then the last step
     * @param forms their products through the curvature
     * @param shift lambda and L2
     * @param goesBack whether momentum may be negative
     */
    static StepChoice best(
            List<Double> gammas,
            List<INDArray> vectors,
            double[][] forms,
            INDArray gradient,
            double shift,
            boolean goesBack) {
        StepChoice best = null;
        for (int i = 0; i < gammas.size(); i++) {
            StepChoice choice = new StepChoice(i, gammas.get(i), along(i, vectors, forms, gradient, shift, goesBack));
            best = best == null || choice.best.change() < best.best.change() ? choice : best;
        }
        return best;
    }

    /** step = rate d + momentum (last step), with the direction of the inverse that was chosen. */
    void combine(List<INDArray> directions, INDArray last, INDArray step) {
        Vectors.copy(last, step);
        Vectors.scale(best.momentum(), step);
        Vectors.axpy(best.rate(), directions.get(i), step);
    }

    /** What it says of itself. */
    private record Report(int iterations, Stop stopped, double smallestCurvature, String detail)
            implements SolverReport {}

    /** The report of this choice, with words about inverses. */
    SolverReport report(String detail) {
        return new Report(i + 1, Stop.MINIMUM_ALONG, Double.POSITIVE_INFINITY, detail);
    }

    private static RateModel.Best along(
            int i, List<INDArray> vectors, double[][] forms, INDArray gradient, double shift, boolean goesBack) {
        int end = forms.length - 1;
        List<INDArray> both = List.of(vectors.get(i), vectors.get(end));
        double[][] ofBoth = {{forms[i][i], forms[i][end]}, {forms[end][i], forms[end][end]}};
        return RateModel.over(ofBoth, shift, gradient, both, goesBack);
    }
}
