package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize.End;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BoundedLbfgs;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.NistProblem;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether what is left to gain is within the rounding of the function. */
class RemainingGainTest {
    private static boolean isHidden(UnaryOperator<Tensor> function, Optimizer optimizer, double... at) {
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(at.length), at);
        INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(at.length));
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, at.length, function);
                optimizer) {
            double value = objective.gradient(x, Scope.all(), gradient);
            optimizer.project(x, gradient);
            return RemainingGain.isHidden(objective, x, value, gradient, optimizer);
        }
    }

    private static boolean isHidden(UnaryOperator<Tensor> function, double... at) {
        return isHidden(function, Bfgs.builder().build(), at);
    }

    private static Tensor valley(Tensor x) {
        return x.square()
                .mul(Tensor.constant(DType.FLOAT64, Shape.of(2), 1e8, 1))
                .sum()
                .add(1);
    }

    /** 1 + 1e8 x^2 + y^2: what is left is 1e8 x^2 + y^2, and 1024 units of rounding are 2.3e-13. */
    @Test
    void theFallCountsAndNotTheGradient() {
        assertThat(isHidden(RemainingGainTest::valley, 3e-11, 3e-7)).isTrue();
        assertThat(isHidden(RemainingGainTest::valley, 3e-11, 6e-7)).isFalse();
        assertThat(isHidden(RemainingGainTest::valley, 6e-11, 3e-7)).isFalse();
    }

    @Test
    void kinksSaddlesAndPlateausHideNothing() {
        assertThat(isHidden(x -> x.abs().add(1).sum(), 1e-20)).isFalse();
        assertThat(isHidden(
                        x -> x.square()
                                .mul(Tensor.constant(DType.FLOAT64, Shape.of(2), 1, -1))
                                .sum()
                                .add(1),
                        1e-9,
                        1e-9))
                .isFalse();
        assertThat(isHidden(x -> x.square().add(1).log().sum(), 1e8)).isFalse();
        assertThat(isHidden(x -> x.tanh().square().sum(), 18)).isFalse();
    }

    @Test
    void whatIsPressedAgainstABoundIsNotLeft() {
        Optimizer bounded = BoundedLbfgs.builder(new double[] {0.5, -1}, new double[] {2, 1})
                .build();
        assertThat(isHidden(RemainingGainTest::valley, bounded, 0.5, 1e-6)).isTrue();
    }

    static Stream<Arguments> runs() {
        return Stream.of(
                run("newton absolute", NistProblem.MISRA1C, 2, RemainingGainTest::absolute),
                run("newton absolute", NistProblem.MGH10, 1, RemainingGainTest::absolute),
                run("newton absolute", NistProblem.MGH10, 2, RemainingGainTest::absolute),
                run(
                        "newton shift",
                        NistProblem.LANCZOS3,
                        2,
                        () -> ExactNewton.builder()
                                .indefinite(ExactNewton.Indefinite.SHIFT)
                                .build()),
                run(
                        "trust",
                        NistProblem.MISRA1D,
                        2,
                        () -> TrustRegionNewton.builder().build()),
                run(
                        "newton-cg",
                        NistProblem.DANWOOD,
                        1,
                        () -> LineSearchNewton.builder().build()),
                run("bfgs", NistProblem.DANWOOD, 1, () -> Bfgs.builder().build()),
                run("lbfgs", NistProblem.RAT43, 2, () -> Lbfgs.builder().build()),
                run("lbfgs", NistProblem.THURBER, 1, () -> Lbfgs.builder().build()),
                run(
                        "ncg",
                        NistProblem.CHWIRUT2,
                        2,
                        () -> NonlinearConjugateGradients.builder().build()),
                run(
                        "damped",
                        NistProblem.MISRA1B,
                        1,
                        () -> DampedGaussNewton.builder().build()));
    }

    private static Optimizer absolute() {
        return ExactNewton.builder()
                .indefinite(ExactNewton.Indefinite.ABSOLUTE_EIGENVALUES)
                .build();
    }

    private static Arguments run(String name, NistProblem problem, int start, Supplier<Optimizer> maker) {
        return Arguments.of(name, problem, start, maker);
    }

    /** Ends where a step failed, at the certified sum of squares. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("runs")
    void aSearchAtTheCertifiedValueHasConverged(
            String name, NistProblem problem, int start, Supplier<Optimizer> maker) {
        try (Optimizer optimizer = maker.get()) {
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(start == 1 ? problem.start1() : problem.start2())
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
            assertThat(2 * found.value()).isCloseTo(problem.certifiedSquares(), withinPercentage(1e-8));
        }
    }

    /** MGH10 from its first start is a plateau for most of the way. */
    @Test
    void aSearchThatStopsOnAPlateauHasStalled() {
        try (Optimizer optimizer = LineSearchNewton.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(NistProblem.MGH10::residuals)
                    .from(NistProblem.MGH10.start1())
                    .with(optimizer);
            assertThat(found.value() > 1e3).isEqualTo(found.end() != End.CONVERGED);
        }
    }

    /** Its steps shrink by 2.5 % each, long after the function has its last digit. */
    @Test
    void stepsThatShrinkForHundredsOfStepsWithinRoundingEnd() {
        for (double[] start : new double[][] {NistProblem.ROSZMAN1.start1(), NistProblem.ROSZMAN1.start2()}) {
            try (Optimizer optimizer = absolute()) {
                Minimize.Result found = Minimize.leastSquares(NistProblem.ROSZMAN1::residuals)
                        .from(start)
                        .with(optimizer);
                assertThat(found.end()).as(found.reason()).isEqualTo(End.CONVERGED);
                assertThat(2 * found.value())
                        .isCloseTo(NistProblem.ROSZMAN1.certifiedSquares(), withinPercentage(1e-8));
            }
        }
    }
}
