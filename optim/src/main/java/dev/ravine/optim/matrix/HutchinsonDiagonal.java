package dev.ravine.optim.matrix;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * v * (H v) with random signs v and the Hessian H of the loss, L2 included (Hutchinson; Bekas, Kokiopoulou and Saad,
 * 2007). Gradient and product come from one linearization. The signs follow from the noise of the step's scope.
 */
final class HutchinsonDiagonal implements DiagonalEstimate {
    private Linearization pinned;

    @Override
    public double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        close();
        pinned = objective.linearize(theta, scope);
        return objective.gradient(pinned, theta, out);
    }

    @Override
    public void estimate(GradientStep at, INDArray out) {
        INDArray signs = Arena.copyOf(out);
        Elements elements = Elements.of(signs);
        Rng rng = new Rng(at.scope().noise()).split("signs");
        for (int i = 0; i < elements.size(); i++) {
            elements.set(i, rng.nextDouble() < 0.5 ? -1 : 1);
        }
        Span.clearOutside(at.objective().trainable(), signs);
        pinned.hessian(signs, out);
        close();
        Vectors.axpy(at.objective().l2(), signs, out);
        Vectors.multiply(out, signs, out);
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
            pinned = null;
        }
    }
}
