package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Buffer;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = (x - mean) / sqrt(variance + epsilon) times {@code gain} plus {@code bias}, with mean and variance of each channel
 * over all examples and places of a batch (Ioffe and Szegedy, ICML 2015). From [examples, ..., channels] to the same
 * shape; gain and bias are [channels].
 *
 * <p>In training, mean and variance are those of the batch, and derivatives of any order go through them. So rows mix: an
 * objective computes each of its scopes as one batch, and statistics of single examples are refused with the path of this
 * layer. In evaluation, they are the buffers {@code running_mean} and {@code running_var}, which
 * {@link dev.ravine.nn.RunningStatistics} computes from data at the present parameters. There is no momentum.
 *
 * <p>A {@link #frozen} layer takes the buffers in training, too. Its rows do not mix, and every curvature and statistic
 * works.
 */
public final class BatchNorm extends Module {
    private final long channels;
    private final double epsilon;
    private final boolean isFrozen;
    private final Parameter gain;
    private final Parameter bias;
    private final Buffer mean;
    private final Buffer variance;

    /**
     * Makes a layer with epsilon 1e-5.
     *
     * @param channels size of the last axis
     */
    public BatchNorm(long channels) {
        this(channels, 1e-5);
    }

    /**
     * Makes a layer.
     *
     * @param channels size of the last axis
     * @param epsilon added to the variance, at least 0
     */
    public BatchNorm(long channels, double epsilon) {
        this(channels, epsilon, false);
    }

    private BatchNorm(long channels, double epsilon, boolean isFrozen) {
        this.channels = Check.atLeastOne("batchNorm: channels", channels);
        this.epsilon = Check.notNegative("batchNorm: epsilon", epsilon);
        this.isFrozen = isFrozen;
        gain = parameter("gain", Initializer.ones(), channels);
        bias = parameter("bias", Initializer.zeros(), channels);
        mean = buffer("running_mean", 0, channels);
        variance = buffer("running_var", 1, channels);
    }

    /**
     * {@return a layer whose mean and variance are its buffers in training, too, as constants} They are loaded, or
     * begin with mean 0 and variance 1.
     *
     * @param channels size of the last axis
     * @param epsilon added to the variance, at least 0
     */
    public static BatchNorm frozen(long channels, double epsilon) {
        return new BatchNorm(channels, epsilon, true);
    }

    /** {@return the number that is added to the variance} */
    public double epsilon() {
        return epsilon;
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireLast("batchNorm", x, channels);
        Tensor y = isTraining() && !isFrozen
                ? standardized(x)
                : x.sub(mean.tensor()).div(variance.tensor().add(epsilon).sqrt());
        return y.mul(gain.tensor()).add(bias.tensor());
    }

    private Tensor standardized(Tensor x) {
        Tensor rows = Sizes.rows(x);
        long count = rows.shape().size(0);
        if (count < 2) {
            throw new ShapeException("batchNorm: a batch of " + x.shape() + " has one number in each channel, which"
                    + " standardization would turn into 0; train with at least 2 examples, or take BatchNorm.frozen");
        }
        Tensor batchMean = rows.meanKeeping(0);
        track(mean, batchMean.reshape(channels));
        track(variance, rows.sub(batchMean).square().sum(0).div((double) count - 1));
        return rows.transpose().standardize(epsilon).transpose().reshape(x.shape());
    }

    @Override
    public boolean rowsMix() {
        return isTraining() && !isFrozen;
    }
}
