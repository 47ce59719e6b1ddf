package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.SteihaugConjugateGradient;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** By products with J'J, to a residual of min(1/2, sqrt ||g||) ||g|| or to the boundary; D is a multiple of I. */
final class ConjugateGradientProblem implements LinearizedProblem {
    private static final int MAX_ITERATIONS = 1000;

    private final Arena arena = new Arena("the optimizer");
    private final SteihaugConjugateGradient solver = new SteihaugConjugateGradient(MAX_ITERATIONS);
    private double forcing;
    /**
     * Without a ball there is no boundary to go to where rounding shows no curvature; this one keeps the last iterate.
     */
    private final ConjugateGradient unbounded =
            new ConjugateGradient(MAX_ITERATIONS, (i, phi, residual, first) -> residual <= forcing * first);

    private final INDArray scratch;
    private Point point;
    private Linearization linearization;
    private QuadraticModel model;

    ConjugateGradientProblem(Objective objective) {
        scratch = arena.allocate(objective.dtype(), Shape.of(objective.size()));
    }

    @Override
    public double[] moveTo(Point at) {
        point = at;
        linearization = at.objective().linearize(at.theta(), at.scope());
        LinearOperator gaussNewton = LinearOperator.of(linearization, Curvature.GAUSS_NEWTON);
        model = new QuadraticModel(at.gradient(), gaussNewton, at.objective().l2(), 0);
        double[] scales = new double[(int) at.objective().size()];
        Arrays.fill(scales, 1);
        return scales;
    }

    @Override
    public Solution solve(double radius, double[] scales, INDArray step) {
        forcing = Math.min(0.5, Math.max(Math.sqrt(point.gradientNorm()), Math.ulp(1.0)));
        if (radius == UNBOUNDED) {
            ConjugateGradient.Result cg = unbounded.minimise(model.damped(), point.gradient());
            Vectors.copy(cg.x(), step);
            String detail = cg.stopped().name();
            return new Solution(
                    0, predictedChange(step), cg.iterations(), cg.stopped(), detail, cg.smallestCurvature());
        }
        double tolerance = forcing * point.gradientNorm();
        SteihaugConjugateGradient.Result found =
                solver.solve(model.damped(), point.gradient(), radius / scales[0], tolerance);
        Vectors.copy(found.step(), step);
        return new Solution(
                found.atBoundary() ? Double.NaN : 0,
                predictedChange(step),
                found.iterations(),
                found.stopped(),
                found.stopped().name(),
                found.smallestCurvature());
    }

    @Override
    public double predictedChange(INDArray step) {
        return model.predictedChange(step, scratch);
    }

    @Override
    public void leave() {
        linearization.close();
    }

    @Override
    public void close() {
        solver.close();
        unbounded.close();
        arena.close();
    }
}
