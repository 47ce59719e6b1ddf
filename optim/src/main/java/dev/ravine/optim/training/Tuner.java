package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.core.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds good settings by trials, one after another. Settings are a number, a text, or a record of the caller's, drawn
 * at random:
 *
 * <pre>{@code
 * Tuner.Result<Double> found = Tuner.random(
 *         rng -> Tuner.logUniform(rng, 1e-4, 1), 20, Budget.epochs(2), 1, (rate, budget) -> validationLoss(rate, budget));
 * }</pre>
 *
 * <p>All trials of a round have the same budget. A trial whose loss is not finite is worse than every other one.
 */
public final class Tuner {
    /** All trials together may cost this part of their budget. */
    private static final double OVERRUN = 1.1;

    /** All are kept in memory. */
    private static final int MOST_TRIALS = 1_000_000;

    private Tuner() {}

    /**
     * Trains from the start with some settings.
     *
     * @param <S> settings
     */
    @FunctionalInterface
    public interface Run<S> {
        /**
         * {@return how bad the settings are, such as a loss on validation data; smaller is better}
         *
         * @param settings to train with
         * @param budget that training may use
         * @throws IOException if training fails to read or write
         */
        double loss(S settings, Budget budget) throws IOException;
    }

    /**
     * Trains from the start with some settings, and says what that cost.
     *
     * @param <S> settings
     */
    @FunctionalInterface
    public interface MeteredRun<S> {
        /**
         * {@return how bad the settings are, and what finding out has cost}
         *
         * @param settings to train with
         * @param budget that training may use; the last step may overrun it
         * @throws IOException if training fails to read or write
         */
        Ended run(S settings, Budget budget) throws IOException;
    }

    /**
     * The end of a trial.
     *
     * @param loss how bad its settings are; may be not finite
     * @param spent what it cost, in the unit of its budget; infinite to try no more
     */
    public record Ended(double loss, double spent) {}

    /**
     * A trial.
     *
     * @param <S> settings
     * @param settings that were tried
     * @param budget that it had
     * @param loss how bad they were; may be not finite
     */
    public record Trial<S>(S settings, Budget budget, double loss) {
        private double rank() {
            return Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY;
        }
    }

    /**
     * What was found.
     *
     * @param <S> settings
     * @param best the trial with the least loss, among those with the largest budget
     * @param trials all, in their order
     */
    public record Result<S>(Trial<S> best, List<Trial<S>> trials) {
        /** The best settings, and how many were tried. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%s with loss %.6g after %d trials", best.settings(), best.loss(), trials.size());
        }
    }

    /**
     * {@return a number between two others, whose logarithm is uniform, as rates and weights are drawn}
     *
     * @param rng draws it
     * @param low positive
     * @param high larger
     * @throws IllegalArgumentException if the limits are not positive or not in order
     */
    public static double logUniform(Rng rng, double low, double high) {
        if (!(low > 0 && high > low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException(
                    "a log-uniform number needs 0 < low < high, both finite, found " + low + " and " + high);
        }
        return Math.exp(Math.log(low) + rng.nextDouble() * (Math.log(high) - Math.log(low)));
    }

    /**
     * {@return the best of some random settings, each with the same budget (Bergstra and Bengio, JMLR 13, 2012)}
     *
     * @param <S> settings
     * @param drawn makes settings from random numbers
     * @param trials how many, at least 1
     * @param each the budget of a trial
     * @param seed the same seed draws the same settings
     * @param run trains
     * @throws IllegalArgumentException if there are no trials, or no loss is finite
     * @throws IOException if a run fails to read or write
     */
    public static <S> Result<S> random(Function<Rng, S> drawn, int trials, Budget each, long seed, Run<S> run)
            throws IOException {
        requireTrials(trials);
        List<Trial<S>> all = round(draw(drawn, trials, seed), each, run);
        return new Result<>(required(all), all);
    }

    /**
     * {@return the best of some random settings by successive halving (Jamieson and Talwalkar, AISTATS 2016)} In the
     * first round all are tried with a small budget; the best 1 / factor of them go on to the next round, until one is
     * left. All rounds spend the same in all, and all trials of a round the same, so that a trial's budget grows with
     * each round. Trials begin anew in each round.
     *
     * @param <S> settings
     * @param drawn makes settings from random numbers
     * @param trials of the first round, at least as many as the factor
     * @param factor at least 2, often 3
     * @param whole the budget of all trials together
     * @param seed the same seed draws the same settings
     * @param run trains
     * @throws IllegalArgumentException if a number is too small, or no loss of a round is finite
     * @throws IOException if a run fails to read or write
     */
    public static <S> Result<S> halving(
            Function<Rng, S> drawn, int trials, int factor, Budget whole, long seed, Run<S> run) throws IOException {
        requireTrials(trials);
        if (factor < 2 || trials < factor) {
            throw new IllegalArgumentException("successive halving needs a factor of at least 2, and as many trials,"
                    + " found the factor " + factor + " and " + trials + " trials");
        }
        int rounds = 0;
        for (int left = trials; left >= factor; left /= factor) {
            rounds++;
        }
        List<Trial<S>> all = new ArrayList<>();
        List<S> candidates = draw(drawn, trials, seed);
        Trial<S> best = null;
        for (int i = 0; i < rounds; i++) {
            Budget each = new Budget(whole.unit(), whole.amount() / rounds / candidates.size());
            List<Trial<S>> round = round(candidates, each, run);
            all.addAll(round);
            best = required(round);
            candidates = round.stream()
                    .sorted(Comparator.comparingDouble(Trial::rank))
                    .limit(candidates.size() / factor)
                    .map(Trial::settings)
                    .toList();
        }
        return new Result<>(best, List.copyOf(all));
    }

    /**
     * {@return trials of given settings in their order, each with an equal share of a budget}
     *
     * <p>A trial ends with the step that uses up its share, so long steps overrun it. The budget is kept all the same,
     * by trying less: no trial begins that would exceed the budget by more than a tenth if it cost as much as the
     * dearest so far. The first one always begins, so only a single trial can cost more.
     *
     * @param <S> settings
     * @param settings at least one, the most promising first
     * @param whole the budget of all trials together
     * @param run trains
     * @throws IllegalArgumentException if there are no settings
     * @throws IOException if a run fails to read or write
     */
    public static <S> List<Trial<S>> listed(List<S> settings, Budget whole, MeteredRun<S> run) throws IOException {
        requireTrials(Check.noNulls("the settings", settings).size());
        Budget each = new Budget(whole.unit(), whole.amount() / settings.size());
        List<Trial<S>> trials = new ArrayList<>();
        double spent = 0;
        double dearest = 0;
        for (S one : settings) {
            if (spent + dearest > OVERRUN * whole.amount()) {
                break;
            }
            Ended ended = run.run(one, each);
            trials.add(new Trial<>(one, each, ended.loss()));
            spent += ended.spent();
            dearest = Math.max(dearest, ended.spent());
        }
        return List.copyOf(trials);
    }

    /**
     * {@return the trial with the least loss; empty if no loss is finite}
     *
     * @param <S> settings
     * @param trials with equal budgets
     */
    public static <S> Optional<Trial<S>> best(List<Trial<S>> trials) {
        return Check.noNulls("the trials", trials).stream()
                .filter(trial -> Double.isFinite(trial.loss()))
                .min(Comparator.comparingDouble(Trial::loss));
    }

    private static void requireTrials(int trials) {
        if (trials < 1) {
            throw new IllegalArgumentException("a search needs at least 1 trial, found " + trials);
        }
        if (trials > MOST_TRIALS) {
            throw new IllegalArgumentException(
                    "a search keeps all trials, at most " + MOST_TRIALS + ", found " + trials);
        }
    }

    private static <S> List<S> draw(Function<Rng, S> drawn, int trials, long seed) {
        Rng rng = new Rng(seed);
        List<S> settings = new ArrayList<>();
        for (int i = 0; i < trials; i++) {
            settings.add(drawn.apply(rng.split(i)));
        }
        return settings;
    }

    private static <S> List<Trial<S>> round(List<S> candidates, Budget each, Run<S> run) throws IOException {
        List<Trial<S>> trials = new ArrayList<>();
        for (S settings : candidates) {
            trials.add(new Trial<>(settings, each, run.loss(settings, each)));
        }
        return List.copyOf(trials);
    }

    private static <S> Trial<S> required(List<Trial<S>> trials) {
        return best(trials)
                .orElseThrow(() -> new IllegalArgumentException("no loss of " + trials.size() + " trials with "
                        + trials.get(0).budget() + " is finite; draw from other settings"));
    }
}
