package dev.ravine.optim;

import dev.ravine.core.Check;
import dev.ravine.core.StableText;

/**
 * A setting that depends on the step, such as a learning rate or a momentum. A schedule has no memory, so a resumed run
 * sees what an uninterrupted one would have seen. Any lambda will do: {@code t -> 0.1 / (1 + 0.01 * t)} is Adagrad's
 * decay of the rate as PyTorch has it. A rate that depends on the loss is a
 * {@link dev.ravine.optim.firstorder.Plateau}. A run that goes on from a
 * checkpoint compares the values of schedules, not their names.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The setting of one step.
     *
     * @param step counts from 0, the first update
     * @return its value
     */
    double at(long step);

    /**
     * A momentum of one step.
     *
     * @param step counts from 0, the first update
     * @return its value
     * @throws IllegalArgumentException if it is not from 0 to below 1
     */
    default double momentumAt(long step) {
        return Named.checked("the momentum", at(step), 1, step);
    }

    /**
     * This schedule with all values multiplied.
     *
     * @param factor any number
     * @return t -> factor s(t)
     */
    default Schedule times(double factor) {
        return new Named(factor + " * " + Named.label(this), t -> factor * at(t));
    }

    /**
     * The same at all steps.
     *
     * @param value any number
     * @return t -> value
     */
    static Schedule constant(double value) {
        return new Named(Double.toString(value), t -> value);
    }

    /**
     * Changes by a factor at regular intervals, as PyTorch's StepLR does.
     *
     * @param start the first value
     * @param factor positive, such as 0.1
     * @param every after how many steps, at least 1
     * @return t -> start factor^floor(t / every)
     */
    static Schedule stepDecay(double start, double factor, long every) {
        Check.positive("the factor", factor);
        Check.atLeastOne("the number of steps", every);
        return new Named(
                "stepDecay(" + start + ", *" + factor + " every " + every + ")",
                t -> start * Math.pow(factor, (double) Math.floorDiv(t, every)));
    }

    /**
     * Half a period of a cosine down to a floor, where it stays (Loshchilov and Hutter, "SGDR", ICLR 2017, without
     * restarts; PyTorch's CosineAnnealingLR goes up again instead).
     *
     * @param start the first value
     * @param floor the last value
     * @param steps at which step the floor is reached, at least 1
     * @return t -> floor + (start - floor) (1 + cos(pi t / steps)) / 2
     */
    static Schedule cosine(double start, double floor, long steps) {
        Check.atLeastOne("the number of steps", steps);
        return new Named(
                "cosine(" + start + " to " + floor + " in " + steps + ")",
                t -> halfCosine(start, floor, (double) t / steps));
    }

    /**
     * Grows in a straight line to the first value of another schedule, which then begins (Goyal et al., "Accurate,
     * large minibatch SGD", 2017; PyTorch's LinearLR followed by another in a SequentialLR).
     *
     * @param steps of the way up, at least 1
     * @param fraction of the value at which to begin, from 0 to below 1
     * @param then what comes after it
     * @return t -> (fraction + (1 - fraction) t / steps) then(0) before step {@code steps}, then(t - steps) from there
     *     on
     */
    static Schedule warmUp(long steps, double fraction, Schedule then) {
        Check.atLeastOne("the number of steps", steps);
        Check.fraction("the fraction", fraction);
        return new Named(
                "warmUp(" + steps + ", from " + fraction + ", " + Named.label(then) + ")",
                t -> t < steps ? (fraction + (1 - fraction) * t / steps) * then.at(0) : then.at(t - steps));
    }

    /**
     * The learning rate of the one-cycle policy (Smith and Topin, "Super-convergence", 2017) with the settings of
     * PyTorch's OneCycleLR: half a cosine from peak / 25 up to the peak at step 0.3 {@code steps} - 1, another down to
     * peak / 250000 at the last step, where it stays.
     *
     * @param peak the largest value, positive
     * @param steps of the whole cycle, at least 1
     * @return that schedule
     */
    static Schedule oneCycle(double peak, long steps) {
        Check.positive("the peak", peak);
        Check.atLeastOne("the number of steps", steps);
        double start = peak / 25;
        double end = start / 1e4;
        return new Named("oneCycle(" + peak + " in " + steps + ")", t -> twoHalfCosines(start, peak, end, steps, t));
    }

    /**
     * The momentum that goes with {@link #oneCycle}: down while the learning rate goes up, and up again; PyTorch takes
     * 0.85 and 0.95.
     *
     * @param low where the learning rate is at its peak
     * @param high at both ends
     * @param steps of the whole cycle, at least 1
     * @return that schedule
     */
    static Schedule oneCycleMomentum(double low, double high, long steps) {
        Check.atLeastOne("the number of steps", steps);
        return new Named(
                "oneCycleMomentum(" + high + " to " + low + " in " + steps + ")",
                t -> twoHalfCosines(high, low, high, steps, t));
    }

    /**
     * Grows towards 1 like 1 - 1/k, in jumps every 250 steps, for Nesterov's momentum in deep nets (Sutskever, Martens,
     * Dahl and Hinton, ICML 2013).
     *
     * @param max its limit, from 0 to below 1; theirs are 0.9, 0.99, 0.995 and 0.999
     * @return t -> min(1 - 2^(-1 - log2(floor(t / 250) + 1)), max)
     */
    static Schedule nesterovMomentum(double max) {
        Check.fraction("the momentum", max);
        return new Named("nesterovMomentum(" + max + ")", t -> Math.min(1 - 0.5 / (Math.floorDiv(t, 250) + 1), max));
    }

    private static double twoHalfCosines(double start, double middle, double end, long steps, long t) {
        double turn = 0.3 * steps - 1;
        return t <= turn
                ? halfCosine(start, middle, t / turn)
                : halfCosine(middle, end, (t - turn) / (steps - 1 - turn));
    }

    private static double halfCosine(double start, double end, double share) {
        return end + (start - end) / 2 * (1 + Math.cos(Math.PI * Math.min(share, 1)));
    }

    /**
     * A schedule that prints as its settings.
     *
     * @param name for tables and messages
     * @param values its numbers
     */
    record Named(String name, Schedule values) implements Schedule {
        @Override
        public double at(long step) {
            return values.at(step);
        }

        /**
         * {@return a name for people, without the address that the text of a lambda has}
         *
         * @param schedule any
         */
        public static String label(Schedule schedule) {
            if (schedule instanceof Named named) {
                return named.name;
            }
            return schedule.getClass().isHidden() ? "a schedule" : StableText.of(schedule);
        }

        /**
         * {@return a setting of one step, not negative and below a limit}
         *
         * @param what it is, for errors
         * @param value of the schedule
         * @param limit which it may not reach
         * @param step counts from 0
         * @throws IllegalArgumentException if it is out of range
         */
        public static double checked(String what, double value, double limit, long step) {
            if (!(value >= 0 && value < limit)) {
                throw new IllegalArgumentException(what + " of step " + (step + 1) + " must be from 0 to below " + limit
                        + ", found " + value + "; change its schedule");
            }
            return value;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
