package dev.ravine.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One subject's times of one quantity, measured in turn with others. */
final class Series {
    private static final double SAMPLE_SECONDS = 0.1;
    private static final double WARM_UP_SECONDS = 0.6;
    private static final int WARM_UP_ROUNDS = 5;

    final String kind;
    final Subject subject;
    final Quantity quantity;
    private final double[] milliseconds;
    private int runs = 1;

    Series(String kind, Subject subject, Quantity quantity, int repetitions) {
        this.kind = kind;
        this.subject = subject;
        this.quantity = quantity;
        this.milliseconds = new double[repetitions];
    }

    /** The median of all samples: milliseconds a run. */
    double median() {
        return Timing.median(milliseconds);
    }

    /**
     * Takes all samples, one of each series in turn, so that a change of the machine's speed meets all alike, and each
     * round in another order, so that nobody always comes after the same one. The first rounds are not counted:
     * compilers still work on what the mixture of calls taught them.
     */
    static void measure(List<Series> all) {
        all.forEach(Series::warmUp);
        List<Series> turns = new ArrayList<>(all);
        Random order = new Random(1);
        for (int r = -WARM_UP_ROUNDS; r < all.get(0).milliseconds.length; r++) {
            Collections.shuffle(turns, order);
            for (Series series : turns) {
                double time = series.sample();
                if (r >= 0) {
                    series.milliseconds[r] = time;
                }
                rest();
            }
        }
    }

    /** Compiles and fills caches, then sets how many runs make a sample that the clock can resolve. */
    private void warmUp() {
        sample();
        double once = sample();
        runs = (int) Math.max(1, Math.ceil(SAMPLE_SECONDS * 1000 / once));
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9) {
            once = sample();
        }
        runs = (int) Math.max(1, Math.ceil(SAMPLE_SECONDS * 1000 / once));
    }

    private double sample() {
        return Timing.nanoseconds(subject, quantity, runs) / 1e6 / runs;
    }

    /** Threads that spin after their work must not take time from the next subject. */
    private static void rest() {
        try {
            Thread.sleep(60);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The fastest variant of a kind, or null if none computes the quantity. */
    static Series best(List<Series> all, String kind, Quantity quantity) {
        return all.stream()
                .filter(s -> s.kind.startsWith(kind) && s.quantity == quantity)
                .min((a, b) -> Double.compare(a.median(), b.median()))
                .orElse(null);
    }
}
