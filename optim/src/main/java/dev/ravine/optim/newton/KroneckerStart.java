package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.kronecker.RateModel;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** K-FAC's step: the direction of the preconditioner and the last solution, combined by the exact damped model. */
final class KroneckerStart {
    private KroneckerStart() {}

    /**
     * Computes the step.
     *
     * @param model the step's, at the point of the linearization
     * @param linearization over the curvature's examples
     * @param curvature the model's matrix
     * @param inverse the preconditioner
     * @param last the last solution, perhaps zero
     * @param out overwritten with the step
     * @return rate, momentum, and the model's value there, damping included
     */
    static RateModel.Best compute(
            QuadraticModel model,
            Linearization linearization,
            Curvature curvature,
            LinearOperator inverse,
            INDArray last,
            INDArray out) {
        inverse.apply(model.gradient(), out);
        Vectors.scale(-1, out);
        List<INDArray> both = List.of(out, last);
        double[][] forms = linearization.forms(curvature, both);
        RateModel.Best best = RateModel.over(forms, model.l2() + model.damping(), model.gradient(), both, true);
        Vectors.scale(best.rate(), out);
        Vectors.axpy(best.momentum(), last, out);
        return best;
    }
}
