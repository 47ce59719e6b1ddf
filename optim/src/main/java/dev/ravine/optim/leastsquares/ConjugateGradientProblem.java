package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** (G + mu D^2) p = -g by products, to a residual of min(1/2, sqrt ||g||) ||g||; D is a multiple of I. */
final class ConjugateGradientProblem implements DampedLeastSquares {
    private static final int MAX_ITERATIONS = 1000;

    private final Arena arena = new Arena("the optimizer");
    private double forcing;
    private final ConjugateGradient solver =
            new ConjugateGradient(MAX_ITERATIONS, (i, phi, residual, first) -> residual <= forcing * first);
    private final INDArray scratch;
    private Point point;
    private Linearization linearization;

    ConjugateGradientProblem(Objective objective) {
        scratch = arena.allocate(objective.dtype(), Shape.of(objective.size()));
    }

    @Override
    public double[] moveTo(Point at) {
        point = at;
        linearization = at.objective().linearize(at.theta(), at.scope());
        forcing = Math.min(0.5, Math.sqrt(at.gradientNorm()));
        linearization.gaussNewton(at.gradient(), scratch);
        double curvature = Vectors.dot(at.gradient(), scratch) / (at.gradientNorm() * at.gradientNorm());
        double[] norms = new double[(int) at.objective().size()];
        Arrays.fill(norms, curvature > 0 ? Math.sqrt(curvature) : 0);
        return norms;
    }

    @Override
    public Solution solve(double mu, double[] scales, INDArray step) {
        LinearOperator gaussNewton = LinearOperator.of(linearization, Curvature.GAUSS_NEWTON);
        double damping = mu * scales[0] * scales[0];
        QuadraticModel model = new QuadraticModel(
                point.gradient(), gaussNewton, point.objective().l2(), damping);
        ConjugateGradient.Result cg = solver.minimise(model.damped(), point.gradient());
        Vectors.copy(cg.x(), step);
        double predicted = model.predictedChange(step, scratch);
        return new Solution(
                mu, predicted, cg.iterations(), cg.stopped(), cg.stopped().name(), cg.smallestCurvature());
    }

    @Override
    public void leave() {
        linearization.close();
    }

    @Override
    public void close() {
        solver.close();
        arena.close();
    }
}
