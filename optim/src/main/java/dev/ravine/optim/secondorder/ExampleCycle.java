package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Map;

/**
 * Chooses the examples of a step's gradient, loss and curvature. Each gets a window of consecutive examples; the
 * windows move on from step to step and wrap around at the end of the data. Use it once a step, in the order
 * {@link #gradient}, {@link #loss}, {@link #curvature}, {@link #advance}; until {@code advance}, equal questions get
 * equal answers, so a step that failed can be repeated. Steps are numbered from 0, as in {@link Point#step}.
 *
 * <p>{@link #stateNumbers} and {@link #restoreState} make a resumed run continue where the saved one stopped.
 */
public final class ExampleCycle {
    private final int gradientExamples;
    private final int lossExamples;
    private final int curvatureExamples;
    private final double growth;
    private int fullStep;
    private double overlap;
    private int gradientCursor;
    private int curvatureCursor;

    /**
     * A cycle at its beginning.
     *
     * @param gradientExamples examples of a gradient, 0 for all
     * @param lossExamples examples of a loss, 0 for the gradient's
     * @param curvatureExamples examples of a curvature, out of the gradient's; 0 for a tenth of them, but at least
     *     2,000 if there are that many
     * @param growth how fast these numbers grow, at least 1: they double whenever growth^step has doubled, up to all
     *     examples
     */
    public ExampleCycle(int gradientExamples, int lossExamples, int curvatureExamples, double growth) {
        this.growth = growth;
        this.gradientExamples = gradientExamples;
        this.lossExamples = lossExamples;
        this.curvatureExamples = curvatureExamples;
    }

    /**
     * {@return a cycle whose numbers of examples grow by one factor in every step, up to all} In step k from 1 these
     * are floor(first 2^((k - 1) / d)) with d = (fullStep - 1) / log2(all / first), as in Martens' code of K-FAC.
     *
     * @param first examples of the first gradient, at least 1
     * @param fullStep the step, from 1, at which all examples are used, at least 2
     */
    public static ExampleCycle reachingAll(int first, int fullStep) {
        ExampleCycle cycle = new ExampleCycle(first, 0, 0, 1);
        cycle.fullStep = fullStep;
        return cycle;
    }

    /**
     * Lets the next step use a part of a step's gradient examples again.
     *
     * @param fraction of them, from 0 to below 1; 0 without it
     * @return this
     */
    public ExampleCycle overlapping(double fraction) {
        this.overlap = Check.fraction("the overlap", fraction);
        return this;
    }

    /**
     * The examples of a step's gradient.
     *
     * @param objective what to minimise
     * @param all all examples, with the noise of the step
     * @param step its number, from 0
     * @return a scope with that noise
     */
    public Scope gradient(Objective objective, Scope all, long step) {
        return fromCursor(gradientExamples, objective, all, step);
    }

    /**
     * The examples of a step's loss. They begin with the gradient's first example and may be fewer or more.
     *
     * @param objective what to minimise
     * @param gradients the examples of the gradient
     * @param step its number, from 0
     * @return a scope with the gradient's noise; the gradient's own scope if {@code lossExamples} is 0
     */
    public Scope loss(Objective objective, Scope gradients, long step) {
        return lossExamples == 0
                ? gradients
                : fromCursor(lossExamples, objective, Scope.all().withNoise(gradients.noise()), step);
    }

    /**
     * The examples of a step's curvature: a subset of the gradient's examples. Otherwise the reduction ratio would
     * compare a gradient on one sample with a change on another.
     *
     * @param objective what to minimise
     * @param gradients the examples of the gradient
     * @param step its number, from 0
     * @return a scope with the gradient's noise; the gradient's own scope if it has no more examples than asked for
     */
    public Scope curvature(Objective objective, Scope gradients, long step) {
        int available = gradients.count(objective.examples());
        int count = curvatureCount(available, step);
        return count >= available
                ? gradients
                : gradients.part(curvatureCursor % available, count, objective.examples());
    }

    /**
     * Moves both windows past the examples of a step, the gradient's but for the overlap.
     *
     * @param objective what to minimise
     * @param gradients the examples of the step's gradient
     * @param step its number, from 0
     */
    public void advance(Objective objective, Scope gradients, long step) {
        int available = gradients.count(objective.examples());
        long further = (long) Math.ceil(available * (1 - overlap));
        gradientCursor = (int) ((gradientCursor + further) % objective.examples());
        int count = curvatureCount(available, step);
        if (count < available) {
            curvatureCursor = (int) (((long) curvatureCursor + count) % available);
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
        return all.part(gradientCursor % examples, count, examples);
    }

    /** Mostly by doubling, so that there are few sizes for which graphs have to be made. */
    private int grown(int first, int available, long step) {
        if (fullStep > 0) {
            double doublings = step * Math.log((double) available / first) / Math.log(2) / (fullStep - 1);
            boolean isAll = step >= fullStep - 1 || first >= available;
            return isAll ? available : (int) Math.min(available, first * Math.pow(2, doublings));
        }
        return (int) Math.min(available, first * Math.pow(2, doublings(step)));
    }

    /**
     * {@return how often growth has doubled the numbers of examples before a step, also after all examples are in use}
     *
     * @param step its number, from 0
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
     * @throws IllegalArgumentException if a setting differs, or a number is missing or out of range; the cycle is
     *     then unchanged
     */
    public void restoreState(OptimizerState state) {
        state.requireSetting("gradient_examples", gradientExamples);
        state.requireSetting("loss_examples", lossExamples);
        state.requireSetting("curvature_examples", curvatureExamples);
        state.requireSetting("growth", growth);
        int gradient = state.count("gradient_cursor", Integer.MAX_VALUE);
        curvatureCursor = state.count("curvature_cursor", Integer.MAX_VALUE);
        gradientCursor = gradient;
    }
}
