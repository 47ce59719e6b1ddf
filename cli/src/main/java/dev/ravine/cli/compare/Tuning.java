package dev.ravine.cli.compare;

import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.training.Progress;
import java.util.List;
import java.util.Optional;

/**
 * The trials of an optimizer's main setting. The value whose trial reached the lowest training objective is taken.
 *
 * @param main the setting
 * @param trials one for each value that was tried, all with the same share of the budget, in the order of values
 * @param left values that were not tried, since the others had used up the budget by their long steps
 * @param best the trial with the lowest objective, or empty if none reached a finite one
 */
public record Tuning(MainSetting main, List<Trial> trials, List<String> left, Optional<Trial> best) {
    /**
     * A short run with one value.
     *
     * @param optimizer with the value
     * @param value of the setting
     * @param objective at its end; not finite if it failed
     * @param progress where it ended
     */
    public record Trial(OptimizerSpec optimizer, String value, double objective, Progress progress) {}

    /** {@return the key of the setting} */
    public String setting() {
        return main.key();
    }

    /**
     * {@return whether the best value is the smallest or largest number that was tried: a better one may lie beyond it}
     */
    public boolean isAtEdge() {
        return best.filter(trial -> main.isNumber())
                .map(trials::indexOf)
                .filter(place -> place == 0 || place == trials.size() - 1)
                .isPresent();
    }

    /** {@return the training time of all trials} */
    public double seconds() {
        return trials.stream().mapToDouble(t -> t.progress().seconds()).sum();
    }

    /** {@return the work of all trials, in gradients over all training examples} */
    public double gradients() {
        return trials.stream().mapToDouble(t -> t.progress().gradients()).sum();
    }
}
