package dev.ravine.optim.secondorder;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Map;

/**
 * Chooses the examples of a step's gradient, loss and curvature: chunks that follow one another through the data and start
 * again at its end. A resumed run continues where the saved one stopped. Use it once a step, in the order {@link #gradient},
 * {@link #loss}, {@link #curvature}, {@link #advance}.
 */
public final class ExampleCycle {
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
    public ExampleCycle(int gradientExamples, int lossExamples, int curvatureExamples, double growth) {
        this.growth = growth;
        this.gradientExamples = gradientExamples;
        this.lossExamples = lossExamples;
        this.curvatureExamples = curvatureExamples;
    }

    /**
     * The examples of a step's gradient; the same until {@link #advance}.
     *
     * @param objective what to minimise
     * @param all all examples, with the noise of the step
     * @param step counts from 0
     * @return a scope
     */
    public Scope gradient(Objective objective, Scope all, long step) {
        return fromCursor(gradientExamples, objective, all, step);
    }

    /**
     * The examples of a step's loss: they begin with the gradient's first one, and are fewer or more.
     *
     * @param objective what to minimise
     * @param gradients the examples of the gradient
     * @param step counts from 0
     * @return a scope; the gradient's own if losses have no number of examples of their own
     */
    public Scope loss(Objective objective, Scope gradients, long step) {
        return lossExamples == 0
                ? gradients
                : fromCursor(lossExamples, objective, Scope.all().withNoise(gradients.noise()), step);
    }

    /**
     * The examples of a step's curvature. A subset of the gradient's examples; otherwise the reduction ratio would compare a
     * gradient on one sample with a change on another.
     *
     * @param objective what to minimise
     * @param gradients the examples of the gradient
     * @param step counts from 0
     * @return a scope
     */
    public Scope curvature(Objective objective, Scope gradients, long step) {
        int available = gradients.count(objective.examples());
        int count = curvatureCount(available, step);
        return count >= available
                ? gradients
                : gradients.part(curvatureCursor % available, count, objective.examples());
    }

    /**
     * Moves both cursors past the examples of a step.
     *
     * @param objective what to minimise
     * @param gradients the examples of the step's gradient
     * @param step counts from 0
     */
    public void advance(Objective objective, Scope gradients, long step) {
        int available = gradients.count(objective.examples());
        gradientCursor = (gradientCursor + available) % objective.examples();
        int count = curvatureCount(available, step);
        if (count < available) {
            curvatureCursor = (curvatureCursor + count) % available;
        }
    }

    private int curvatureCount(int available, long step) {
        int first = curvatureExamples == 0 ? Math.max(available / 10, Math.min(available, 2000)) : curvatureExamples;
        return grown(first, available, step);
    }

    private Scope fromCursor(int first, Objective objective, Scope all, long step) {
        int examples = objective.examples();
        int count = grown(first, examples, step);
        if (count == 0 || count >= examples) {
            return all;
        }
        return all.part(gradientCursor, count, examples);
    }

    /** By doubling, so that there are few sizes for which graphs have to be made. */
    private int grown(int first, int available, long step) {
        return (int) Math.min(available, first * Math.pow(2, doublings(step)));
    }

    /**
     * {@return how often growth has doubled the numbers of examples before a step, even where the data have fewer}
     *
     * @param step counts from 0
     */
    public double doublings(long step) {
        return Math.floor((double) step * Math.log(growth) / Math.log(2));
    }

    /** {@return settings and cursors, for an optimizer's state} */
    public Map<String, Double> stateNumbers() {
        return Map.of(
                "gradient_cursor", (double) gradientCursor,
                "curvature_cursor", (double) curvatureCursor,
                "gradient_examples", (double) gradientExamples,
                "loss_examples", (double) lossExamples,
                "curvature_examples", (double) curvatureExamples,
                "growth", growth);
    }

    /**
     * Continues where a saved cycle stopped.
     *
     * @param state with the numbers of {@link #stateNumbers}
     * @throws IllegalArgumentException if a setting differs
     */
    public void restoreState(OptimizerState state) {
        state.requireSetting("gradient_examples", gradientExamples);
        state.requireSetting("loss_examples", lossExamples);
        state.requireSetting("curvature_examples", curvatureExamples);
        state.requireSetting("growth", growth);
        int gradient = (int) state.number("gradient_cursor");
        curvatureCursor = (int) state.number("curvature_cursor");
        gradientCursor = gradient;
    }
}
