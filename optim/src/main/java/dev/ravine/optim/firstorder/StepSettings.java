package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.ParameterGroup;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Settings that all first-order optimizers share: see {@link FirstOrder.Builder}.
 *
 * @param <B> the builder itself
 */
public abstract class StepSettings<B extends StepSettings<B>> extends FluentBuilder<B> {
    final Map<ParameterGroup, UnaryOperator<GroupSettings>> groups = new LinkedHashMap<>();
    Schedule learningRate;
    int batchSize = 100;
    long seed;
    double weightDecay;
    boolean decoupled;
    double clipNorm = Double.POSITIVE_INFINITY;
    double clipValue = Double.POSITIVE_INFINITY;
    boolean measureLossAfter;
    Plateau plateau;

    StepSettings(double learningRate) {
        setLearningRate(learningRate);
    }

    private void setLearningRate(double rate) {
        this.learningRate = Schedule.constant(Check.positive("learning rate", rate));
    }

    /**
     * A constant learning rate.
     *
     * @param rate positive
     * @return this
     */
    public final B learningRate(double rate) {
        setLearningRate(rate);
        return self();
    }

    /**
     * A learning rate that depends on the step.
     *
     * @param rates not negative; a step with another rate ends in an exception
     * @return this
     */
    public final B learningRate(Schedule rates) {
        this.learningRate = Objects.requireNonNull(rates, "rates");
        return self();
    }

    /**
     * Lowers the learning rate, scheduled or not, when the loss stops improving.
     *
     * @param settings when and how far
     * @return this
     */
    public final B plateau(Plateau settings) {
        this.plateau = Objects.requireNonNull(settings, "settings");
        return self();
    }

    /**
     * The number of examples in a step.
     *
     * @param examples at least 1, or 0 for all; a larger number than there are means all
     * @return this
     */
    public final B batchSize(int examples) {
        this.batchSize = Check.notNegative("the batch size", examples);
        return self();
    }

    /**
     * The seed of the order of examples and of noise.
     *
     * @param newSeed 0 without it
     * @return this
     */
    public final B seed(long newSeed) {
        this.seed = newSeed;
        return self();
    }

    /**
     * Pulls all parameters that are not frozen to 0, biases included; {@link #group} makes exceptions. It adds the
     * gradient of weight / 2 ||theta||^2 unless {@link #decoupledWeightDecay} is on. Unlike the objective's own L2,
     * it is not part of the reported loss.
     *
     * @param weight not negative; 0 for none
     * @return this
     */
    public final B weightDecay(double weight) {
        this.weightDecay = Check.notNegative("the weight decay", weight);
        return self();
    }

    /**
     * Decays weights apart from the gradient: theta *= 1 - lr weight before the step, so that the decay is not
     * scaled by past gradients (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019).
     *
     * @param on whether it is decoupled
     * @return this
     */
    public final B decoupledWeightDecay(boolean on) {
        this.decoupled = on;
        return self();
    }

    /**
     * Gives a group of parameters settings of its own, as in
     * {@code adamW().group(noDecay, settings -> settings.weightDecay(0))}. Parameters in no group have the
     * optimizer's settings, whatever the order in which settings and groups are given.
     *
     * @param group such as {@link ParameterGroup#of}; shares no parameter with other groups
     * @param change from the optimizer's settings to those of the group
     * @return this
     * @throws IllegalArgumentException if the same group was given before
     */
    public final B group(ParameterGroup group, UnaryOperator<GroupSettings> change) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(change, "change");
        if (groups.putIfAbsent(group, change) != null) {
            throw new IllegalArgumentException(
                    "the group '" + group.name()
                            + "' has settings already; give all of them in one call, as in s -> s.rateFactor(0.1).weightDecay(0)");
        }
        return self();
    }

    /**
     * Limits the norm of the gradient: g *= min(1, norm / (||g|| + 1e-6)) (Pascanu, Mikolov and Bengio, ICML
     * 2013; PyTorch's clip_grad_norm_).
     *
     * @param norm the largest one, positive
     * @return this
     */
    public final B clipNorm(double norm) {
        this.clipNorm = Check.positive("the largest norm", norm);
        return self();
    }

    /**
     * Limits each element of the gradient to [-value, value], after the limit of its norm.
     *
     * @param value the limit, positive
     * @return this
     */
    public final B clipValue(double value) {
        this.clipValue = Check.positive("the largest value", value);
        return self();
    }

    /**
     * Whether each step evaluates the loss once more, over the same examples and with the same noise, after its
     * update, and reports it as {@link StepReport#lossAfter}, which is not a number otherwise. Costs a forward
     * pass.
     *
     * @param on false without it
     * @return this
     */
    public final B measureLossAfter(boolean on) {
        this.measureLossAfter = on;
        return self();
    }
}
