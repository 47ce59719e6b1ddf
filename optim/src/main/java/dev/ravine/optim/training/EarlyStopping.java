package dev.ravine.optim.training;

import dev.ravine.core.Check;
import java.util.LinkedHashMap;
import java.util.Map;

/** Watches a measured figure: when it was best, and for how many measurements it has not become better. */
final class EarlyStopping {
    private final String figure;
    private final boolean isBetterWhenLarger;
    private final int patience;
    private final double leastGain;
    private double best;
    private long bestStep = -1;
    private int waited;

    /**
     * Watches from now on.
     *
     * @param figure its name
     * @param isBetterWhenLarger which direction is good
     * @param patience measurements without gain after which to stop; 0 for never
     * @param leastGain what counts as better
     */
    EarlyStopping(String figure, boolean isBetterWhenLarger, int patience, double leastGain) {
        this.figure = figure;
        this.isBetterWhenLarger = isBetterWhenLarger;
        this.patience = patience;
        this.leastGain = leastGain;
    }

    /** Whether this is the best value so far. */
    boolean see(double value, long step) {
        double gain = isBetterWhenLarger ? value - best : best - value;
        if (bestStep < 0 ? !Double.isNaN(value) : gain > leastGain) {
            best = value;
            bestStep = step;
            waited = 0;
            return true;
        }
        waited++;
        return false;
    }

    boolean isOver() {
        return patience > 0 && waited >= patience;
    }

    String figure() {
        return figure;
    }

    boolean hasBest() {
        return bestStep >= 0;
    }

    TrainingResult.Best best() {
        return new TrainingResult.Best(figure, best, bestStep);
    }

    Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("best", best);
        numbers.put("best_step", (double) bestStep);
        numbers.put("waited", (double) waited);
        return numbers;
    }

    /** Takes over all numbers, or none if one is out of range. A run that did not watch has none of them. */
    void restoreState(Map<String, Double> numbers) {
        if (!numbers.containsKey("best_step")) {
            return;
        }
        long newStep = Check.whole("the checkpoint's 'best_step'", numbers.get("best_step"), -1, 1L << 53);
        double newWaited = numbers.getOrDefault("waited", Double.NaN);
        waited = (int) Check.whole("the checkpoint's 'waited'", newWaited, 0, Integer.MAX_VALUE);
        best = numbers.getOrDefault("best", Double.NaN);
        bestStep = newStep;
    }

    /** Its settings by name. */
    Map<String, Object> settings() {
        return Map.of("patience", patience, "gain", leastGain);
    }
}
