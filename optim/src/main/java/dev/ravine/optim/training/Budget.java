package dev.ravine.optim.training;

import java.util.Locale;

/**
 * The length of a run.
 *
 * @param unit what is counted
 * @param amount how much of it
 */
public record Budget(Unit unit, double amount) {
    /** What a budget counts. */
    public enum Unit {
        /** Steps of the optimizer. */
        STEPS,
        /** Examples whose gradient was taken, over the number of training examples. */
        EPOCHS,
        /** Time spent in steps; measuring and saving do not count. */
        SECONDS,
        /** All work, in units of one gradient over all training examples. */
        GRADIENTS
    }

    /**
     * Checks the amount.
     *
     * @param unit what is counted
     * @param amount how much of it
     * @throws IllegalArgumentException if it is not positive and finite
     */
    public Budget {
        if (!(amount > 0 && amount < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a budget of " + unit + " must be positive and finite, found " + amount);
        }
    }

    /**
     * A number of steps.
     *
     * @param amount positive
     * @return the budget
     */
    public static Budget steps(long amount) {
        return new Budget(Unit.STEPS, amount);
    }

    /**
     * A number of passes over the training examples.
     *
     * @param amount positive
     * @return the budget
     */
    public static Budget epochs(double amount) {
        return new Budget(Unit.EPOCHS, amount);
    }

    /**
     * A time.
     *
     * @param amount positive
     * @return the budget
     */
    public static Budget seconds(double amount) {
        return new Budget(Unit.SECONDS, amount);
    }

    /**
     * An amount of work.
     *
     * @param amount in units of one gradient over all training examples, positive
     * @return the budget
     */
    public static Budget gradients(double amount) {
        return new Budget(Unit.GRADIENTS, amount);
    }

    /**
     * The fraction that is spent.
     *
     * @param progress where training stands
     * @return from 0 on; 1 when it is used up
     */
    public double spent(Progress progress) {
        return switch (unit) {
            case STEPS -> progress.steps() / amount;
            case EPOCHS -> progress.epochs() / amount;
            case SECONDS -> progress.seconds() / amount;
            case GRADIENTS -> progress.gradients() / amount;
        };
    }

    /**
     * Whether the budget is used up. Work is a sum of fractions, so one part in 10^12 may be missing.
     *
     * @param progress where training stands
     * @return whether to end
     */
    public boolean isSpent(Progress progress) {
        return spent(progress) >= 1 - 1e-12;
    }

    @Override
    public String toString() {
        String number =
                amount == Math.rint(amount) && amount < 1e15 ? Long.toString((long) amount) : Double.toString(amount);
        String plural = unit.name().toLowerCase(Locale.ROOT);
        return number + " " + (amount == 1 ? plural.substring(0, plural.length() - 1) : plural);
    }
}
