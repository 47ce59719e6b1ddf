package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize.End;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.ExactNewton.Indefinite;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.problems.MghProblem;
import dev.ravine.optim.problems.NistProblem;
import dev.ravine.optim.problems.Rosenbrock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a search ends, and what its result tells. */
class MinimizeEndTest {
    private record Method(String name, Supplier<Optimizer> maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Method> methods() {
        return Stream.concat(
                Stream.of(
                        new Method(
                                "trust-newton",
                                () -> TrustRegionNewton.builder().build()),
                        new Method("newton-cg", () -> LineSearchNewton.builder().build()),
                        new Method("lbfgs", () -> Lbfgs.builder().build())),
                Stream.of(Indefinite.values())
                        .map(treatment -> new Method(
                                "newton " + treatment,
                                () -> ExactNewton.builder()
                                        .indefinite(treatment)
                                        .build())));
    }

    private static Tensor x(Tensor theta, int i) {
        return theta.slice(0, i, i + 1);
    }

    private static Minimize.Result search(Minimize search, Method method) {
        try (Optimizer optimizer = method.maker.get()) {
            return search.with(optimizer);
        }
    }

    // ---- not finite -------------------------------------------------------------------------------------------

    @Test
    void thePointBeforeTheGradientIsInfiniteIsNotLost() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found = Minimize.of(t -> t.sqrt().sum()).from(1).with(optimizer);
            assertThat(found.end()).isEqualTo(End.NOT_FINITE);
            assertThat(found.converged()).isFalse();
            assertThat(found.value()).isEqualTo(0);
            assertThat(Arena.toDoubles(found.x())).containsExactly(0);
            assertThat(found.reason()).contains("Infinity").contains("not finite at element 0");
        }
    }

    @Test
    void theBestPointIsReturnedIfALaterOneIsWorse() {
        // x^2 - 1e-3 log(2 - x): steps of -1.5 f' go from 1.9 to the other side and further and further away.
        try (Sgd optimizer = Sgd.builder().learningRate(1.1).build()) {
            Minimize.Result found = Minimize.of(
                            t -> t.square().sub(t.neg().add(2).log().mul(1e-3)).sum())
                    .from(0.5)
                    .with(optimizer);
            assertThat(found.end()).isEqualTo(End.NOT_FINITE);
            assertThat(found.x().getDouble(0)).isEqualTo(0.5);
            assertThat(found.value()).isCloseTo(0.25 - 1e-3 * Math.log(1.5), within(1e-15));
            assertThat(found.gradientNorm()).isCloseTo(1 + 1e-3 / 1.5, within(1e-15));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aStartThatIsNotFiniteIsAnError(Method method) {
        assertThatThrownBy(() -> search(Minimize.of(t -> t.log().sum()).from(-1), method))
                .isInstanceOf(NonFiniteLossException.class)
                .hasMessageContaining("log")
                .hasMessageContaining("start");
    }

    // ---- stalled ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("methods")
    void atAKinkThatIsNoMinimumNothingConverges(Method method) {
        for (double[] start : new double[][] {{1, 1}, {3, -0.2}, {-1e-3, 5}, {0.3, 1e-9}}) {
            Minimize.Result found = search(
                    Minimize.of(t -> x(t, 0).abs().add(x(t, 1).abs().mul(10)).sum())
                            .from(start),
                    method);
            if (found.value() > 1e-12) {
                assertThat(found.converged()).as("%s", found).isFalse();
            }
        }
    }

    @Test
    void gaussNewtonOnFreudensteinAndRothStallsWhereTheGradientIsLarge() {
        try (GaussNewton optimizer = GaussNewton.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(t -> {
                        Tensor a = x(t, 0);
                        Tensor b = x(t, 1);
                        Tensor bb = b.square();
                        Tensor bbb = bb.mul(b);
                        return Tensor.concat(
                                0,
                                a.add(bb.mul(5)).sub(bbb).sub(b.mul(2)).sub(13),
                                a.add(bb).add(bbb).sub(b.mul(14)).sub(29));
                    })
                    .from(0.5, -2)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isEqualTo(found.gradientNorm() < 1e-6);
        }
    }

    /** With a tolerance that no gradient reaches, searches go on to the very end. */
    @ParameterizedTest
    @MethodSource("methods")
    void acceptedStepsMoveXAndFailedOnesAreNotRepeated(Method method) {
        for (MghProblem problem : MghProblem.values()) {
            List<double[]> points = new ArrayList<>(List.of(problem.start()));
            Minimize.Result found = search(
                    Minimize.of(problem::value)
                            .from(problem.start())
                            .tolerance(1e-300)
                            .maxSteps(120)
                            .keepHistory()
                            .callback((x, step) -> {
                                points.add(Arena.toDoubles(x));
                                return true;
                            }),
                    method);
            StepReport before = null;
            for (int i = 0; i < found.history().size(); i++) {
                StepReport step = found.history().get(i);
                assertThat(Arrays.equals(points.get(i + 1), points.get(i)))
                        .as("%s %s", problem, step)
                        .isEqualTo(!step.accepted());
                assertThat(isRepeated(before, step)).as("%s %s", problem, step).isFalse();
                before = step;
            }
        }
    }

    private static boolean isRepeated(StepReport before, StepReport step) {
        return before != null
                && !before.accepted()
                && !step.accepted()
                && before.reason().equals(step.reason())
                && before.telemetry().equals(step.telemetry());
    }

    // ---- far and small numbers --------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("methods")
    void aLargeGradientIsNotInfinite(Method method) {
        Minimize.Result found =
                search(Minimize.of(t -> t.square().square().sum()).from(1e60).maxSteps(30), method);
        assertThat(found.end()).as("%s", found).isNotEqualTo(End.NOT_FINITE);
        assertThat(found.value()).isLessThan(1e240);
    }

    /** Within a radius of 1 no step changes 1e70, so the first radius is 1.5e62; it doubles in each step. */
    @Test
    void aRadiusThatCannotMoveALargePointIsMadeLonger() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found = Minimize.of(t -> t.square().square().sum())
                    .from(1e70, -1e65)
                    .maxSteps(30)
                    .with(optimizer);
            assertThat(found.end()).as("%s", found).isEqualTo(End.LIMIT);
            assertThat(found.x().getDouble(0)).isLessThan(0.9e70);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aFunctionInSmallUnitsHasTheSameMinimum(Method method) {
        for (double unit : new double[] {1e-200, 1e-30, 1e100}) {
            Minimize search =
                    Minimize.of(t -> Rosenbrock.of(t).mul(unit)).from(-1.2, 1).maxSteps(5000);
            Minimize.Result found = search(search, method);
            assertThat(Arena.toDoubles(found.x()))
                    .as("%s %s", unit, found)
                    .containsExactly(new double[] {1, 1}, within(1e-5));
            assertThat(found.steps()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aFirstStepOfAnyWrongLengthIsMastered(Method method) {
        // 100 - x + e^(x - 100): at 0 the curvature is e^-100.
        for (double shift : new double[] {20, 100, 300}) {
            Minimize.Result found = search(
                    Minimize.of(t -> t.neg().add(shift).add(t.sub(shift).exp()).sum())
                            .from(0)
                            .tolerance(1e-6),
                    method);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.x().getDouble(0)).isCloseTo(shift, within(1e-5));
            assertThat(found.value()).isCloseTo(1, within(1e-10));
        }
    }

    /** The curvature at the start is 1e-215 of the largest one: Newton's step is too long by 215 orders of magnitude. */
    @ParameterizedTest
    @MethodSource("methods")
    void aFirstStepThatIsLongAndFiniteIsMastered(Method method) {
        Minimize.Result found = search(
                Minimize.of(t -> Tensor.concat(
                                        0, t.mul(50), t.mul(-50), t.mul(20).add(5))
                                .logSumExp())
                        .from(10)
                        .tolerance(1e-6),
                method);
        assertThat(found.converged()).as("%s", found).isTrue();
        // By mpmath with forty digits.
        assertThat(found.x().getDouble(0)).isCloseTo(-0.05838040104199768, within(1e-7));
        assertThat(found.value()).isCloseTo(4.170533147295531, within(1e-12));
    }

    /** It falls for ever, and steps end below the largest number, where its slope is as large as itself. */
    @ParameterizedTest
    @MethodSource("methods")
    void aFunctionThatFallsToTheLargestNumberHasNoMinimum(Method method) {
        Minimize.Result found = search(Minimize.of(x -> x.exp().neg()).from(1), method);
        assertThat(found.converged()).as("%s", found).isFalse();
    }

    // ---- what users ask for -----------------------------------------------------------------------------------

    @Test
    void evaluationsAreThoseOfTheOptimizer() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found =
                    Minimize.of(Rosenbrock::of).from(-1.2, 1).keepHistory().with(optimizer);
            int iterations = found.history().stream()
                    .mapToInt(step -> step.model().orElseThrow().iterations())
                    .sum();
            assertThat(found.history()).hasSize(found.steps());
            // A gradient and a value for each step; the products of conjugate gradients, and one for each prediction.
            assertThat(found.evaluations())
                    .isEqualTo(new Evaluations(found.steps(), found.steps(), iterations + found.steps()));
        }
    }

    @Test
    void aCallbackSeesEachStepAndCanStop() {
        List<Double> seen = new ArrayList<>();
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of)
                    .from(-1.2, 1)
                    .callback((x, step) -> {
                        seen.add(step.lossAfter());
                        return step.step() < 7;
                    })
                    .with(optimizer);
            assertThat(found.end()).isEqualTo(End.STOPPED);
            assertThat(found.reason()).contains("callback");
            assertThat(found.steps()).isEqualTo(7);
            assertThat(seen).hasSize(7);
            assertThat(found.value()).isEqualTo(seen.get(6));
            assertThat(found.history()).isEmpty();
        }
    }

    @Test
    void limitsOfTimeAndSteps() {
        try (Sgd optimizer = Sgd.builder().learningRate(1e-6).build()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of)
                    .from(-1.2, 1)
                    .timeLimit(Duration.ofNanos(1))
                    .with(optimizer);
            assertThat(found.end()).isEqualTo(End.LIMIT);
            assertThat(found.reason()).isEqualTo("the time limit of PT0.000000001S");
        }
        assertThatThrownBy(() -> Minimize.of(Rosenbrock::of).timeLimit(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time limit");
    }

    @Test
    void tolerancesOfValueStepAndGradient() {
        Method method = new Method("", () -> TrustRegionNewton.builder().build());
        Minimize.Result byValue = search(
                Minimize.of(t -> Rosenbrock.of(t).add(1))
                        .from(-1.2, 1)
                        .tolerance(1e-300)
                        .ftol(1e-3),
                method);
        assertThat(byValue.converged()).isTrue();
        assertThat(byValue.reason()).contains("ftol = 0.001");
        Minimize.Result byStep = search(
                Minimize.of(Rosenbrock::of).from(-1.2, 1).tolerance(1e-300).xtol(1e-5), method);
        assertThat(byStep.converged()).isTrue();
        assertThat(byStep.reason()).contains("xtol = 1.0E-5");
        assertThat(byStep.steps()).isGreaterThan(byValue.steps());
        Minimize.Result byGradient =
                search(Minimize.of(Rosenbrock::of).from(-1.2, 1).gtol(1e-2), method);
        assertThat(byGradient.converged()).isTrue();
        assertThat(byGradient.gradientNorm()).isLessThanOrEqualTo(1e-2);
        assertThatThrownBy(() -> Minimize.of(Rosenbrock::of).ftol(-1)).hasMessageContaining("ftol");
        assertThatThrownBy(() -> Minimize.of(Rosenbrock::of).xtol(Double.NaN)).hasMessageContaining("xtol");
    }

    @Test
    void aSmallRadiusIsNoReasonToConverge() {
        try (TrustRegionNewton optimizer =
                TrustRegionNewton.builder().radius(1e-9, 1000).build()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of)
                    .from(-1.2, 1)
                    .ftol(1e-6)
                    .xtol(1e-6)
                    .with(optimizer);
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-3));
        }
    }

    @Test
    void aFirstOrderStepThatChangesNothingIsNotAccepted() {
        for (double rate : new double[] {1e-30, 1}) {
            for (Optimizer optimizer : List.of(
                    Sgd.builder().learningRate(rate).build(),
                    Sgd.builder().learningRate(rate).momentum(0.9).build())) {
                try (optimizer) {
                    Minimize.Result found = Minimize.of(t -> t.square().sum())
                            .from(Arena.of(DType.FLOAT32, Shape.of(1), rate == 1 ? 0 : 3))
                            .tolerance(1e-30)
                            .keepHistory()
                            .maxSteps(3)
                            .with(optimizer);
                    for (StepReport step : found.history()) {
                        assertThat(step.accepted()).isFalse();
                        assertThat(step.stepNorm()).isEqualTo(0);
                        assertThat(step.reason()).contains("too short");
                    }
                    assertThat(found.steps()).isEqualTo(rate == 1 ? 0 : 3);
                }
            }
        }
    }

    /** NIST's BoxBOD from its second start: near the minimum rounding hides what steps gain, but not their slopes. */
    @Test
    void dampedGaussNewtonConvergesWhereRoundingHidesItsSteps() {
        Tensor days = Tensor.constant(DType.FLOAT64, Shape.of(6), 1, 2, 3, 5, 7, 10);
        Tensor demand = Tensor.constant(DType.FLOAT64, Shape.of(6), 109, 149, 149, 191, 213, 224);
        try (Optimizer damped = DampedGaussNewton.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(b -> b.slice(0, 1, 2)
                            .mul(days)
                            .neg()
                            .exp()
                            .neg()
                            .add(1)
                            .mul(b.slice(0, 0, 1))
                            .sub(demand))
                    .from(100, 0.75)
                    .with(damped);
            assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
            assertThat(Arena.toDoubles(found.x())[0]).isCloseTo(2.1380940889E+02, within(1e-7));
            assertThat(Arena.toDoubles(found.x())[1]).isCloseTo(5.4723748542E-01, within(1e-10));
        }
    }

    /** Its last steps go up and down by a dozen units in the last place, in a circle. */
    @Test
    void aCircleWithinRoundingEndsTheSearch() {
        try (Optimizer optimizer = ExactNewton.builder()
                .indefinite(Indefinite.ABSOLUTE_EIGENVALUES)
                .build()) {
            NistProblem problem = NistProblem.MGH09;
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(problem.start2())
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
            assertThat(2 * found.value()).isCloseTo(problem.certifiedSquares(), withinPercentage(1e-8));
        }
    }
}
