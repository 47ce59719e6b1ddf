package dev.ravine.examples;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A second-order optimizer of your own: Gauss-Newton steps by conjugate gradients, and a line search along them. */
public final class DampedNewton extends SecondOrder {
    private final ConjugateGradient solver = new ConjugateGradient(10, StopRule.relativeResidual(0.1));
    private final Acceptance search = Acceptance.lineSearch(0.5, 1e-4, 30);
    private INDArray start;

    @Override
    protected Attempt attempt(Point at) {
        start = start == null ? newVector(at.theta()) : start;
        Vectors.fill(start, 0);
        try (var curvature = at.objective().linearize(at.theta(), at.scope())) {
            var damped = LinearOperator.of(curvature, Curvature.GAUSS_NEWTON)
                    .shifted(at.objective().l2() + 1e-3);
            var cg = solver.solve(damped, at.gradient(), start, null);
            Vectors.scale(-1, cg.x());
            var values = StepValues.around(at, start);
            Acceptance.Outcome found = search.choose(StepProposal.of(cg.x()), values);
            String end = cg.reason().name();
            var model = new ModelReport(1e-3, Double.NaN, cg.iterations(), end, cg.smallestCurvature());
            return new Attempt(found.step(), found.rate(), found.value(), found.reason(), model, Map.of());
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
