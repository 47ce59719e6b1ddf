package dev.ravine.benchmarks;

/** Comparison of results. */
final class Numbers {
    private Numbers() {}

    /** The norm of the difference over the norm of the expected vector. */
    static double relativeDifference(float[] found, float[] expected) {
        if (found.length != expected.length) {
            throw new IllegalArgumentException("found " + found.length + " numbers, expected " + expected.length);
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            double d = (double) found[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }
}
