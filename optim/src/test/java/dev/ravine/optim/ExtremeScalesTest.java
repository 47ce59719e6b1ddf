package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BoundedLbfgs;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts at which a step of length 1 changes nothing, or leads far beyond the minimum. */
class ExtremeScalesTest {
    private static final Map<String, Supplier<Optimizer>> OPTIMIZERS = Map.of(
            "lbfgs", () -> Lbfgs.builder().build(),
            "bfgs", () -> Bfgs.builder().build(),
            "ncg", () -> NonlinearConjugateGradients.builder().build(),
            "bounded",
                    () -> BoundedLbfgs.builder(new double[] {-1e300, -1e300}, new double[] {1e300, 1e300})
                            .build(),
            "newton-cg", () -> LineSearchNewton.builder().build(),
            "trust", () -> TrustRegionNewton.builder().build(),
            "exact", () -> ExactNewton.builder().build());

    static Stream<Arguments> starts() {
        return OPTIMIZERS.keySet().stream()
                .flatMap(name -> Stream.of(
                        Arguments.of(name, DType.FLOAT64, 1e30),
                        Arguments.of(name, DType.FLOAT64, 1e50),
                        Arguments.of(name, DType.FLOAT64, 1e-30),
                        Arguments.of(name, DType.FLOAT64, 1e-70),
                        Arguments.of(name, DType.FLOAT32, 1e8),
                        Arguments.of(name, DType.FLOAT32, 1e-8)));
    }

    /** x^4 / 4 has the gradient x^3, so the minimum is known at any scale. */
    @ParameterizedTest
    @MethodSource("starts")
    void theMinimumIsFoundFromAnyScale(String name, DType dtype, double scale) {
        try (Optimizer optimizer = OPTIMIZERS.get(name).get()) {
            Minimize.Result found = Minimize.of(
                            x -> x.square().square().mul(0.25).sum())
                    .from(Arena.of(dtype, Shape.of(2), scale, -3 * scale))
                    .maxSteps(1000)
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            assertThat(Vectors.norm(found.x())).isLessThan(scale < 1 ? scale / 50 : 0.01);
        }
    }

    /** Its gradients in the two elements differ by e^100: after steps along one, the other's must be learned anew. */
    @Test
    void bfgsFindsTheMinimumOfUnlikeExponentials() {
        try (Optimizer bfgs = Bfgs.builder().build()) {
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> x.exp().add(x.neg().exp()).sum())
                    .from(300, -200)
                    .maxSteps(2000)
                    .with(bfgs);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {0, 0}, within(1e-8));
        }
    }

    /** The square of the first gradient, 1e304, is infinite. */
    @ParameterizedTest
    @MethodSource("names")
    void theMinimumIsFoundFromWhereTheSlopeOverflows(String name) {
        try (Optimizer optimizer = OPTIMIZERS.get(name).get()) {
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> x.exp().add(x.neg().exp()).sum())
                    .from(700, 700)
                    .maxSteps(2000)
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {0, 0}, within(1e-8));
        }
    }

    /** The first damping is far above the curvature of an objective in small units. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-150, 1e-30, 1, 1e100, 1e150})
    void dampedMethodsFollowTheUnitOfTheObjective(double unit) {
        for (Optimizer optimizer : List.of(
                HessianFree.builder().curvature(Curvature.HESSIAN).build(),
                ScaledConjugateGradients.builder().build(),
                ExactNewton.builder().build())) {
            try (optimizer) {
                Minimize.Result found = Minimize.of(
                                (Tensor x) -> Rosenbrock.of(x).mul(unit))
                        .from(-1.2, 1)
                        .with(optimizer);
                assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
                assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-5));
            }
        }
    }

    static Stream<Arguments> unitsOfParameters() {
        Map<String, Supplier<Optimizer>> all = new HashMap<>(OPTIMIZERS);
        all.put("scg", () -> ScaledConjugateGradients.builder().build());
        all.put(
                "scg exact",
                () -> ScaledConjugateGradients.builder()
                        .curvature(Curvature.HESSIAN)
                        .build());
        all.put("hf", () -> HessianFree.builder().curvature(Curvature.HESSIAN).build());
        for (ExactNewton.Indefinite each : ExactNewton.Indefinite.values()) {
            all.put(
                    "exact " + each,
                    () -> ExactNewton.builder().indefinite(each).build());
        }
        return all.entrySet().stream()
                .flatMap(e -> Stream.of(1e-150, 1e-50, 1e-20, 1e-10, 1e10, 1e50, 1e150)
                        .map(unit -> Arguments.of(e.getKey(), e.getValue(), unit)));
    }

    /** Rosenbrock's function of x / unit has its minimum at (unit, unit). */
    @ParameterizedTest(name = "{0} {2}")
    @MethodSource
    void unitsOfParameters(String name, Supplier<Optimizer> maker, double unit) {
        try (Optimizer optimizer = maker.get()) {
            Minimize.Result found = Minimize.of((Tensor x) -> Rosenbrock.of(x.mul(1 / unit)))
                    .from(-1.2 * unit, unit)
                    .tolerance(1e-8 / unit)
                    .with(optimizer);
            assertThat(found.end()).as(name + ": " + found.reason()).isEqualTo(Minimize.End.CONVERGED);
            Vectors.scale(1 / unit, found.x());
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-5));
        }
    }

    /** So has its form as a sum of squares. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-150, 1e-50, 1e-10, 1e10, 1e50, 1e150})
    void leastSquaresInAnyUnitOfTheParameters(double unit) {
        for (LeastSquaresSolver solver : LeastSquaresSolver.values()) {
            for (Optimizer optimizer : List.of(
                    GaussNewton.builder().solver(solver).build(),
                    LevenbergMarquardt.builder().solver(solver).build())) {
                try (optimizer) {
                    Minimize.Result found = Minimize.leastSquares((Tensor x) -> Rosenbrock.residuals(x.mul(1 / unit)))
                            .from(-1.2 * unit, unit)
                            .tolerance(1e-9 / unit)
                            .with(optimizer);
                    assertThat(found.end())
                            .as(optimizer + " by " + solver + ": " + found.reason())
                            .isEqualTo(Minimize.End.CONVERGED);
                    Vectors.scale(1 / unit, found.x());
                    assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-5));
                }
            }
        }
    }

    /** A limit of the radius that a user has given holds in every unit. */
    @Test
    void aGivenLimitOfTheRadiusHolds() {
        try (TrustRegionNewton optimizer =
                TrustRegionNewton.builder().radius(1, 4).build()) {
            Minimize.Result found = Minimize.of((Tensor x) -> x.square().sum())
                    .from(1e6)
                    .maxSteps(20)
                    .keepHistory()
                    .with(optimizer);
            assertThat(found.history())
                    .allSatisfy(step -> assertThat(step.stepNorm()).isLessThanOrEqualTo(4));
        }
    }

    /** On a plateau, and near the minimum, values of scaled conjugate gradients are within rounding of each other. */
    @Test
    void scaledConjugateGradientsFollowSlopesWhereValuesAreCoarse() {
        Map<Double, UnaryOperator<Tensor>> functions = Map.of(
                15.0, x -> x.tanh().square().sum(),
                5.0, x -> x.square().neg().exp().neg().sum(),
                1e8, x -> x.square().add(1).log().sum());
        functions.forEach((start, function) -> {
            for (Curvature curvature : new Curvature[] {null, Curvature.HESSIAN}) {
                ScaledConjugateGradients.Builder settings = ScaledConjugateGradients.builder();
                try (Optimizer optimizer = (curvature == null ? settings : settings.curvature(curvature)).build()) {
                    Minimize.Result found = Minimize.of(function).from(start).with(optimizer);
                    assertThat(found.end()).as(start + ": " + found.reason()).isEqualTo(Minimize.End.CONVERGED);
                    assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {0}, within(1e-8));
                }
            }
        });
    }

    /** tanh(14)^2 is 1 - 3e-12: a step as short as the gradient changes it by less than rounding. */
    @ParameterizedTest
    @MethodSource("names")
    void aPlateauIsLeft(String name) {
        try (Optimizer optimizer = OPTIMIZERS.get(name).get()) {
            Minimize.Result found = Minimize.of(
                            (Tensor x) -> x.sub(1).tanh().square().sum())
                    .from(15, 15)
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-8));
        }
    }

    /** The minimum of Rosenbrock's function where x is at most 1/2 is at (1/2, 1/4), in any unit. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-250, 1e-200, 1e-40, 1e40, 1e200, 1e250})
    void boundsHoldInAnyUnit(double unit) {
        try (Optimizer optimizer = BoundedLbfgs.builder(new double[] {-2, -1}, new double[] {0.5, 2})
                .build()) {
            Minimize.Result found = Minimize.of(x -> {
                        Tensor u = x.slice(0, 0, 1);
                        Tensor v = x.slice(0, 1, 2);
                        return v.sub(u.square())
                                .square()
                                .mul(100)
                                .add(u.neg().add(1).square())
                                .mul(unit)
                                .sum();
                    })
                    .from(-1.2, 1)
                    .tolerance(1e-9 * Math.min(unit, 1))
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {0.5, 0.25}, within(1e-9));
        }
    }

    static List<String> names() {
        return OPTIMIZERS.keySet().stream().sorted().toList();
    }
}
