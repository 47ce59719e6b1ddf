package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.optim.firstorder.UpdateRule;

/**
 * The means of Adam: m of gradients and v of their squares.
 *
 * @param beta1 how slowly m forgets, from 0 to below 1
 * @param beta2 how slowly v forgets, from 0 to below 1
 * @param epsilon keeps the denominator from 0, positive
 */
record Moments(double beta1, double beta2, double epsilon) {
    Moments {
        Check.fraction("beta1", beta1);
        Check.fraction("beta2", beta2);
        Check.positive("epsilon", epsilon);
    }

    /** rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon), as PyTorch and AdamW. */
    UpdateRule corrected(long t, double rate) {
        return rule(rate / (1 - Math.pow(beta1, (double) t)), Math.sqrt(1 - Math.pow(beta2, (double) t)), epsilon);
    }

    /** The same with epsilon added to sqrt v before the correction, as SOAP's. */
    UpdateRule correctedLate(long t, double rate) {
        double root = Math.sqrt(1 - Math.pow(beta2, (double) t));
        return rule(rate / (1 - Math.pow(beta1, (double) t)), root, epsilon / root);
    }

    private UpdateRule rule(double rate, double root, double small) {
        return (count, theta, gradient, state) -> {
            double[] mean = state[0];
            double[] square = state[1];
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                mean[i] += (1 - beta1) * (g - mean[i]);
                square[i] += (1 - beta2) * (g * g - square[i]);
                gradient[i] = rate * mean[i] / (Math.sqrt(square[i]) / root + small);
            }
        };
    }
}
