package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Rounding;
import dev.ravine.optim.objective.Scope;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells whether a point is a minimum as far as values can tell: whether the Hessian there is positive definite, and the
 * fall g'H^-1 g / 2 to the minimum of its model is within the rounding of the function. The gradient may then have digits
 * left, and steps may still fail, since values cannot confirm them. The units of function and parameters do not matter.
 *
 * <p>The rounding is the larger of what the size of the value lets expect and what values close by show, see
 * {@link RoundingFloor}. The model counts only if it holds where its minimum is: the gradient there may promise no more
 * than that rounding either, with the same Hessian. At a kink, on a plateau and at a saddle the Hessian is not positive
 * definite.
 */
final class RemainingGain {
    /** The Hessian of more parameters is not written out. */
    private static final int MOST_PARAMETERS = 200;

    private RemainingGain() {}

    /**
     * Tests a point of at most 200 parameters. Costs a product with the Hessian for each of them and 13 gradients.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param value of the function there
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer knows what may be followed
     * @return whether what is left to gain is hidden; false for more parameters
     */
    static boolean isHidden(Objective objective, INDArray x, double value, INDArray gradient, Optimizer optimizer) {
        if (x.length() > MOST_PARAMETERS) {
            return false;
        }
        double[] g = Arena.toDoubles(gradient);
        try (Linearization linearization = objective.linearize(x, Scope.all());
                DenseMatrix hessian = new DenseMatrix(g.length)) {
            hessian.assign(LinearOperator.of(linearization, Curvature.HESSIAN), DType.of(x));
            hessian.addToDiagonal(objective.l2());
            hold(hessian, g);
            if (!hessian.isFinite() || !hessian.factorize(0)) {
                return false;
            }
            double[] step = hessian.solve(g);
            double hidden = Math.max(
                    Rounding.possible(value, DType.of(x)),
                    RoundingFloor.noiseOfValues(objective, x, gradient, optimizer));
            return gain(hessian, g) <= hidden && gain(hessian, gradientAfter(objective, x, step, optimizer)) <= hidden;
        }
    }

    private static double gain(DenseMatrix hessian, double[] g) {
        return DenseMatrix.dot(g, hessian.solve(g)) / 2;
    }

    /** What may not be followed gets a curvature of its own. */
    private static void hold(DenseMatrix hessian, double[] g) {
        for (int i = 0; i < g.length; i++) {
            for (int j = 0; j < g.length && g[i] == 0; j++) {
                hessian.set(i, j, i == j ? 1 : 0);
                hessian.set(j, i, i == j ? 1 : 0);
            }
        }
    }

    /** The gradient at the end of a step, where it may be followed. */
    private static double[] gradientAfter(Objective objective, INDArray x, double[] step, Optimizer optimizer) {
        double[] point = Arena.toDoubles(x);
        Arrays.setAll(point, i -> point[i] - step[i]);
        INDArray slopes = Arena.create(DType.of(x), Shape.of(step.length));
        objective.gradient(Arena.of(DType.of(x), Shape.of(step.length), point), Scope.all(), slopes);
        optimizer.project(x, slopes);
        return Arena.toDoubles(slopes);
    }
}
