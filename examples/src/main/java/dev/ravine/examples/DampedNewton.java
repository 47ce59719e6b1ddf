package dev.ravine.examples;

import dev.ravine.autodiff.Curvature;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A second-order optimizer of your own: Gauss-Newton steps by conjugate gradients, and a line search along them. */
public final class DampedNewton extends SecondOrder {
    private final ConjugateGradient solver = new ConjugateGradient(10, StopRule.relativeResidual(0.1));
    private final Acceptance search = Acceptance.lineSearch(0.5, 1e-4, 30);
    private INDArray trial;

    /** An optimizer that has not stepped yet. */
    public DampedNewton() {}

    @Override
    protected Attempt attempt(Point at) {
        trial = trial == null ? newVector(at.theta()) : trial;
        try (var curvature = at.objective().linearize(at.theta(), at.scope())) {
            var matrix = LinearOperator.of(curvature, Curvature.GAUSS_NEWTON);
            var model = new QuadraticModel(at.gradient(), matrix, at.objective().l2(), 1e-3);
            var found = solver.minimise(model.damped(), at.gradient());
            var outcome = search.choose(StepProposal.of(found.x()), StepValues.around(at, trial));
            return Attempt.at(at, found).damping(model.damping()).along(outcome);
        }
    }

    @Override
    public String name() {
        return "damped-newton";
    }

    /**
     * Fits a curve with it.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try (var optimizer = new DampedNewton()) {
            System.out.println(
                    Minimize.leastSquares(CurveFit::errors).from(1, 1).with(optimizer));
        }
    }
}
