package dev.ravine.optim;

import java.util.Map;

/**
 * Over which examples a step's gradient, loss and curvature go: chunks that follow one another through the data, begin again at its
 * end, and go on where they were after a resume.
 */
final class DataCycle {
    private final int gradientExamples;
    private final int lossExamples;
    private final int curvatureExamples;
    private final double growth;
    private int gradientCursor;
    private int curvatureCursor;

    /**
     * A cycle at its beginning.
     *
     * @param gradientExamples for each gradient, 0 for all
     * @param lossExamples for each loss, 0 for the gradient's
     * @param curvatureExamples for each curvature, 0 for a tenth, but 2,000 if there are as many
     * @param growth how fast the numbers grow: they double whenever growth^steps has
     */
    DataCycle(int gradientExamples, int lossExamples, int curvatureExamples, double growth) {
        this.growth = growth;
        this.gradientExamples = gradientExamples;
        this.lossExamples = lossExamples;
        this.curvatureExamples = curvatureExamples;
    }

    /** The examples of the gradient after a number of steps, with the noise of a scope of all; the same until {@link #next}. */
    Scope gradient(Objective objective, Scope all, long step) {
        return fromCursor(gradientExamples, objective, all, step);
    }

    /**
     * The examples of the loss: the first of the gradient's, or the gradient's and those that follow; asked before {@link #next}
     * moves on.
     */
    Scope loss(Objective objective, Scope gradients, long step) {
        return lossExamples == 0
                ? gradients
                : fromCursor(lossExamples, objective, Scope.all().withNoise(gradients.noise()), step);
    }

    private Scope fromCursor(int first, Objective objective, Scope all, long step) {
        int examples = objective.examples();
        int count = grown(first, examples, step);
        if (count == 0 || count >= examples) {
            return all;
        }
        return all.part(gradientCursor, count, examples);
    }

    /**
     * The examples of the curvature: a part of the gradient's, or the ratio would compare the gradient of some with the change of
     * others. The next step gets the next ones of both.
     */
    Scope next(Objective objective, Scope data, long step) {
        int available = data.count(objective.examples());
        gradientCursor = (gradientCursor + available) % objective.examples();
        int first = curvatureExamples == 0 ? Math.max(available / 10, Math.min(available, 2000)) : curvatureExamples;
        int count = grown(first, available, step);
        if (count >= available) {
            return data;
        }
        Scope scope = data.part(curvatureCursor % available, count, objective.examples());
        curvatureCursor = (curvatureCursor + count) % available;
        return scope;
    }

    /** By doubling, so that there are few sizes for which graphs have to be made. */
    private int grown(int first, int available, long step) {
        return (int) Math.min(available, first * Math.pow(2, doublings(step)));
    }

    /** How often growth has doubled the numbers of examples until a step, whether there are as many or not. */
    double doublings(long step) {
        return Math.floor((double) step * Math.log(growth) / Math.log(2));
    }

    Map<String, Double> numbers() {
        return Map.of(
                "gradient_cursor", (double) gradientCursor,
                "curvature_cursor", (double) curvatureCursor,
                "gradient_examples", (double) gradientExamples,
                "loss_examples", (double) lossExamples,
                "curvature_examples", (double) curvatureExamples,
                "growth", growth);
    }

    void learn(OptimizerState state) {
        state.requireSetting("gradient_examples", gradientExamples);
        state.requireSetting("loss_examples", lossExamples);
        state.requireSetting("curvature_examples", curvatureExamples);
        state.requireSetting("growth", growth);
        int gradient = (int) state.number("gradient_cursor");
        curvatureCursor = (int) state.number("curvature_cursor");
        gradientCursor = gradient;
    }
}
