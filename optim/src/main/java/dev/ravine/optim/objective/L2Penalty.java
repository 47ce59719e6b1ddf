package dev.ravine.optim.objective;

import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * weight / 2 ||theta||^2 over the stretches of theta that are trained.
 *
 * @param weight not negative
 */
record L2Penalty(double weight) {
    /** The value at a point. */
    double value(INDArray theta, List<Span> spans) {
        if (weight == 0) {
            return 0;
        }
        Elements point = Elements.of(theta);
        double squares = 0;
        for (Span span : spans) {
            squares += Vectors.dot(point, point, span.from(), span.to());
        }
        return weight / 2 * squares;
    }

    /** Adds the gradient, weight theta. */
    void addGradient(INDArray theta, List<Span> spans, INDArray gradient) {
        if (weight == 0) {
            return;
        }
        Elements point = Elements.of(theta);
        Elements out = Elements.of(gradient);
        for (Span span : spans) {
            Vectors.axpy(weight, point, out, span.from(), span.to());
        }
    }
}
