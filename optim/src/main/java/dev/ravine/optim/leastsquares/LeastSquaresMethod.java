package dev.ravine.optim.leastsquares;

import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The common part of methods for sums of squares: they linearize the residuals, and a linear problem gives the step.
 */
abstract class LeastSquaresMethod extends SecondOrder {
    /** Null to choose by the objective. */
    private final LeastSquaresSolver solver;

    private final int limit;
    private LinearizedProblem problem;
    private Objective linearized;
    private INDArray step;
    private INDArray trial;

    LeastSquaresMethod(LeastSquaresSettings<?> settings) {
        this.solver = settings.solver;
        this.limit = settings.limit;
    }

    /** From the Jacobian where it is written out: the gradient is then no work of its own. */
    @Override
    protected final double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        if (linearized != objective) {
            linearize(objective);
        }
        if (step == null || step.length() != theta.length()) {
            step = newVector(theta);
            trial = newVector(theta);
        }
        OptionalDouble value = problem.evaluate(theta, out);
        return value.isPresent() ? value.getAsDouble() : super.gradient(objective, theta, scope, out);
    }

    /** A problem is of one objective; another one of the same size has another. */
    private void linearize(Objective objective) {
        LeastSquaresSolver chosen = solver == null ? LeastSquaresSolver.of(objective, limit) : solver;
        LinearizedProblem next = chosen.problem(objective, limit);
        if (problem != null) {
            problem.close();
        }
        problem = next;
        linearized = objective;
    }

    @Override
    protected final Attempt attempt(Point at) {
        double[] norms = problem.moveTo(at);
        try {
            return Arrays.stream(norms).allMatch(Double::isFinite)
                    ? solve(at, norms)
                    : Attempt.notFinite(at, Double.NaN, "Jacobian");
        } finally {
            problem.leave();
        }
    }

    /**
     * Finds a step at the point to which the problem has moved.
     *
     * @param at the point
     * @param norms of the Jacobian's columns, finite
     * @return the step, or why there is none
     */
    abstract Attempt solve(Point at, double[] norms);

    /** The linear problem at the point; {@link #step} is for its solution. */
    final LinearizedProblem problem() {
        return problem;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = new HashMap<>();
        own.put("solver", solver);
        return own;
    }

    /** The attempt that ends a search: no step is left that rounding would not hide. */
    static Attempt nothingLeft(Point at, LinearizedProblem.Solution solution) {
        return Attempt.at(at, solution.stopped(Stop.ROUNDING))
                .damping(solution.damping())
                .rejected("the step is within the rounding of the residuals");
    }

    /** The solution of the linear problem. */
    final INDArray step() {
        return step;
    }

    /** A vector for points where the objective is evaluated. */
    final INDArray trial() {
        return trial;
    }

    @Override
    public void close() {
        if (problem != null) {
            problem.close();
        }
        super.close();
    }
}
