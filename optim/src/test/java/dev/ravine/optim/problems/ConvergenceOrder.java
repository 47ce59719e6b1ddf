package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ResidualObjective;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How fast errors shrink: the slope of log(next error) over log(error), by least squares. */
public final class ConvergenceOrder {
    private ConvergenceOrder() {}

    /** Distances from a point before and after each step, until one is below 1e-11: nearer, rounding counts. */
    public static List<Double> errors(Objective objective, Optimizer optimizer, INDArray theta, double[] solution) {
        List<Double> errors = new ArrayList<>();
        errors.add(distance(theta, solution));
        for (int i = 0; i < 200 && errors.get(i) > 1e-11; i++) {
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).as("%s", report).isTrue();
            errors.add(distance(theta, solution));
        }
        return errors;
    }

    /** Of at least three errors in a row that are small, but far from rounding. */
    public static double fitted(List<Double> errors) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i + 1 < errors.size(); i++) {
            if (errors.get(i) < 0.3 && errors.get(i + 1) > 1e-14) {
                points.add(new double[] {Math.log(errors.get(i)), Math.log(errors.get(i + 1))});
            }
        }
        assertThat(points).as("pairs among %s", errors).hasSizeGreaterThanOrEqualTo(2);
        double x = points.stream().mapToDouble(p -> p[0]).average().orElseThrow();
        double y = points.stream().mapToDouble(p -> p[1]).average().orElseThrow();
        double above = points.stream().mapToDouble(p -> (p[0] - x) * (p[1] - y)).sum();
        double below = points.stream().mapToDouble(p -> (p[0] - x) * (p[0] - x)).sum();
        return above / below;
    }

    /**
     * sum of e^x_i - x_i + x_i^3 / 6, and (sum of x_i)^2 / 2: its minimum is at 0, where the Hessian is I + 11', and third
     * derivatives are 2.
     */
    public static FunctionObjective convex(DType dtype, int n) {
        return new FunctionObjective(dtype, n, x -> {
            Tensor each = x.exp().sub(x).add(x.square().mul(x).mul(1.0 / 6));
            return each.sum().add(x.sumKeeping().square().mul(0.5).sum());
        });
    }

    /** e^x + y - 1, (x + 1) y + 2 x and y^2 + x, which are all 0 at 0. */
    public static ResidualObjective vanishingResiduals() {
        return new ResidualObjective(DType.FLOAT64, 2, t -> {
            Tensor x = t.slice(0, 0, 1);
            Tensor y = t.slice(0, 1, 2);
            return Tensor.concat(
                    0,
                    x.exp().add(y).sub(1),
                    x.add(1).mul(y).add(x.mul(2)),
                    y.square().add(x));
        });
    }

    private static double distance(INDArray theta, double[] solution) {
        double[] x = Arena.toDoubles(theta);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - solution[i]) * (x[i] - solution[i]);
        }
        return Math.sqrt(sum);
    }
}
