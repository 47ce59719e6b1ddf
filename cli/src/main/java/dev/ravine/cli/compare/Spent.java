package dev.ravine.cli.compare;

import dev.ravine.cli.report.Chart;
import dev.ravine.optim.training.Progress;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The cost of a run in several units: the horizontal axes of charts and the last columns of tables. */
enum Spent {
    SECONDS("seconds", Progress::seconds),
    GRADIENTS("gradients over all training examples", Progress::gradients),
    EPOCHS("epochs", Progress::epochs),
    STEPS("steps", Progress::steps);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // a method reference
    private final ToDoubleFunction<Progress> amount;

    Spent(String label, ToDoubleFunction<Progress> amount) {
        this.label = label;
        this.amount = amount;
    }

    /** The heading of its column. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    double of(Progress progress) {
        return amount.applyAsDouble(progress);
    }

    Chart.Axis axis() {
        return new Chart.Axis(key(), label, false);
    }
}
