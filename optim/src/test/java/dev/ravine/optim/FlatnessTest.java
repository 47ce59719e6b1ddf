package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize.End;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether values of a function hide the way to a minimum that its gradient still shows. */
class FlatnessTest {
    /** 1 + x^2 is 1 up to x = 1e-8, so f is 0 there, while the gradient is 2 x to the last digit. */
    private static Tensor logarithm(Tensor x) {
        return x.square().add(1).log().sum();
    }

    private static boolean isFlat(UnaryOperator<Tensor> function, double... at) {
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(at.length), at);
        INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(at.length));
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, at.length, function);
                Optimizer optimizer = Bfgs.builder().build()) {
            double value = objective.gradient(x, Scope.all(), gradient);
            return Flatness.hides(objective, x, value, gradient, optimizer);
        }
    }

    @Test
    void aMinimumThatNoValueShowsIsFlat() {
        assertThat(isFlat(FlatnessTest::logarithm, 1e-9, -3e-9)).isTrue();
        assertThat(isFlat(FlatnessTest::logarithm, 1e-7, 1e-9)).isFalse();
    }

    @Test
    void aPlateauIsNotFlatWhereTheGradientPromisesNoMinimum() {
        assertThat(isFlat(x -> x.tanh().square().sum(), 18)).isFalse();
    }

    @Test
    void whatIsVisibleInAnotherDirectionThanSteepestDescentCounts() {
        UnaryOperator<Tensor> valley = x -> x.square()
                .mul(Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 1e-10))
                .sum()
                .add(1);
        assertThat(isFlat(valley, 1e-9, 1)).isFalse();
        assertThat(isFlat(valley, 1e-9, 1e-5)).isTrue();
    }

    /** The first gradient is below 1e-8, so that the tolerance is 1e-8 times it. */
    @ParameterizedTest
    @ValueSource(doubles = {1e9, 1e10, -3e12, 1e20})
    void searchesEndConvergedWhereTheFunctionIsZero(double start) {
        for (Optimizer optimizer : List.of(
                TrustRegionNewton.builder().build(),
                NonlinearConjugateGradients.builder().build(),
                ScaledConjugateGradients.builder().build(),
                Bfgs.builder().build(),
                HessianFree.builder().curvature(Curvature.HESSIAN).build(),
                ExactNewton.builder().build(),
                ExactNewton.builder().indefinite(ExactNewton.Indefinite.SHIFT).build())) {
            try (optimizer) {
                Minimize.Result found =
                        Minimize.of(FlatnessTest::logarithm).from(start).with(optimizer);
                assertThat(found.end()).as(optimizer + ": " + found.reason()).isEqualTo(End.CONVERGED);
                assertThat(found.value()).isZero();
                assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {0}, within(1.1e-8));
            }
        }
    }
}
