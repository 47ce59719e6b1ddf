package dev.ravine.optim.secondorder;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The model of an objective near a point: q(p) = g'p + p'(A + S + l2 I + damping I) p / 2. Curvature, L2 and damping are
 * held apart because they are used apart: the step solves with all three, while the predicted change leaves the damping
 * out.
 *
 * @param gradient g, L2 included
 * @param curvature A, of the data term
 * @param l2 the weight of L2
 * @param damping the shift that keeps steps short
 * @param structural S, which keeps hidden states where they are; damping, as its name says; null if there is none
 */
public record QuadraticModel(
        INDArray gradient, LinearOperator curvature, double l2, double damping, LinearOperator structural) {
    /**
     * A model without structural damping.
     *
     * @param gradient g, L2 included
     * @param curvature A, of the data term
     * @param l2 the weight of L2
     * @param damping the shift that keeps steps short
     */
    public QuadraticModel(INDArray gradient, LinearOperator curvature, double l2, double damping) {
        this(gradient, curvature, l2, damping, null);
    }

    /** {@return the matrix that a step solves with, A + S + l2 I + damping I} */
    public LinearOperator damped() {
        LinearOperator matrix = structural == null ? curvature : curvature.plus(structural);
        return matrix.shifted(l2 + damping);
    }

    /**
     * The change of the objective that the model predicts, without damping. Costs one product.
     *
     * @param step p
     * @param scratch overwritten with A p, of p's length
     * @return g'p + p'(A + l2 I) p / 2
     */
    public double predictedChange(INDArray step, INDArray scratch) {
        curvature.apply(step, scratch);
        double quadratic = Vectors.dot(step, scratch) + l2 * Vectors.dot(step, step);
        return Vectors.dot(gradient, step) + quadratic / 2;
    }

    /**
     * The model's own change, damping included. Costs one product, or two with structural damping.
     *
     * @param step p
     * @param scratch overwritten, of p's length
     * @return q(p)
     */
    public double dampedChange(INDArray step, INDArray scratch) {
        return predictedChange(step, scratch) + dampingAlong(step, scratch) / 2;
    }

    /** p'(S + damping I) p. */
    private double dampingAlong(INDArray step, INDArray scratch) {
        double shift = damping * Vectors.dot(step, step);
        if (structural == null) {
            return shift;
        }
        structural.apply(step, scratch);
        return shift + Vectors.dot(step, scratch);
    }

    /**
     * Where the model, damping included, has its minimum along a step. Costs one product, or two with structural damping.
     *
     * @param step p
     * @param scratch overwritten, of p's length
     * @return the rate that minimises q(rate p), -g'p / p'(A + S + l2 I + damping I) p; negative or infinite if there is no
     *     minimum ahead
     */
    public double bestRate(INDArray step, INDArray scratch) {
        double slope = Vectors.dot(gradient, step);
        double curvatureAlong = 2 * (predictedChange(step, scratch) - slope) + dampingAlong(step, scratch);
        return -slope / curvatureAlong;
    }
}
