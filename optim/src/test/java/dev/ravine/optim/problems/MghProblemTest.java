package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class MghProblemTest {
    /** f and, in gradient, its derivative. */
    private static double evaluate(MghProblem problem, double[] x, double[] gradient) {
        try (FunctionObjective objective = problem.objective()) {
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(x.length));
            double f = objective.gradient(Points.vector(x), Scope.all(), out);
            System.arraycopy(Arena.toDoubles(out), 0, gradient, 0, x.length);
            return f;
        }
    }

    @ParameterizedTest
    @EnumSource
    void startResidualsValueAndGradientAreTheIndependentOnes(MghProblem problem) {
        double[] start = problem.start();
        assertThat(start).containsExactly(MghFigures.numbers(problem, "start"), within(1e-16));

        Tensor x = Tensor.variable("x", Points.vector(start));
        Tensor r = problem.residuals(x);
        assertThat(r.shape()).isEqualTo(Shape.of((long) MghFigures.numbers(problem, "residuals")[0]));

        double expected = MghFigures.numbers(problem, "value")[0];
        double[] gradient = new double[start.length];
        assertThat(evaluate(problem, start, gradient)).isCloseTo(expected, within(1e-12 * expected));
        double[] slopes = MghFigures.numbers(problem, "gradient");
        double largest = Arrays.stream(slopes).map(Math::abs).max().orElseThrow();
        assertThat(gradient).containsExactly(slopes, within(1e-12 * largest));
    }

    @ParameterizedTest
    @EnumSource
    void publishedMinimaAreThoseAtTheMinimizers(MghProblem problem) {
        List<double[]> minimizers = MghFigures.all(problem, "minimizer");
        List<double[]> values = MghFigures.all(problem, "minimum");
        for (int i = 0; i < minimizers.size(); i++) {
            double value = values.get(i)[0];
            assertThat(Arrays.stream(problem.minima()).boxed())
                    .as("published minima, one of them %s", value)
                    .anyMatch(m -> Math.abs(value - m) <= MghProblem.PRECISION * m);
            double[] gradient = new double[problem.start().length];
            double f = evaluate(problem, minimizers.get(i), gradient);
            assertThat(f).isCloseTo(value, within(1e-10 * value + 1e-20));
            assertThat(Vectors.norm(Points.vector(gradient)))
                    .as("gradient at minimizer %d", i + 1)
                    .isLessThan(1e-8);
        }
    }
}
