package dev.ravine.optim.matlab;

import dev.ravine.core.Check;
import java.util.List;
import java.util.Locale;

/**
 * What happened in a training; MATLAB's {@code tr}.
 *
 * @param trainFcn the name of the training function
 * @param stop why it ended
 * @param epochs how many there were: steps, rejected ones included
 * @param perf the performance before the first epoch and after each one, on the training data
 * @param vperf the same on the validation data, after each epoch; empty without validation data
 * @param gradient the norm of the performance's gradient at the beginning of each epoch; with trainbr, that of what it
 *     minimises
 * @param mu the damping of each epoch's step; empty for functions without mu
 * @param gamk the effective number of parameters in each epoch; empty but for trainbr
 * @param bestEpoch the epoch, from 1, after which vperf was smallest; the last one without validation data. The net has
 *     its parameters, unless {@code max_fail} is 0
 */
public record TrainingRecord(
        String trainFcn,
        Stop stop,
        int epochs,
        List<Double> perf,
        List<Double> vperf,
        List<Double> gradient,
        List<Double> mu,
        List<Double> gamk,
        int bestEpoch) {
    /** Why a training ended. */
    public enum Stop {
        /** The number of epochs is reached. */
        EPOCHS,
        /** The time is used up. */
        TIME,
        /** The performance is at most the goal. */
        GOAL,
        /** The gradient is at most {@code min_grad}. */
        MIN_GRAD,
        /** Mu is above {@code mu_max}: no step makes the performance better. */
        MU_MAX,
        /** The validation performance has not become better for {@code max_fail} epochs. */
        VALIDATION,
        /** A step was rejected and would be rejected again. */
        STALLED
    }

    /**
     * Copies the lists.
     *
     * @param trainFcn the name of the training function
     * @param stop why it ended
     * @param epochs how many there were
     * @param perf before the first epoch and after each one
     * @param vperf after each epoch, or empty
     * @param gradient of each epoch
     * @param mu of each epoch, or empty
     * @param gamk of each epoch, or empty
     * @param bestEpoch from 1
     * @throws IllegalArgumentException if there is no performance before the first epoch
     */
    public TrainingRecord {
        perf = Check.noNulls("perf", perf);
        if (perf.isEmpty()) {
            throw new IllegalArgumentException(
                    "a training record needs the performance before the first epoch, and then"
                            + " after each one, found an empty list");
        }
        vperf = Check.noNulls("vperf", vperf);
        gradient = Check.noNulls("gradient", gradient);
        mu = Check.noNulls("mu", mu);
        gamk = Check.noNulls("gamk", gamk);
    }

    /** {@return the performance at the end of the last epoch, on the training data} */
    public double lastPerf() {
        return perf.get(perf.size() - 1);
    }

    /** {@return the smallest validation performance; not a number without validation data} */
    public double bestVperf() {
        return vperf.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    /** {@return the training in one line} */
    @Override
    public String toString() {
        String line = String.format(
                Locale.ROOT,
                "%s: %d epochs, perf %.5g -> %.5g, stopped by %s",
                trainFcn,
                epochs,
                perf.get(0),
                lastPerf(),
                stop);
        String validation = vperf.isEmpty()
                ? ""
                : String.format(Locale.ROOT, ", best vperf %.5g at epoch %d", bestVperf(), bestEpoch);
        String parameters = gamk.isEmpty()
                ? ""
                : String.format(Locale.ROOT, ", %.3g effective parameters", gamk.get(gamk.size() - 1));
        return line + validation + parameters;
    }
}
