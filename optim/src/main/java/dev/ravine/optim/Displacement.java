package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step of a length along a direction, theta += rate step. It may be so short that no element of theta changes.
 *
 * @param step the direction
 * @param rate how far to go along it
 * @param theta the point
 */
public record Displacement(INDArray step, double rate, INDArray theta) {
    /**
     * Checks that the vectors fit.
     *
     * @param step the direction
     * @param rate how far to go along it
     * @param theta the point
     * @throws ShapeException if the step has another dtype or another number of elements than the point
     */
    public Displacement {
        Check.vector("a step", step, DType.of(theta), theta.length());
    }

    /** The words for a displacement that changes nothing. */
    public static final String NONE = "the step is too short to change any element of theta";

    /**
     * Moves theta.
     *
     * @return whether an element of it has changed
     */
    public boolean apply() {
        return apply(Workers.CALLER);
    }

    /**
     * Moves theta.
     *
     * @param workers threads that share the elements; the result does not depend on how many
     * @return whether an element of it has changed
     */
    public boolean apply(Workers workers) {
        if (isVisible()) {
            SharedVectors.axpy(rate, step, theta, workers);
            return true;
        }
        INDArray before = Arena.copyOf(theta);
        Vectors.axpy(rate, step, theta);
        return !Vectors.equal(before, theta);
    }

    /** Whether an element is sure to change, since its own change is at least a unit in its last place. */
    private boolean isVisible() {
        Elements p = Elements.of(step);
        Elements x = Elements.of(theta);
        boolean isSingle = DType.of(theta) == DType.FLOAT32;
        for (int i = 0, n = p.size(); i < n; i++) {
            double unit = isSingle ? Math.ulp((float) x.get(i)) : Math.ulp(x.get(i));
            if (Math.abs(rate * p.get(i)) >= unit) {
                return true;
            }
        }
        return false;
    }
}
