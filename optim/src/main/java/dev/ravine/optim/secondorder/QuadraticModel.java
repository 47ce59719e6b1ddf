package dev.ravine.optim.secondorder;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Scope;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The model of an objective near a point: q(p) = g'p + p'(A + l2 I + damping I) p / 2. Curvature, L2 and damping are held
 * apart, since they are used apart: the step solves with all three, the predicted change leaves the damping out.
 *
 * @param gradient g, L2 included
 * @param curvature A, of the data term
 * @param l2 the weight of L2
 * @param damping the shift that keeps steps short
 */
public record QuadraticModel(INDArray gradient, LinearOperator curvature, double l2, double damping) {
    /**
     * The matrix that a step solves with.
     *
     * @return A + l2 I + damping I
     */
    public LinearOperator damped() {
        return curvature.shifted(l2 + damping);
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
     * Actual over predicted change of the objective over the examples that the curvature went over, of the full step.
     *
     * @param at where the model is
     * @param examples over which the actual change is taken
     * @param step p
     * @param trial overwritten, of p's length
     * @param predicted the change that the model predicts; not asked for if the objective rose
     * @return the ratio; minus infinity if the objective rose
     */
    public static double reductionRatio(
            SecondOrder.Point at, Scope examples, INDArray step, INDArray trial, DoubleSupplier predicted) {
        double before = at.objective().value(at.theta(), examples);
        StepValues values = new StepValues(at.objective(), examples, at.theta(), before, at.gradient(), trial);
        double change = values.at(step, 1) - before;
        return change > 0 ? Double.NEGATIVE_INFINITY : change / predicted.getAsDouble();
    }
}
