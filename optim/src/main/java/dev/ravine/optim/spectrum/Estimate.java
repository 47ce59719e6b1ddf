package dev.ravine.optim.spectrum;

/**
 * A mean over random probes.
 *
 * @param value the mean
 * @param standardError the standard deviation of the probes over the square root of their number
 */
public record Estimate(double value, double standardError) {
    /** With fewer samples, their spread is no measure of the error: all of them may be equal by chance. */
    private static final int ENOUGH = 10;

    /**
     * This estimate, with an error that does not rely on the spread of a few samples.
     *
     * @param samples how many there were
     * @param variance of a sample, estimated in another way
     */
    Estimate orAtLeast(int samples, double variance) {
        return samples >= ENOUGH ? this : new Estimate(value, Math.max(standardError, Math.sqrt(variance / samples)));
    }

    /** The mean of some numbers, at least two. */
    static Estimate of(double[] samples) {
        double mean = 0;
        for (double sample : samples) {
            mean += sample / samples.length;
        }
        double squares = 0;
        for (double sample : samples) {
            squares += (sample - mean) * (sample - mean);
        }
        return new Estimate(mean, Math.sqrt(squares / (samples.length - 1.0) / samples.length));
    }
}
