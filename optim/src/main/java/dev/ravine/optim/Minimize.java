package dev.ravine.optim;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Minimises a plain function of a vector, or a sum of squares. {@link HessianFree} and {@link BlockNewton} need the
 * curvature {@link dev.ravine.autodiff.Curvature#HESSIAN} for a plain function; {@link LevenbergMarquardt} and
 * {@link GaussNewton} need {@link #leastSquares}. All other optimizers take both as they are:
 *
 * <pre>{@code
 * Minimize.Result found = Minimize.of(x -> x.square().sum()).from(3, 4).with(TrustRegionNewton.builder().build());
 * }</pre>
 *
 * <p>The search has converged when the norm of the gradient is small enough and the optimizer sees no way to leave a
 * saddle, or when ten accepted steps in a row changed the function by less than rounding error and did not get shorter
 * either. It also ends after fifty rejected steps in a row, and at a limit of steps. The result says which.
 */
public final class Minimize {
    private static final int HOPELESS_REJECTIONS = 50;

    private final UnaryOperator<Tensor> function;
    private final boolean isLeastSquares;
    private INDArray start;
    private int maxSteps = 1000;
    private double tolerance = 1e-8;

    private Minimize(UnaryOperator<Tensor> function, boolean isLeastSquares) {
        this.function = function;
        this.isLeastSquares = isLeastSquares;
    }

    /**
     * Where the search ended.
     *
     * @param x the point
     * @param value the function there
     * @param gradientNorm the norm of its gradient there
     * @param steps how many steps were made, rejected ones included
     * @param converged whether the gradient is within the tolerance, or rounding hides what is left to gain
     * @param reason why it ended
     */
    public record Result(INDArray x, double value, double gradientNorm, int steps, boolean converged, String reason) {}

    /**
     * Begins with a function.
     *
     * @param function from a tensor of shape [n] to one with one element
     * @return a search without a start
     */
    public static Minimize of(UnaryOperator<Tensor> function) {
        return new Minimize(function, false);
    }

    /**
     * Begins with residuals: half the sum of their squares is minimised.
     *
     * @param residuals from a tensor of shape [n] to one of any shape
     * @return a search without a start, also for {@link LevenbergMarquardt} and {@link GaussNewton} with QR
     */
    public static Minimize leastSquares(UnaryOperator<Tensor> residuals) {
        Minimize search = new Minimize(residuals, true);
        search.tolerance = 0;
        return search;
    }

    /**
     * Where to begin, in double precision.
     *
     * @param x0 at least one number
     * @return this
     */
    public Minimize from(double... x0) {
        return from(Arena.of(DType.FLOAT64, Shape.of(x0.length), x0));
    }

    /**
     * Where to begin.
     *
     * @param x0 a floating-point vector, which is not changed and whose dtype all is computed in
     * @return this
     */
    public Minimize from(INDArray x0) {
        if (x0.rank() != 1 || x0.isEmpty() || !DType.of(x0).isFloating()) {
            throw new IllegalArgumentException(
                    "a start must be a vector of FLOAT32 or FLOAT64 with at least one element," + " found "
                            + DType.of(x0) + " " + Shape.of(x0));
        }
        this.start = Arena.copyOf(x0);
        return this;
    }

    /**
     * The limit of steps.
     *
     * @param steps at least 1; 1000 without it
     * @return this
     */
    public Minimize maxSteps(int steps) {
        this.maxSteps = Check.atLeastOne("the limit of steps", steps);
        return this;
    }

    /**
     * The norm of the gradient at which the search ends.
     *
     * @param norm positive; 1e-8 without it, or 0 for least squares, whose gradient has the scale of the residuals
     * @return this
     */
    public Minimize tolerance(double norm) {
        this.tolerance = Check.positive("the tolerance", norm);
        return this;
    }

    /**
     * Searches.
     *
     * @param optimizer a new one; the caller closes it
     * @return where the search ended
     * @throws IllegalStateException if there is no start
     * @throws NonFiniteLossException if the function or its gradient is not finite where the optimizer went
     */
    public Result with(Optimizer optimizer) {
        if (start == null) {
            throw new IllegalStateException("there is no start; give one with from(...)");
        }
        INDArray x = Arena.copyOf(start);
        INDArray gradient = Arena.create(DType.of(x), Shape.of(x.length()));
        Stagnation stagnation = new Stagnation(DType.of(x));
        int rejections = 0;
        String last = "";
        try (Objective objective = objective(x)) {
            for (int steps = 0; ; steps++) {
                double value = objective.gradient(x, Scope.all(), gradient);
                double norm = Vectors.norm(gradient);
                if (norm <= tolerance && !optimizer.canLeave(objective, x)) {
                    String reason = norm == 0 ? "the gradient is zero" : "the gradient's norm is within " + tolerance;
                    return new Result(x, value, norm, steps, true, reason);
                }
                if (stagnation.isReached()) {
                    String reason = "the function and the steps have shrunk to rounding";
                    return new Result(x, value, norm, steps, true, reason);
                }
                if (rejections == HOPELESS_REJECTIONS) {
                    String reason = rejections + " steps in a row were rejected; the last: " + last;
                    return new Result(x, value, norm, steps, false, reason);
                }
                if (steps == maxSteps) {
                    return new Result(x, value, norm, steps, false, "the limit of " + maxSteps + " steps");
                }
                StepReport report = optimizer.step(objective, x);
                stagnation.see(report);
                rejections = report.accepted() ? 0 : rejections + 1;
                last = report.reason();
            }
        }
    }

    private Objective objective(INDArray x) {
        return isLeastSquares
                ? new ResidualObjective(DType.of(x), x.length(), function)
                : new FunctionObjective(DType.of(x), x.length(), function);
    }
}
