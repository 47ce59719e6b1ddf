package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Buffer;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = (x - mean) / sqrt(variance + epsilon) times {@code gain} plus {@code bias}, with mean and variance of each
 * channel over all examples and places of a batch (Ioffe and Szegedy, ICML 2015). From [examples, ..., channels] to the
 * same shape; gain and bias are [channels].
 *
 * <p>In training, mean and variance are those of the batch, and derivatives of any order go through them. So rows mix:
 * an objective computes each of its scopes as one batch, and statistics of single examples are refused with the path of
 * this layer. In evaluation, they are the buffers {@code running_mean} and {@code running_var}, which
 * {@link dev.ravine.nn.RunningStatistics} computes from data at the present parameters. There is no momentum.
 *
 * <p>A layer that is {@link #heldInCurvature} has the same outputs, gradient and Hessian, but mean and variance are
 * constants for Gauss-Newton and Fisher matrices: frozen for the step of a second-order method. Their products then are
 * those of a frozen layer with the statistics of the batch.
 *
 * <p>A {@link #frozen} layer takes the buffers in training, too. Its rows do not mix, and every curvature and statistic
 * works.
 */
public final class BatchNorm extends Module {
    private final long channels;
    private final double epsilon;
    private final Statistics statistics;
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
        this(channels, epsilon, Statistics.OF_BATCH);
    }

    /** Where mean and variance come from in training. */
    private enum Statistics {
        OF_BATCH,
        HELD_IN_CURVATURE,
        FROZEN
    }

    private BatchNorm(long channels, double epsilon, Statistics statistics) {
        this.channels = Check.atLeastOne("batchNorm: channels", channels);
        this.epsilon = Check.notNegative("batchNorm: epsilon", epsilon);
        this.statistics = statistics;
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
        return new BatchNorm(channels, epsilon, Statistics.FROZEN);
    }

    /**
     * {@return a layer whose mean and variance are those of the batch in training, and constants in matrices J' M J}
     * They are frozen for the curvature of a step, which then is that of a net whose examples do not mix.
     *
     * @param channels size of the last axis
     * @param epsilon added to the variance, at least 0
     */
    public static BatchNorm heldInCurvature(long channels, double epsilon) {
        return new BatchNorm(channels, epsilon, Statistics.HELD_IN_CURVATURE);
    }

    /** {@return the number that is added to the variance} */
    public double epsilon() {
        return epsilon;
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireLast("batchNorm", x, channels);
        Tensor y = takesBatch()
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
        if (statistics == Statistics.HELD_IN_CURVATURE) {
            Tensor centred = rows.sub(batchMean.heldInCurvature());
            Tensor scale =
                    rows.sub(batchMean).square().meanKeeping(0).add(epsilon).sqrt();
            return centred.div(scale.heldInCurvature()).reshape(x.shape());
        }
        return rows.transpose().standardize(epsilon).transpose().reshape(x.shape());
    }

    @Override
    public boolean rowsMix() {
        return takesBatch();
    }

    @Override
    protected boolean readsBuffers() {
        return !takesBatch();
    }

    private boolean takesBatch() {
        return isTraining() && statistics != Statistics.FROZEN;
    }
}
