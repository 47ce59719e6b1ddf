package dev.ravine.optim.matrix;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * B g^2 with the gradient g of the mean loss over the B examples of a step, at targets drawn from the model: the
 * Gauss-Newton-Bartlett estimate (Liu et al., 2024). Its expectation is the diagonal of the Fisher matrix, which is
 * that of the Gauss-Newton matrix. L2 is left out.
 */
final class BartlettDiagonal implements DiagonalEstimate {
    /** The sum over examples of the gradient at drawn targets. */
    private enum DrawnGradient implements Statistic {
        INSTANCE;

        @Override
        public List<Tensor> of(ModelGraph graph) {
            Tensor drawn = graph.outputCurvature().sampled();
            return Autodiff.vjp(List.of(graph.outputs()), graph.parameters(), List.of(drawn));
        }

        @Override
        public String toString() {
            return "the gradient at drawn targets";
        }
    }

    @Override
    public double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    @Override
    public void estimate(GradientStep at, INDArray out) {
        Objective objective = at.objective();
        objective.statistic(at.theta(), at.scope(), DrawnGradient.INSTANCE, out);
        Vectors.multiply(out, out, out);
        Vectors.scale(at.scope().count(objective.examples()), out);
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
