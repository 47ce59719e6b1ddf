package dev.ravine.examples;

import java.util.Locale;

/** How much each optimizer may spend: seconds of steps, work in gradients over all training examples, or epochs. */
record Budget(Unit unit, double amount) {
    /** What is counted. */
    enum Unit {
        SECONDS,
        GRADIENTS,
        EPOCHS
    }

    /** The part of the budget that was spent, 1 when it is used up. */
    double spent(double seconds, double gradients, double epochs) {
        return switch (unit) {
            case SECONDS -> seconds / amount;
            case GRADIENTS -> gradients / amount;
            case EPOCHS -> epochs / amount;
        };
    }

    @Override
    public String toString() {
        return amount + " " + unit.name().toLowerCase(Locale.ROOT);
    }
}
