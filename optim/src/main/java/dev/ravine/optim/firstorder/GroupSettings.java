package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import java.util.Objects;

/**
 * What a group of parameters has for itself. It begins with the optimizer's settings; each method returns changed ones.
 */
public final class GroupSettings {
    private final Schedule learningRate;
    private final double rateFactor;
    private final double weightDecay;

    private GroupSettings(Schedule learningRate, double rateFactor, double weightDecay) {
        this.learningRate = learningRate;
        this.rateFactor = rateFactor;
        this.weightDecay = weightDecay;
    }

    static GroupSettings of(Schedule learningRate, double weightDecay) {
        return new GroupSettings(learningRate, 1, weightDecay);
    }

    /**
     * The optimizer's learning rate times a factor at every step, so that its schedule and everything that lowers its
     * rate multiply the group's rate too.
     *
     * @param factor not negative; 0 holds the group still
     * @return changed settings
     */
    public GroupSettings rateFactor(double factor) {
        return new GroupSettings(learningRate, Check.notNegative("the factor of a rate", factor), weightDecay);
    }

    /**
     * A schedule of its own instead of the optimizer's. What lowers the optimizer's rate from outside of its schedule,
     * a {@link Plateau} or the recovery from a failed step, lowers this one by the same factor.
     *
     * @param rates not negative; a step with another rate ends in an exception
     * @return changed settings
     */
    public GroupSettings learningRate(Schedule rates) {
        return new GroupSettings(Objects.requireNonNull(rates, "rates"), rateFactor, weightDecay);
    }

    /**
     * A weight decay of its own, decoupled or not as the optimizer's.
     *
     * @param weight not negative; 0 for none
     * @return changed settings
     */
    public GroupSettings weightDecay(double weight) {
        return new GroupSettings(learningRate, rateFactor, Check.notNegative("the weight decay", weight));
    }

    Schedule schedule() {
        return learningRate;
    }

    double factor() {
        return rateFactor;
    }

    double decay() {
        return weightDecay;
    }

    /** Such as {@code lr=10.0 * 0.1, wd=0.0}. */
    @Override
    public String toString() {
        String rate = Schedule.Named.label(learningRate);
        return "lr=" + (rateFactor == 1 ? "" : rateFactor + " * ") + rate + ", wd=" + weightDecay;
    }

    /** The same in every process. */
    String text() {
        return rateFactor + " times " + ScheduleText.of(learningRate) + ", weight decay " + weightDecay;
    }
}
