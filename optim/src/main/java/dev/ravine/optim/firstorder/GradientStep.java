package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step of a {@link WholeRule}: where it begins, and the gradient that it turns into the step.
 *
 * @param objective what is minimised
 * @param theta the parameters, not to be changed
 * @param scope the examples and the noise of the gradient
 * @param gradient after clipping, with weight decay if that is added to it; overwritten with the step, which is then
 *     subtracted from theta
 * @param number of the step, from 1
 * @param parts what may change, with learning rates; outside of it the gradient is zero and must stay so
 */
public record GradientStep(
        Objective objective, INDArray theta, Scope scope, INDArray gradient, long number, List<Part> parts) {
    /**
     * Copies the list.
     *
     * @param objective what is minimised
     * @param theta the parameters
     * @param scope the examples and the noise of the gradient
     * @param gradient overwritten with the step
     * @param number of the step, from 1
     * @param parts what may change
     */
    public GradientStep {
        parts = Check.noNulls("the parts of a step", parts);
    }

    /**
     * A group of parameters in one step.
     *
     * @param spans what may change
     * @param rate its learning rate
     * @param decay its weight decay; for a {@link WholeRule} the decoupled one alone
     */
    public record Part(List<Span> spans, double rate, double decay) {
        /**
         * Copies the list.
         *
         * @param spans what may change
         * @param rate its learning rate
         * @param decay its weight decay
         */
        public Part {
            spans = Check.noNulls("the spans of a part", spans);
        }

        Part withoutDecay() {
            return new Part(spans, rate, 0);
        }
    }
}
