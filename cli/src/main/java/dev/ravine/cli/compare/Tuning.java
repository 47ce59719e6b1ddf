package dev.ravine.cli.command;

import dev.ravine.optim.training.Progress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How the main setting of an optimizer was chosen: the value whose trial reached the lowest training objective.
 *
 * @param setting which
 * @param trials one for each value, all with the same share of the budget
 */
record Tuning(String setting, List<Trial> trials) {
    /**
     * A short run with one value.
     *
     * @param optimizer with the value
     * @param value of the setting
     * @param objective that it reached; not finite if it failed
     * @param progress where it ended
     */
    record Trial(OptimizerSpec optimizer, String value, double objective, Progress progress) {}

    /** The best trial; empty if none reached a finite objective. */
    Optional<Trial> best() {
        return trials.stream()
                .filter(trial -> Double.isFinite(trial.objective()))
                .min(Comparator.comparingDouble(Trial::objective));
    }

    /** Whether the best value is the smallest or largest number that was tried, so that a better one may lie beyond. */
    boolean isAtEdge() {
        return best().filter(trial -> MainSetting.of(trial.optimizer()).isNumber())
                .map(trials::indexOf)
                .filter(place -> place == 0 || place == trials.size() - 1)
                .isPresent();
    }

    double seconds() {
        return trials.stream().mapToDouble(t -> t.progress().seconds()).sum();
    }

    double gradients() {
        return trials.stream().mapToDouble(t -> t.progress().gradients()).sum();
    }
}
