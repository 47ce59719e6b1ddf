package dev.ravine.optim.firstorder;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.StableText;
import dev.ravine.optim.ForwardingOptimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.Objective;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sharpness-aware minimization (Foret et al., ICLR 2021) around any first-order optimizer, which makes its step at
 * theta with the gradient of a point uphill:
 *
 * <pre>
 * g = gradient at theta
 * e = rho g / ||g||, or if adaptive e = rho T^2 g / ||T g|| with T = |theta| + eta
 * the optimizer's step from theta with the gradient at theta + e
 * </pre>
 *
 * <p>Both gradients are over the batch of the step, with the same noise. rho 0.05 is the paper's. The adaptive way is
 * that of Kwon et al., ICML 2021 (ASAM), whose eta is 0.01 and whose rho is about ten times as large; it does not
 * depend on the scale of a layer. Weight decay and clipping are those of the optimizer: the one sees theta, the other
 * the second gradient. Where the first gradient is 0, so is the step's.
 *
 * <p>A step costs two gradients of its batch. Memory: one vector more. The report has the loss at theta, the norm of
 * the second gradient, and by how much the loss rose uphill as "sharpness".
 *
 * <p>For better test errors of nets that fit their training data, at twice the cost of a step.
 */
public final class SharpnessAware extends ForwardingOptimizer {
    private final Ascent ascent;
    private final Arena arena = new Arena("the optimizer");
    private INDArray point;

    private SharpnessAware(Builder builder) {
        super(builder.base);
        this.ascent = new Ascent(builder.rho, builder.adaptive, builder.eta);
    }

    /**
     * Begins with rho 0.05, not adaptive.
     *
     * @param base makes the steps; taken over, and closed with the result
     * @return a builder
     */
    public static Builder builder(FirstOrder base) {
        return new Builder(base);
    }

    @Override
    public StepReport step(Objective objective, INDArray theta) {
        return arena.lifetime().during(() -> stepOnce(objective, theta));
    }

    private StepReport stepOnce(Objective objective, INDArray theta) {
        if (point == null || point.length() != theta.length() || point.dataType() != theta.dataType()) {
            point = arena.allocate(DType.of(theta), Shape.of(theta.length()));
        }
        PerturbedObjective perturbed = new PerturbedObjective(objective, ascent, point);
        StepReport report = super.step(perturbed, theta);
        Map<String, Double> telemetry = new LinkedHashMap<>(report.telemetry());
        telemetry.put("sharpness", perturbed.sharpness());
        return new StepReport(
                report.step(),
                report.loss(),
                report.lossAfter(),
                report.gradientNorm(),
                report.stepNorm(),
                report.examples(),
                report.cost(),
                report.accepted(),
                report.reason(),
                report.model(),
                telemetry);
    }

    /**
     * {@return the name of the optimizer that makes the steps, such as {@code sgd(lr=0.1), sharpness-aware rho=0.05}}
     */
    @Override
    public String name() {
        return super.name() + ", sharpness-aware rho=" + ascent.rho()
                + (ascent.adaptive() ? " adaptive eta=" + ascent.eta() : "");
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new LinkedHashMap<>(super.settings());
        all.put("sharpness_aware", StableText.of(ascent));
        return all;
    }

    @Override
    public void close() {
        arena.close();
        super.close();
    }

    /** Settings of {@link SharpnessAware}. */
    public static final class Builder {
        private final FirstOrder base;
        private double rho = 0.05;
        private boolean adaptive;
        private double eta = 0.01;

        private Builder(FirstOrder base) {
            this.base = Objects.requireNonNull(base, "base");
        }

        /**
         * How far uphill the gradient is taken.
         *
         * @param radius positive
         * @return this
         */
        public Builder rho(double radius) {
            this.rho = Check.positive("rho", radius);
            return this;
        }

        /**
         * Whether each element's part of the way is in the scale of the element (ASAM).
         *
         * @param on false without it
         * @return this
         */
        public Builder adaptive(boolean on) {
            this.adaptive = on;
            return this;
        }

        /**
         * What the adaptive way adds to the size of each element, so that elements that are 0 take part.
         *
         * @param scale not negative; 0.01 without it
         * @return this
         */
        public Builder eta(double scale) {
            this.eta = Check.notNegative("eta", scale);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public SharpnessAware build() {
            return new SharpnessAware(this);
        }
    }
}
