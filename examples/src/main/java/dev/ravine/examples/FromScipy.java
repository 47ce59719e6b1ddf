package dev.ravine.examples;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.leastsquares.FitUncertainty;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BoundedLbfgs;
import dev.ravine.optim.objective.ResidualObjective;
import java.util.Arrays;

/** Calls of scipy.optimize and what they are in Ravine: minimize, with and without bounds, and curve_fit. */
public final class FromScipy {
    private FromScipy() {}

    /**
     * Prints two minima, and a fit with its standard errors.
     *
     * @param args none
     */
    public static void main(String[] args) {
        // minimize(rosen, [-1.2, 1], method="BFGS", options={"gtol": 1e-8})
        try (var bfgs = Bfgs.builder().build()) {
            var found =
                    Minimize.of(CurveFit::rosenbrock).from(-1.2, 1).gtol(1e-8).with(bfgs);
            System.out.println(
                    "BFGS " + Arrays.toString(Arena.toDoubles(found.x())) + ", success " + found.converged());
        }
        // minimize(rosen, [-1.2, 1], method="L-BFGS-B", bounds=[(-2, 0.5), (-2, 2)])
        double[] lower = {-2, -2};
        double[] upper = {0.5, 2};
        try (var bounded = BoundedLbfgs.builder(lower, upper).build()) {
            var found = Minimize.of(CurveFit::rosenbrock).from(-1.2, 1).with(bounded);
            System.out.println("L-BFGS-B " + Arrays.toString(Arena.toDoubles(found.x())));
        }
        // popt, pcov = curve_fit(lambda x, a, b: a * np.exp(-b * x), hours, levels, p0=[1, 1])
        try (var lm = LevenbergMarquardt.builder().build();
                var residuals = new ResidualObjective(DType.FLOAT64, 2, CurveFit::errors)) {
            var found = Minimize.leastSquares(CurveFit::errors).from(1, 1).with(lm);
            System.out.println("popt " + Arrays.toString(Arena.toDoubles(found.x())));
            var uncertainty = FitUncertainty.estimated(residuals, found.x());
            System.out.println("perr " + Arrays.toString(uncertainty.standardErrors()));
        }
    }
}
