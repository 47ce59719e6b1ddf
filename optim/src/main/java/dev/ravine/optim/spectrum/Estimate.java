package dev.ravine.optim.spectrum;

/**
 * A mean over random probes.
 *
 * @param value the mean
 * @param standardError the standard deviation of the probes over the square root of their number
 */
public record Estimate(double value, double standardError) {
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
