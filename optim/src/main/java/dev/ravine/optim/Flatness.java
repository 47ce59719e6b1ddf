package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells whether values of a function hide what is left to gain: whether the function is the same number at a point, at
 * the minimum that its gradient and its Hessian promise, and as far again behind it. Then no method that compares values
 * can come closer, though the gradient may have all its digits, as that of log(1 + x^2) has where 1 + x^2 is 1.
 *
 * <p>The promised minimum is the end of a Newton step, by conjugate gradients. Where one of them meets a curvature that
 * is not positive, there is none.
 */
final class Flatness {
    private static final int MOST_PRODUCTS = 200;
    private static final double LEFT = 1e-3;

    private Flatness() {}

    /**
     * Tests a point. Costs up to 200 products with the Hessian and three values.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param value of the function there
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer knows what may be followed
     * @return whether values hide the way to the minimum
     */
    static boolean hides(Objective objective, INDArray x, double value, INDArray gradient, Optimizer optimizer) {
        INDArray step = Arena.create(DType.of(x), Shape.of(x.length()));
        if (!newtonStep(objective, x, gradient, step)) {
            return false;
        }
        INDArray point = Arena.create(DType.of(x), Shape.of(x.length()));
        for (double rate : new double[] {0.5, 1, 2}) {
            Vectors.copy(step, point);
            Vectors.scale(-rate, point);
            optimizer.project(x, point);
            Vectors.scale(-1, point);
            Vectors.axpy(1, x, point);
            if (objective.value(point, Scope.all()) != value) {
                return false;
            }
        }
        return true;
    }

    /** Writes the step out; returns whether there is one. */
    private static boolean newtonStep(Objective objective, INDArray x, INDArray gradient, INDArray out) {
        try (Linearization linearization = objective.linearize(x, Scope.all());
                ConjugateGradient solver =
                        new ConjugateGradient(MOST_PRODUCTS, (i, phi, residual, first) -> residual <= LEFT * first)) {
            LinearOperator hessian =
                    LinearOperator.of(linearization, Curvature.HESSIAN).shifted(objective.l2());
            ConjugateGradient.Result found = solver.minimise(hessian, gradient);
            Vectors.copy(found.x(), out);
            return found.stopped() == Stop.STOP_RULE || found.stopped() == Stop.SOLVED;
        }
    }
}
