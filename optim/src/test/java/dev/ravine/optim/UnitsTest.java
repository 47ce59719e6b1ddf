package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize.End;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BoundedLbfgs;
import dev.ravine.optim.newton.ConjugacyRule;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches in units of parameters and function whose squares are beyond the range of numbers. */
class UnitsTest {
    private static Map<String, Supplier<Optimizer>> optimizers() {
        Map<String, Supplier<Optimizer>> all = new LinkedHashMap<>();
        all.put("trust", () -> TrustRegionNewton.builder().build());
        all.put("newton-cg", () -> LineSearchNewton.builder().build());
        for (ExactNewton.Indefinite each : ExactNewton.Indefinite.values()) {
            all.put(
                    "newton " + each,
                    () -> ExactNewton.builder().indefinite(each).build());
        }
        all.put("lbfgs", () -> Lbfgs.builder().build());
        all.put("bfgs", () -> Bfgs.builder().build());
        for (ConjugacyRule each : ConjugacyRule.values()) {
            all.put(
                    "ncg " + each,
                    () -> NonlinearConjugateGradients.builder().rule(each).build());
        }
        all.put("scg", () -> ScaledConjugateGradients.builder().build());
        all.put("hf", () -> HessianFree.builder().curvature(Curvature.HESSIAN).build());
        all.put(
                "bounded",
                () -> BoundedLbfgs.builder(new double[] {-1e300, -1e300}, new double[] {1e300, 1e300})
                        .build());
        return all;
    }

    static Stream<Arguments> units() {
        double[][] units = {
            {1e-200, 1},
            {1e200, 1},
            {1, 1e-200},
            {1, 1e200},
            {1e-150, 1e-150},
            {1e150, 1e150},
            {1e-150, 1e100},
            {1e100, 1e-200},
            {1e-50, 1e-100},
            {1e-100, 1e50}
        };
        return optimizers().entrySet().stream()
                .flatMap(e -> Stream.of(units).map(u -> Arguments.of(e.getKey(), e.getValue(), u[0], u[1])));
    }

    /** c times Rosenbrock's function of x / u has its minimum at (u, u). */
    @ParameterizedTest(name = "{0} {2} {3}")
    @MethodSource("units")
    void unitsOfParametersAndFunction(String name, Supplier<Optimizer> maker, double u, double c) {
        try (Optimizer optimizer = maker.get();
                Optimizer other = maker.get()) {
            Minimize.Result plain = Minimize.of(Rosenbrock::of)
                    .from(-1.2, 1)
                    .tolerance(1e-6)
                    .maxSteps(2000)
                    .with(other);
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> Rosenbrock.of(x.mul(1 / u)).mul(c))
                    .from(-1.2 * u, u)
                    .tolerance(1e-6 * c / u)
                    .maxSteps(2000)
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
            assertThat(found.x().getDouble(0) / u).isCloseTo(1, within(1e-5));
            assertThat(found.x().getDouble(1) / u).isCloseTo(1, within(1e-5));
            assertThat(found.value() / c).isCloseTo(0, within(1e-9));
            assertThat(found.gradientNorm()).isLessThanOrEqualTo(1e-6 * c / u);
            assertThat(found.steps()).isLessThan(3 * plain.steps() + 10);
        }
    }

    /** Squares of residuals in units of 1e-200 are 0, those of 1e150 are 1e300. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-200, 1e-150, 1e-50, 1e50, 1e150})
    void unitsOfResiduals(double c) {
        for (double u : new double[] {1e-100, 1, 1e100}) {
            Stream<Optimizer> all = Stream.concat(
                    Stream.<Optimizer>of(DampedGaussNewton.builder().build()),
                    Stream.of(LeastSquaresSolver.values())
                            .flatMap(solver -> Stream.<Optimizer>of(
                                    LevenbergMarquardt.builder().solver(solver).build(),
                                    GaussNewton.builder().solver(solver).build())));
            for (Optimizer optimizer : all.toList()) {
                try (optimizer) {
                    Minimize.Result found = Minimize.leastSquares((Tensor x) ->
                                    Rosenbrock.residuals(x.mul(1 / u)).mul(c))
                            .from(-1.2 * u, u)
                            .with(optimizer);
                    assertThat(found.end())
                            .as(optimizer + ": " + found.reason())
                            .isEqualTo(End.CONVERGED);
                    assertThat(found.x().getDouble(0) / u).isCloseTo(1, within(1e-5));
                    assertThat(found.x().getDouble(1) / u).isCloseTo(1, within(1e-5));
                }
            }
        }
    }

    @Test
    void reportsAreInTheUnitsOfTheFunction() {
        try (Optimizer optimizer = ExactNewton.builder().build()) {
            double[] seen = new double[1];
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> x.mul(1e100).square().mul(1e-60).sum())
                    .from(3e-100, 4e-100)
                    .keepHistory()
                    .callback((x, step) -> {
                        seen[0] = Math.max(seen[0], Math.abs(x.getDouble(0)));
                        return true;
                    })
                    .with(optimizer);
            StepReport first = found.history().get(0);
            assertThat(first.loss() * 1e60).isCloseTo(25, within(1e-13));
            assertThat(first.gradientNorm() * 1e-40).isCloseTo(10, within(1e-13));
            assertThat(found.history().stream()
                                    .mapToDouble(StepReport::stepNorm)
                                    .sum()
                            * 1e100)
                    .isCloseTo(5, within(1e-12));
            assertThat(seen[0]).isLessThan(3e-100);
            assertThat(found.value() * 1e60).isLessThan(1e-25);
        }
    }

    /** A rate and a radius that was chosen are in units of the parameters. */
    @Test
    void settingsInUnitsOfTheirOwnHold() {
        for (Optimizer optimizer : List.of(
                Sgd.builder().learningRate(0.25).build(),
                TrustRegionNewton.builder().radius(1e-80, 1e-80).build())) {
            try (optimizer) {
                assertThat(optimizer.fitsAnyUnits()).isFalse();
                Minimize.Result found = Minimize.of((Tensor x) -> x.square().sum())
                        .from(1e-80)
                        .maxSteps(1)
                        .with(optimizer);
                assertThat(found.x().getDouble(0) / 1e-80).isCloseTo(optimizer instanceof Sgd ? 0.5 : 0, within(1e-15));
            }
        }
    }

    @Test
    void singlePrecision() {
        try (Optimizer optimizer = Lbfgs.builder().build()) {
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> x.sub(3e-20).mul(1e20).square().sum())
                    .from(Arena.of(DType.FLOAT32, Shape.of(2), 1e-20, -2e-20))
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
            assertThat(found.x().getDouble(0) / 3e-20).isCloseTo(1, within(1e-5));
        }
    }
}
