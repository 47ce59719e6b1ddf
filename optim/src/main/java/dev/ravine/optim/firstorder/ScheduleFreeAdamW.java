package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Schedule;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Schedule-free AdamW (Defazio et al., "The road less scheduled", NeurIPS 2024), which averages its points instead of
 * letting its rate decay. It goes on three points: z makes the steps, x is their weighted mean, and gradients are taken
 * at y in between; at step t, from 1, with weight decay w:
 *
 * <pre>
 * y = (1 - beta1) z + beta1 x
 * g = gradient at y
 * v = beta2 v + (1 - beta2) g^2
 * z -= lr (g / (sqrt(v / (1 - beta2^t)) + epsilon) + w y)
 * x = (1 - c) x + c z        c = a_t / (a_1 + ... + a_t),   a_t = t^r (largest scheduled lr up to step t)^p
 * </pre>
 *
 * <p>lr 0.0025, beta1 0.9, beta2 0.999, epsilon 1e-8, w = 0, r = 0 and p = 2 are those of the authors' code. Theta is x
 * throughout, so what is measured, saved or predicted with is the mean. The loss and the gradient's norm in a report
 * are those at y, {@link Builder#measureLossAfter} measures x.
 *
 * <p>Weight decay that is added to the gradient is that of y, too. All groups average with the weights of the
 * optimizer's own schedule. What lowers rates from outside of the schedule leaves the weights as they are.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, z - x, v, and y.
 *
 * <p>For runs whose length is not known beforehand: there is no schedule to choose, and every point on the way is as
 * good as the end of a schedule for it. Its best rates are one to ten times those of AdamW with a schedule. A warm-up
 * still helps: {@code learningRate(Schedule.warmUp(...))}.
 */
public final class ScheduleFreeAdamW extends FirstOrder {
    private final Moments moments;
    private final double ratePower;
    private final double stepPower;
    private final Schedule schedule;
    private INDArray point;
    /** Of the weights up to the step {@code summed}. */
    private double sum;

    private double weight;
    private double largestRate;
    private long summed;

    private ScheduleFreeAdamW(Builder builder) {
        super(builder, "offset", "square");
        this.moments = builder.moments();
        this.ratePower = builder.ratePower;
        this.stepPower = builder.stepPower;
        this.schedule = common.rest().schedule();
    }

    /**
     * Begins with learning rate 0.0025, betas 0.9 and 0.999, epsilon 1e-8, weight decay decoupled but 0, batches of
     * 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder().decoupledWeightDecay(true);
    }

    /** y = x + (1 - beta1) (z - x). */
    @Override
    INDArray gradientPoint(INDArray theta) {
        if (point == null) {
            point = vectors.newVector(theta);
        }
        Vectors.copy(theta, point);
        Vectors.axpy(1 - moments.beta1(), vectors.named().get("offset"), point);
        return point;
    }

    /** The rule decays weights itself, since they decay at y. */
    @Override
    UpdatePart update(GradientStep.Part part, long step, double clipFactor) {
        UpdateFrame frame = new UpdateFrame(clipFactor, common.clipping().value(), 0, 1);
        return new UpdatePart(rule(step, part.rate(), part.decay()), frame, part.spans());
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return rule(step, rate, common.rest().decay());
    }

    private UpdateRule rule(long step, double rate, double decay) {
        return new Rule(
                rate,
                averaging(step),
                moments.squareCorrection(step),
                common.decoupled() ? 0 : decay,
                common.decoupled() ? decay : 0,
                moments);
    }

    /** c, from weights that are added in the order of steps, so that it has the same bits after a resume. */
    private double averaging(long step) {
        if (step < summed) {
            summed = 0;
            sum = 0;
            largestRate = 0;
        }
        while (summed < step) {
            largestRate = Math.max(largestRate, schedule.at(summed));
            summed++;
            weight = Math.pow((double) summed, stepPower) * Math.pow(largestRate, ratePower);
            sum += weight;
        }
        return sum > 0 ? weight / sum : 0;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return moments.settings(Map.of("rate_power", ratePower, "step_power", stepPower));
    }

    @Override
    public String name() {
        return nameOf("schedule-free");
    }

    /** The rule of one step, in terms of x and the offset z - x. */
    private record Rule(double rate, double take, double correction, double added, double decoupled, Moments moments)
            implements UpdateRule {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] offset = state[0];
            double[] v = state[1];
            double toward = 1 - moments.beta1();
            double keep = moments.beta2();
            double small = moments.epsilon();
            for (int i = 0; i < count; i++) {
                double y = theta[i] + toward * offset[i];
                double g = gradient[i] + added * y;
                v[i] = keep * v[i] + (1 - keep) * g * g;
                double direction = g / (Math.sqrt(v[i] / correction) + small) + decoupled * y;
                double ahead = offset[i] - rate * direction;
                gradient[i] = -take * ahead;
                offset[i] = (1 - take) * ahead;
            }
        }

        @Override
        public Map<String, Double> telemetry() {
            return Map.of("averaging", take);
        }
    }

    /** Settings of {@link ScheduleFreeAdamW}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private double ratePower = 2;
        private double stepPower;

        private Builder() {
            super(2.5e-3);
        }

        /**
         * How the mean weighs the point after step t: by t^ofStep times (the largest scheduled rate so far)^ofRate.
         *
         * @param ofRate not negative; 2 without it
         * @param ofStep not negative; 0 without it, more forgets the first points sooner
         * @return this
         */
        public Builder weights(double ofRate, double ofStep) {
            this.ratePower = Check.notNegative("the power of the rate", ofRate);
            this.stepPower = Check.notNegative("the power of the step", ofStep);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public ScheduleFreeAdamW build() {
            return new ScheduleFreeAdamW(this);
        }
    }
}
