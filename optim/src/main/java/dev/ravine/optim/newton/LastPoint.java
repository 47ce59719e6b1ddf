package dev.ravine.optim.newton;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where the last step began, for the step s = theta' - theta and the change of the gradient y = g' - g along it. */
final class LastPoint {
    /** A pair whose s'y is at most this part of ||s|| ||y|| says nothing about the curvature. */
    private static final double CLEARLY_POSITIVE = 1e-10;

    private final UnaryOperator<INDArray> newVector;
    private INDArray theta;
    private INDArray gradient;
    private boolean isKnown;

    /** Takes its memory from an optimizer. */
    LastPoint(UnaryOperator<INDArray> newVector) {
        this.newVector = newVector;
    }

    boolean isKnown() {
        return isKnown;
    }

    /** The gradient there. */
    INDArray gradient() {
        return gradient;
    }

    /** Remembers where an accepted step begins. */
    void keep(Point at) {
        keep(at.theta(), at.gradient());
    }

    private void keep(INDArray newTheta, INDArray newGradient) {
        if (theta == null) {
            theta = newVector.apply(newTheta);
            gradient = newVector.apply(newGradient);
        }
        Vectors.copy(newTheta, theta);
        Vectors.copy(newGradient, gradient);
        isKnown = true;
    }

    void forget() {
        isKnown = false;
    }

    /** Writes s and y up to a point, and returns s'y; the last point is forgotten. */
    double change(Point at, INDArray s, INDArray y) {
        Vectors.copy(at.theta(), s);
        Vectors.axpy(-1, theta, s);
        Vectors.copy(at.gradient(), y);
        Vectors.axpy(-1, gradient, y);
        isKnown = false;
        return Vectors.dot(s, y);
    }

    /** Whether s'y is clearly positive. */
    static boolean isCurved(double product, INDArray s, INDArray y) {
        return product > CLEARLY_POSITIVE * Vectors.norm(s) * Vectors.norm(y);
    }

    /** Forgets a gradient from a time when what is frozen now was not; it would move it. */
    void restrict(List<Span> spans) {
        isKnown &= isKnown && Span.isZeroOutside(spans, gradient);
    }

    void putState(Map<String, INDArray> vectors) {
        if (isKnown) {
            vectors.put("last_theta", theta);
            vectors.put("last_gradient", gradient);
        }
    }

    double stateNumber() {
        return isKnown ? 1.0 : 0.0;
    }

    void restore(OptimizerState state, boolean wasKnown) {
        isKnown = wasKnown;
        if (wasKnown) {
            keep(state.vector("last_theta"), state.vector("last_gradient"));
        }
    }
}
