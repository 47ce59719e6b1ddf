package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.newton.ExactNewton.Indefinite;
import dev.ravine.optim.problems.MghFigures;
import dev.ravine.optim.problems.MghProblem;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Newton's methods on classical problems, from the standard starts to a gradient of norm 1e-6: they end at a known minimum,
 * in no more steps than their relatives in SciPy. So does L-BFGS.
 */
class MghNewtonTest {
    private static Minimize.Result minimize(MghProblem problem, Optimizer optimizer) {
        try (optimizer) {
            return Minimize.of(problem::value)
                    .from(problem.start())
                    .tolerance(1e-6)
                    .maxSteps(5000)
                    .with(optimizer);
        }
    }

    /** How far above a minimum f may be with a gradient of 1e-6: along some valleys far, as SciPy's values show as well. */
    private static double height(MghProblem problem, double minimum) {
        return switch (problem) {
            case POWELL_BADLY_SCALED -> 5e-7;
            case PENALTY_II_4 -> 1e-7;
            case PENALTY_I_4 -> 1e-8;
            case PENALTY_I_10 -> 1e-9;
            default -> minimum == 0 ? 1e-9 : MghProblem.PRECISION * minimum;
        };
    }

    private static void assertIsAMinimum(MghProblem problem, Minimize.Result found) {
        assertThat(found.converged()).as(found.toString()).isTrue();
        assertThat(Arrays.stream(problem.minima()).boxed())
                .as("one of these minima is %s", found)
                .anyMatch(minimum -> Math.abs(found.value() - minimum) <= height(problem, minimum));
    }

    private static void assertIsNotSlower(MghProblem problem, Minimize.Result found, String method) {
        assertIsAMinimum(problem, found);
        MghFigures.iterations(problem.id(), method)
                .ifPresent(n -> assertThat(found.steps()).as("steps").isLessThanOrEqualTo(n));
    }

    @ParameterizedTest
    @EnumSource
    void truncatedNewtonWithATrustRegion(MghProblem problem) {
        assertIsNotSlower(problem, minimize(problem, TrustRegionNewton.builder().build()), "trust-ncg");
    }

    @ParameterizedTest
    @EnumSource
    void truncatedNewtonWithALineSearch(MghProblem problem) {
        assertIsNotSlower(problem, minimize(problem, LineSearchNewton.builder().build()), "Newton-CG");
    }

    @ParameterizedTest
    @EnumSource
    void exactNewton(MghProblem problem) {
        assertIsNotSlower(problem, minimize(problem, ExactNewton.builder().build()), "trust-exact");
    }

    /** A long first step leads to the plateau of f = 0.243 that this problem has at infinity. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.3, 0.5, 0.7, 1.5, 2, 3, 5, 10})
    void exactNewtonOnBiggsFromOtherFirstRadii(double radius) {
        Minimize.Result found = minimize(
                MghProblem.BIGGS_EXP6, ExactNewton.builder().radius(radius, 1e9).build());
        assertIsNotSlower(MghProblem.BIGGS_EXP6, found, "trust-exact");
    }

    @ParameterizedTest
    @EnumSource
    void aShiftedHessian(MghProblem problem) {
        assertIsAMinimum(
                problem,
                minimize(
                        problem,
                        ExactNewton.builder().indefinite(Indefinite.SHIFT).build()));
    }

    /** Slow on Powell's badly scaled function only, with 1224 steps: its valley bends, and no step is longer than Newton's. */
    @ParameterizedTest
    @EnumSource
    void absoluteEigenvalues(MghProblem problem) {
        assertIsAMinimum(
                problem,
                minimize(
                        problem,
                        ExactNewton.builder()
                                .indefinite(Indefinite.ABSOLUTE_EIGENVALUES)
                                .build()));
    }

    /** f(6181.35, 345.22) = 87.9458 with x_1 = 0.0056: a valley so narrow that the units differ by 1e6. */
    @ParameterizedTest
    @EnumSource
    void exactNewtonOnMeyersFunction(Indefinite treatment) {
        double[] y = {
            34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872
        };
        double[] t = IntStream.rangeClosed(1, 16).mapToDouble(i -> 45 + 5 * i).toArray();
        try (Optimizer optimizer = ExactNewton.builder().indefinite(treatment).build()) {
            Minimize.Result found = Minimize.of(x -> x.slice(0, 1, 2)
                            .div(Tensor.constant(DType.FLOAT64, Shape.of(16), t).add(x.slice(0, 2, 3)))
                            .exp()
                            .mul(x.slice(0, 0, 1))
                            .sub(Tensor.constant(DType.FLOAT64, Shape.of(16), y))
                            .square()
                            .sum())
                    .from(0.02, 4000, 250)
                    .tolerance(1e-3)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.value()).isCloseTo(87.9458, within(1e-4));
        }
    }

    /** SciPy's line search is another one, which makes up to a tenth of the steps. */
    @ParameterizedTest
    @EnumSource
    void limitedMemory(MghProblem problem) {
        Minimize.Result found = minimize(problem, Lbfgs.builder().build());
        assertIsAMinimum(problem, found);
        MghFigures.iterations(problem.id(), "L-BFGS-B")
                .ifPresent(n -> assertThat((double) found.steps()).as("steps").isLessThanOrEqualTo(1.1 * n));
    }
}
