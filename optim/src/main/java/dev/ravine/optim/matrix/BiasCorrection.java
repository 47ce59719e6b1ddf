package dev.ravine.optim.matrix;

import dev.ravine.optim.firstorder.Moments;
import dev.ravine.optim.firstorder.UpdateRule;

/** Adam's rule, with means m of gradients and v of their squares that are corrected because they began as zeros. */
final class BiasCorrection {
    private BiasCorrection() {}

    /** rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon), as PyTorch and AdamW. */
    static UpdateRule atOnce(Moments moments, long t, double rate) {
        return rule(
                moments, rate / moments.meanCorrection(t), Math.sqrt(moments.squareCorrection(t)), moments.epsilon());
    }

    /** The same with epsilon added to sqrt v before the correction, as SOAP's. */
    static UpdateRule afterEpsilon(Moments moments, long t, double rate) {
        double root = Math.sqrt(moments.squareCorrection(t));
        return rule(moments, rate / moments.meanCorrection(t), root, moments.epsilon() / root);
    }

    private static UpdateRule rule(Moments moments, double rate, double root, double small) {
        double takeMean = 1 - moments.beta1();
        double takeSquare = 1 - moments.beta2();
        return (count, theta, gradient, state) -> {
            double[] mean = state[0];
            double[] square = state[1];
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                mean[i] += takeMean * (g - mean[i]);
                square[i] += takeSquare * (g * g - square[i]);
                gradient[i] = rate * mean[i] / (Math.sqrt(square[i]) / root + small);
            }
        };
    }
}
