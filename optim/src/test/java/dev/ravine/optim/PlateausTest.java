package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions whose curvature or slope vanishes far away: searches do not creep there. */
class PlateausTest {
    private static Minimize.Result search(UnaryOperator<Tensor> function, double[] start, Optimizer optimizer) {
        try (optimizer) {
            return Minimize.of(function).from(start).with(optimizer);
        }
    }

    private static void assertEndsAtZero(Minimize.Result found, int mostSteps) {
        assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
        assertThat(Arena.toDoubles(found.x()))
                .satisfies(x -> assertThat(Arrays.stream(x).map(Math::abs).max().orElseThrow())
                        .isLessThan(2e-8));
        assertThat(found.steps()).isLessThan(mostSteps);
    }

    static Stream<Arguments> valleys() {
        Map<String, UnaryOperator<Tensor>> functions = Map.of(
                "sqrt(1 + x^2)",
                x -> x.square().add(1).sqrt().sum(),
                "x atan x - log(1 + x^2) / 2",
                x -> x.mul(x.atan()).sub(x.square().add(1).log().mul(0.5)).sum());
        double[][] starts = {
            {1e9, 3, 1e-3}, {1e3, 3, 1e-3}, {1e15, 2}, {1e12, 2, 5}, {1e6, -7, 40, 0.1}, {1e9, 3}, {1e12, 30}
        };
        return functions.entrySet().stream()
                .flatMap(f -> Stream.of(starts).map(s -> Arguments.of(f.getKey(), f.getValue(), s)));
    }

    /** Steps that lead to and fro across the valley of the short elements must not keep the radius for ever. */
    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("valleys")
    void aTrustRegionGrowsAlongAStraightValley(String name, UnaryOperator<Tensor> function, double[] start) {
        assertEndsAtZero(search(function, start, TrustRegionNewton.builder().build()), 200);
    }

    /** At 1e8 the first step is 1.3 times the distance of floating-point numbers, and theta moves by 3/4 of it. */
    @Test
    void hessianFreeLowersADampingWhoseStepsHardlyChangeTheta() {
        for (double start : new double[] {1e8, -1e8, 9e7, 7e7}) {
            Minimize.Result found = search(
                    x -> x.square().add(1).log().sum(),
                    new double[] {start},
                    HessianFree.builder().curvature(Curvature.HESSIAN).build());
            assertEndsAtZero(found, 250);
        }
    }

    /** The gradient there, 2e-18, has an error of 4e-22, which a difference over 5e-5 takes for curvature. */
    @Test
    void differencesOfGradientsGrowWhereTheyAreRounding() {
        for (double start : new double[] {1e6, -2e6, 3e5}) {
            Minimize.Result found = search(
                    x -> x.square().div(x.square().add(1)).sum(),
                    new double[] {start},
                    ScaledConjugateGradients.builder().build());
            assertEndsAtZero(found, 150);
        }
    }
}
