package dev.ravine.optim.kronecker;

import dev.ravine.core.Check;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.ExampleCycle;
import java.util.Map;

/**
 * Which examples a step of {@link Kfac} uses, and for what.
 *
 * @param <B> the builder itself
 */
abstract class KfacExamples<B extends KfacExamples<B>> extends KfacVariants<B> {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    int batch = 500;
    double growth = Math.pow(2, 1.0 / 150);
    int fullBatchStep;
    private double overlap = 0.5;
    double factorShare = 0.25;
    int mostForFactors = 250;
    double modelShare = 0.25;
    int leastForModel = 250;

    /** The settings by name, besides those that the state of a cycle holds. */
    Map<String, Object> examples() {
        return Map.of(
                "full_batch_step", fullBatchStep,
                "overlap", overlap,
                "factor_share", factorShare,
                "most_for_factors", mostForFactors,
                "model_share", modelShare,
                "least_for_model", leastForModel);
    }

    ExampleCycle cycle() {
        ExampleCycle cycle = fullBatchStep == 0
                ? new ExampleCycle(batch, 0, 0, growth)
                : ExampleCycle.reachingAll(batch, fullBatchStep);
        return cycle.overlapping(overlap);
    }

    /**
     * The examples of a batch that factors are made from: the first ones, or where their number is limited, others at
     * each step.
     */
    Scope forFactors(Scope batchOfStep, int examples, long step) {
        int available = batchOfStep.count(examples);
        int wanted = (int) Math.ceil(available * factorShare);
        return wanted > mostForFactors
                ? part(batchOfStep, mostForFactors, examples, step)
                : part(batchOfStep, wanted, examples, 0);
    }

    /** The examples of a batch over which rate and momentum are found, others at each step. */
    Scope forModel(Scope batchOfStep, int examples, long step) {
        int available = batchOfStep.count(examples);
        int wanted = (int) Math.max(leastForModel, Math.ceil(available * modelShare));
        return part(batchOfStep, Math.min(available, wanted), examples, step);
    }

    /** Part number k, if the batch is cut into parts of this size one behind the other, again and again. */
    private static Scope part(Scope of, int count, int examples, long k) {
        int available = of.count(examples);
        return count == available ? of : of.part((int) (k * count % available), count, examples);
    }

    /**
     * The examples of a step. Steps cycle through the data.
     *
     * @param first of the first steps, at least 1, or 0 for all; 500 without it
     * @param factor their number doubles whenever factor^step has, up to all examples; at least 1, 1.0046 without it,
     *     which doubles it in 150 steps
     * @return this
     */
    public B batch(int first, double factor) {
        this.batch = Check.notNegative("the number of examples", first);
        this.growth = Check.growth("growth", factor);
        this.fullBatchStep = 0;
        return self();
    }

    /**
     * The examples of a step, which grow in every step, as Martens' code lets them: min(floor(first 2^((k - 1) / d)),
     * all) in step k from 1, with d such that all are reached at a given step. Graphs are made for the last shard of
     * each new size.
     *
     * @param first of the first step, at least 1
     * @param step from which on all examples are used, at least 2
     * @return this
     */
    public B batchReachingAll(int first, int step) {
        if (step < 2) {
            throw new IllegalArgumentException("all examples must be reached at step 2 or later, found " + step
                    + "; batch(0, 1) takes all at once");
        }
        this.batch = Check.atLeastOne("the number of examples", first);
        this.growth = 1;
        this.fullBatchStep = step;
        return self();
    }

    /**
     * How much of a step's batch the next step uses again. Batches are windows that move through the data, by the part
     * that the next one does not share. Then the last step fits half of the new batch already, and the model does not
     * take it back: without overlap, momentum turns negative when batches are few and large, and the run stands still.
     *
     * @param fraction from 0 to below 1; 0.5 without it
     * @return this
     */
    public B overlap(double fraction) {
        this.overlap = Check.fraction("the overlap", fraction);
        return self();
    }

    /**
     * The part of a step's examples from which factors are made, without a limit of their number.
     *
     * @param share above 0, up to 1
     * @return this
     */
    public B factorShare(double share) {
        return factorExamples(share, NO_LIMIT);
    }

    /**
     * The part of a step's examples from which factors are made, and a limit of their number. The average over steps
     * makes up for few examples.
     *
     * @param share above 0, up to 1; 1/4 without it
     * @param most at least 1; 250 without it
     * @return this
     */
    public B factorExamples(double share, int most) {
        this.factorShare = Check.share("the share of examples for factors", share);
        this.mostForFactors = Check.atLeastOne("the largest number of examples for factors", most);
        return self();
    }

    /**
     * The part of a step's examples over which the model that gives rate, momentum and gamma is made. Its gradient is
     * that of all examples of the step; its curvature is that of the part.
     *
     * @param share above 0, up to 1; 1/4 without it
     * @param least the smallest number of examples, if the step has so many; at least 1; 250 without it
     * @return this
     */
    public B modelExamples(double share, int least) {
        this.modelShare = Check.share("the share of examples for the model", share);
        this.leastForModel = Check.atLeastOne("the smallest number of examples for the model", least);
        return self();
    }
}
