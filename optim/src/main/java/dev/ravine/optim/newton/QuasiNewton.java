package dev.ravine.optim.newton;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A method that learns an approximation B of the inverse Hessian from its steps and the changes of the gradient along
 * them. The direction is -B g, then comes a {@link WolfeSearch} from rate 1. If the search fails, B is forgotten, and
 * the step is one of steepest descent.
 */
abstract class QuasiNewton extends LineSearchOptimizer {
    final double curvatureFraction;
    private final String knowledge;
    private final LastPoint last = new LastPoint(this::newVector);

    /**
     * For subclasses.
     *
     * @param curvatureFraction c2 of the line search
     * @param knowledge what B is made of, such as {@code the pairs}, for reports
     */
    QuasiNewton(double curvatureFraction, String knowledge) {
        super(curvatureFraction);
        this.curvatureFraction = curvatureFraction;
        this.knowledge = knowledge;
    }

    /** Takes the step from the last point to this one into B. */
    abstract void learn(LastPoint from, Point at);

    /** Whether B is known. */
    abstract boolean isKnown();

    /** direction = -B g. */
    abstract void direct(INDArray gradient);

    abstract void forget();

    /** Forgets what would move something that is frozen now. */
    abstract void restrict(List<Span> spans);

    /** How the direction was made. */
    abstract SolverReport report(String how);

    /** Operations of this step besides gradients, as far as they count. */
    long work() {
        return 0;
    }

    /** Takes memory for the first step. */
    void allocate(INDArray theta) {
        if (direction == null) {
            direction = newVector(theta);
        }
    }

    @Override
    protected final Attempt attempt(Point at) {
        allocate(at.theta());
        if (last.isKnown()) {
            learn(last, at);
        }
        String how = "steepest descent";
        if (isKnown()) {
            direct(at.gradient());
            double slope = Vectors.dot(at.gradient(), direction);
            WolfeSearch.Result found = search.search(at, slope, direction, 1);
            if (found.accepted()) {
                return end(at, "", found);
            }
            // What B is made of may have misled the search.
            forget();
            how = "steepest descent, as " + knowledge
                    + (slope < 0 ? " did not lead down" : " had lost a descent direction to rounding");
        }
        return end(at, how, searchSteepestDescent(at));
    }

    private Attempt end(Point at, String how, WolfeSearch.Result found) {
        end(found);
        if (found.accepted()) {
            last.keep(at);
        }
        at.objective().countWork(work());
        return Attempt.at(at, report(how)).along(direction, found);
    }

    @Override
    protected final void trainableChanged(List<Span> spans) {
        forget();
        last.forget();
    }

    /** Knowledge from a time when what is frozen now was not would move it. */
    @Override
    protected final void trainableRestored(List<Span> spans) {
        super.trainableRestored(spans);
        last.restrict(spans);
        restrict(spans);
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = super.stateNumbers();
        numbers.put("has_last", last.stateNumber());
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = super.stateVectors();
        last.putState(vectors);
        return vectors;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        boolean hadLast = state.count("has_last", 1) == 1;
        super.restoreState(state);
        last.restore(state, hadLast);
    }
}
