package dev.ravine.optim;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Vectors;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Minimises a plain function of a vector with any optimizer:
 *
 * <pre>{@code
 * Minimize.Result found = Minimize.of(x -> x.square().sum()).from(3, 4).with(TrustRegionNewton.builder().build());
 * }</pre>
 *
 * <p>It ends when the norm of the gradient is small enough (and the optimizer sees no way to leave a saddle), when so many steps in a row were rejected that nothing more
 * is to be expected, or at a limit of steps; the result says which.
 */
public final class Minimize {
    private static final int HOPELESS_REJECTIONS = 50;

    private final UnaryOperator<Tensor> function;
    private INDArray start;
    private int maxSteps = 1000;
    private double tolerance = 1e-8;

    private Minimize(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    /**
     * Where the search ended.
     *
     * @param x the point
     * @param value the function there
     * @param gradientNorm the norm of its gradient there
     * @param steps how many steps were made, rejected ones included
     * @param converged whether the gradient is within the tolerance
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
        return new Minimize(function);
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
     * @param norm positive; 1e-8 without it
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
        int rejections = 0;
        String last = "";
        try (FunctionObjective objective = new FunctionObjective(DType.of(x), x.length(), function)) {
            for (int steps = 0; ; steps++) {
                double value = objective.gradient(x, Scope.all(), gradient);
                double norm = Vectors.norm(gradient);
                if (norm <= tolerance && !optimizer.canLeave(objective, x)) {
                    return new Result(x, value, norm, steps, true, "the gradient's norm is within " + tolerance);
                }
                if (rejections == HOPELESS_REJECTIONS) {
                    String reason = rejections + " steps in a row were rejected; the last: " + last;
                    return new Result(x, value, norm, steps, false, reason);
                }
                if (steps == maxSteps) {
                    return new Result(x, value, norm, steps, false, "the limit of " + maxSteps + " steps");
                }
                StepReport report = optimizer.step(objective, x);
                rejections = report.accepted() ? 0 : rejections + 1;
                last = report.reason();
            }
        }
    }
}
