package dev.ravine.benchmarks;

/** A subject's times of one quantity, taken one after the other. */
final class Series {
    private static final double SAMPLE_SECONDS = 0.1;
    private static final double WARM_UP_SECONDS = 1;

    private final Subject subject;
    private final Quantity quantity;
    private final double[] milliseconds;
    private int runs = 1;

    Series(Subject subject, Quantity quantity, int repetitions) {
        this.subject = subject;
        this.quantity = quantity;
        this.milliseconds = new double[repetitions];
    }

    /** The median of all samples: milliseconds a run. */
    double median() {
        return Timing.median(milliseconds);
    }

    /** Compiles and fills caches, then takes all samples without a pause. */
    void measure() {
        warmUp();
        for (int i = 0; i < milliseconds.length; i++) {
            milliseconds[i] = sample();
        }
    }

    /** Sets how many runs make a sample that the clock can resolve. */
    private void warmUp() {
        double once = sample();
        long start = System.nanoTime();
        do {
            runs = (int) Math.max(1, Math.ceil(SAMPLE_SECONDS * 1000 / once));
            once = sample();
        } while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9);
        runs = (int) Math.max(1, Math.ceil(SAMPLE_SECONDS * 1000 / once));
    }

    private double sample() {
        return Timing.nanoseconds(subject, quantity, runs) / 1e6 / runs;
    }
}
