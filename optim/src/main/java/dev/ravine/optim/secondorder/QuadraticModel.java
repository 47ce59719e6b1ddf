package dev.ravine.optim.secondorder;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The model of an objective near a point: q(p) = g'p + p'(A + S + l2 I + damping I) p / 2. Curvature, L2 and damping
 * are held apart because they are used apart: the step solves with all three, while the predicted change leaves the
 * damping out.
 *
 * @param gradient g, L2 included
 * @param curvature A, of the data term
 * @param l2 the weight of L2
 * @param damping the shift that keeps steps short
 * @param stiffened A + S, of which S keeps hidden states where they are and belongs to the damping; A if there is no S
 */
public record QuadraticModel(
        INDArray gradient, LinearOperator curvature, double l2, double damping, LinearOperator stiffened) {
    /**
     * A model without structural damping.
     *
     * @param gradient g, L2 included
     * @param curvature A, of the data term
     * @param l2 the weight of L2
     * @param damping the shift that keeps steps short
     */
    public QuadraticModel(INDArray gradient, LinearOperator curvature, double l2, double damping) {
        this(gradient, curvature, l2, damping, curvature);
    }

    /** {@return the matrix that a step solves with, A + S + l2 I + damping I} */
    public LinearOperator damped() {
        return stiffened.shifted(l2 + damping);
    }

    /** {@return whether there is structural damping} */
    public boolean isStiffened() {
        return stiffened != curvature;
    }

    /**
     * The change of the objective that the model predicts, without damping. Costs one product.
     *
     * @param step p
     * @param scratch overwritten with A p, of p's length
     * @return g'p + p'(A + l2 I) p / 2
     */
    public double predictedChange(INDArray step, INDArray scratch) {
        return Vectors.dot(gradient, step) + along(curvature, l2, step, scratch) / 2;
    }

    /**
     * The model's own change, damping included. Costs one product.
     *
     * @param step p
     * @param scratch overwritten, of p's length
     * @return q(p)
     */
    public double dampedChange(INDArray step, INDArray scratch) {
        return Vectors.dot(gradient, step) + along(stiffened, l2 + damping, step, scratch) / 2;
    }

    /**
     * Where the model, damping included, has its minimum along a step. Costs one product.
     *
     * @param step p
     * @param scratch overwritten, of p's length
     * @return the rate that minimises q(rate p), -g'p / p'(A + S + l2 I + damping I) p; negative or infinite if there
     *     is no minimum ahead
     */
    public double bestRate(INDArray step, INDArray scratch) {
        return -Vectors.dot(gradient, step) / along(stiffened, l2 + damping, step, scratch);
    }

    /** p'(matrix + shift I) p. */
    private static double along(LinearOperator matrix, double shift, INDArray step, INDArray scratch) {
        matrix.apply(step, scratch);
        return Vectors.dot(step, scratch) + shift * Vectors.dot(step, step);
    }
}
