package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.OptimizerState;
import java.util.Map;

/**
 * Lowers the learning rate when the loss stops improving, to the conventions of PyTorch's ReduceLROnPlateau. The
 * optimizer shows it the mean loss of each epoch (of each step, if a step takes all examples): the losses in its
 * reports, each from before its step, by the weights of their examples. What it has seen is part of the optimizer's
 * state.
 *
 * <p>An epoch is bad if its loss is not below (1 - threshold) times the best one so far; below (1 + threshold) times
 * it where that is negative. (PyTorch takes a negative loss that stands still for a better one.) After more than
 * {@code patience} bad epochs in a row the rate is multiplied by the factor, and for {@code cooldown} epochs none
 * counts as bad. A change of the rate by no more than 1e-8 is not made.
 *
 * @param factor of the learning rate, above 0 and below 1
 * @param patience how many bad epochs in a row are tolerated
 * @param threshold by which share the loss must improve, from 0 to below 1
 * @param cooldown epochs after a change in which none is bad
 * @param minimum below which the rate is not lowered
 */
public record Plateau(double factor, int patience, double threshold, int cooldown, double minimum) {
    private static final double SMALLEST_CHANGE = 1e-8;

    /**
     * Checks the settings.
     *
     * @param factor of the learning rate, above 0 and below 1
     * @param patience how many bad epochs in a row are tolerated
     * @param threshold by which share the loss must improve, from 0 to below 1
     * @param cooldown epochs after a change in which none is bad
     * @param minimum below which the rate is not lowered
     */
    public Plateau {
        Check.fraction("the plateau's factor", Check.positive("the plateau's factor", factor));
        Check.notNegative("the patience", patience);
        Check.fraction("the threshold", threshold);
        Check.notNegative("the cooldown", cooldown);
        Check.notNegative("the smallest learning rate", minimum);
    }

    /**
     * PyTorch's other defaults: threshold 1e-4, no cooldown, no minimum.
     *
     * @param factor of the learning rate, above 0 and below 1; PyTorch's default is 0.1
     * @param patience how many bad epochs in a row are tolerated; PyTorch's default is 10
     * @return settings
     */
    public static Plateau of(double factor, int patience) {
        return new Plateau(factor, patience, 1e-4, 0, 0);
    }

    /** The losses that one optimizer has seen so far. */
    static final class Watch {
        private final Plateau settings;
        private double scale = 1;
        private double best = Double.POSITIVE_INFINITY;
        private int bad;
        private int rest;
        private double sum;
        private double weight;

        Watch(Plateau settings) {
            this.settings = settings;
        }

        /** The learning rate where a schedule says another one. */
        double rate(double scheduled) {
            return Math.max(scheduled * scale, Math.min(scheduled, settings.minimum));
        }

        /** Adds a step's mean loss to those of the epoch, by the weight of its examples. */
        void see(double loss, double ofExamples) {
            sum += loss * ofExamples;
            weight += ofExamples;
        }

        /** Judges the epoch, whose last step had that learning rate. */
        void endEpoch(double rate) {
            judge(sum / weight, rate);
            sum = 0;
            weight = 0;
        }

        private void judge(double loss, double rate) {
            if (loss < best * (best < 0 ? 1 + settings.threshold : 1 - settings.threshold)) {
                best = loss;
                bad = 0;
            } else {
                bad++;
            }
            if (rest > 0) {
                rest--;
                bad = 0;
            }
            if (bad > settings.patience) {
                if (rate - Math.max(rate * settings.factor, settings.minimum) > SMALLEST_CHANGE) {
                    scale *= settings.factor;
                }
                rest = settings.cooldown;
                bad = 0;
            }
        }

        Map<String, Double> stateNumbers() {
            return Map.of(
                    "plateau scale",
                    scale,
                    "plateau best",
                    best,
                    "plateau bad",
                    (double) bad,
                    "plateau rest",
                    (double) rest,
                    "plateau sum",
                    sum,
                    "plateau examples",
                    weight);
        }

        /** Takes over all numbers, or none if one is out of range. */
        void restoreState(OptimizerState state) {
            double newScale = Check.positive("the state's 'plateau scale'", state.number("plateau scale"));
            double newBest = state.number("plateau best");
            double newSum = state.number("plateau sum");
            if (Double.isNaN(newBest) || !Double.isFinite(newSum)) {
                throw new IllegalArgumentException("the state's 'plateau best' must be a number, and 'plateau sum' a"
                        + " finite one, found " + newBest + " and " + newSum);
            }
            double newWeight = Check.notNegative("the state's 'plateau examples'", state.number("plateau examples"));
            int newBad = state.count("plateau bad", Integer.MAX_VALUE);
            int newRest = state.count("plateau rest", Integer.MAX_VALUE);
            weight = newWeight;
            scale = newScale;
            best = newBest;
            bad = newBad;
            rest = newRest;
            sum = newSum;
        }
    }
}
