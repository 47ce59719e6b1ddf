package dev.ravine.benchmarks;

import java.util.Arrays;

/** How a run is timed and repeated runs are summed up. */
final class Timing {
    private Timing() {}

    /** The time of some runs in a row, taken where the subject is. */
    static long nanoseconds(Subject subject, Quantity quantity, int runs) {
        if (subject instanceof ChildSubject child) {
            return child.nanoseconds(quantity, runs);
        }
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            subject.run(quantity);
        }
        return System.nanoTime() - start;
    }

    static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
