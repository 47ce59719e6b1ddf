package dev.ravine.optim.firstorder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Limits of the gradient.
 *
 * @param norm the largest norm of the whole gradient, or infinite
 * @param value the largest size of an element, or infinite
 */
record Clipping(double norm, double value) {
    /** What a gradient is multiplied by. */
    double factor(double gradientNorm) {
        return Math.min(1, norm / (gradientNorm + 1e-6));
    }

    /** For the optimizer's name. */
    List<String> describe() {
        List<String> limits = new ArrayList<>();
        if (norm < Double.POSITIVE_INFINITY) {
            limits.add("clip norm=" + norm);
        }
        if (value < Double.POSITIVE_INFINITY) {
            limits.add("clip value=" + value);
        }
        return limits;
    }

    /** Tells by which factor a step shortened the gradient, if there is a limit. */
    void tell(Map<String, Double> telemetry, double gradientNorm, double clippedNorm) {
        if (value < Double.POSITIVE_INFINITY) {
            telemetry.put("clip_factor", gradientNorm == 0 ? 1 : clippedNorm / gradientNorm);
        } else if (norm < Double.POSITIVE_INFINITY) {
            telemetry.put("clip_factor", factor(gradientNorm));
        }
    }
}
