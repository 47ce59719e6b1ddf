package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The derivatives at kinks, ties and zeros, as decision 23 sets them. Where PyTorch defines the operation, the first
 * derivative is PyTorch's.
 */
class KinksTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    /** A function of one number with its value and first three derivatives at a point. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Case(String name, UnaryOperator<Tensor> f, double x, double... expected) {
        @Override
        public String toString() {
            return name + " at " + x;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("abs", Tensor::abs, 0, 0, 0, 0, 0),
                new Case("abs", Tensor::abs, -0.0, 0, 0, 0, 0),
                new Case("relu", Tensor::relu, 0, 0, 0, 0, 0),
                new Case("leakyRelu", x -> x.leakyRelu(0.1), 0, 0, 0.1, 0, 0),
                new Case("elu 1", x -> x.elu(1), 0, 0, 1, 1, 1),
                new Case("elu 0.7", x -> x.elu(0.7), 0, 0, 0.7, 0.7, 0.7),
                new Case("elu 1", x -> x.elu(1), 2, 2, 1, 0, 0),
                new Case("elu 1", x -> x.elu(1), -INF, -1, 0, 0, 0),
                new Case("elu 1", x -> x.elu(1), INF, INF, 1, 0, 0),
                new Case("clip at its lower limit", x -> x.clip(-1, 2), -1, -1, 1, 0, 0),
                new Case("clip at its upper limit", x -> x.clip(-1, 2), 2, 2, 1, 0, 0),
                new Case("huber at its limit", x -> x.huber(0.5), 0.5, 0.125, 0.5, 1, 0),
                new Case("huber", x -> x.huber(0.5), 0, 0, 0, 1, 0),
                new Case("maximum with 0", x -> x.maximum(x.filled(0)), 0, 0, 0.5, 0, 0),
                new Case("minimum with 0", x -> x.minimum(x.filled(0)), 0, 0, 0.5, 0, 0),
                new Case("0 and maximum", x -> x.filled(0).maximum(x), 0, 0, 0.5, 0, 0),
                new Case("maximum of equals", x -> x.maximum(x), 0, 0, 1, 0, 0),
                new Case("minimum of equals", x -> x.minimum(x.mul(3)), 0, 0, 2, 0, 0),
                new Case("step", Tensor::step, 0, 0, 0, 0, 0),
                new Case("sign", Tensor::sign, 0, 0, 0, 0, 0),
                new Case("where", x -> Tensor.where(x.step(), x.mul(2), x.mul(5)), 0, 0, 5, 0, 0),
                new Case("greater", x -> x.greater(x.filled(0)), 0, 0, 0, 0, 0),
                new Case("equalTo", x -> x.equalTo(x.filled(0)), 0, 1, 0, 0, 0),
                new Case("pow 0", x -> x.pow(0), 0, 1, 0, 0, 0),
                new Case("pow 1", x -> x.pow(1), 0, 0, 1, 0, 0),
                new Case("pow 2", x -> x.pow(2), 0, 0, 0, 2, 0),
                new Case("pow 3", x -> x.pow(3), 0, 0, 0, 0, 6),
                new Case("pow 2.5", x -> x.pow(2.5), 0, 0, 0, 0, INF),
                new Case("pow 0.5", x -> x.pow(0.5), 0, 0, INF, -INF, INF),
                new Case("pow of filled 0", x -> x.pow(x.filled(0)), 0, 1, 0, 0, 0),
                new Case("pow of filled 1", x -> x.pow(x.filled(1)), 0, 0, 1, 0, 0),
                new Case("pow of filled 2", x -> x.pow(x.filled(2)), 0, 0, 0, 2, 0),
                new Case("pow of filled 3", x -> x.pow(x.filled(3)), 0, 0, 0, 0, 6),
                new Case("pow of filled 0", x -> x.pow(x.filled(0)), -2, 1, 0, 0, 0),
                new Case("pow of filled 1", x -> x.pow(x.filled(1)), -2, -2, 1, 0, 0),
                new Case("pow of filled 2", x -> x.pow(x.filled(2)), -2, 4, -4, 2, 0),
                new Case("0 to the power", x -> x.filled(0).pow(x), 0, 1, 0, 0, 0),
                new Case("0 to the power", x -> x.filled(0).pow(x), 1, 0, 0, 0, 0),
                new Case("0 to the power", x -> x.filled(0).pow(x), 0.5, 0, 0, 0, 0),
                new Case("infinity to the power", x -> x.filled(INF).pow(x), -1, 0, 0, 0, 0),
                new Case("tanh", Tensor::tanh, INF, 1, 0, 0, 0),
                new Case("tanh", Tensor::tanh, -INF, -1, 0, 0, 0),
                new Case("tanh", Tensor::tanh, 100, 1, 0, 0, 0),
                new Case("sigmoid", Tensor::sigmoid, INF, 1, 0, 0, 0),
                new Case("sigmoid", Tensor::sigmoid, -INF, 0, 0, 0, 0),
                new Case("softplus", Tensor::softplus, INF, INF, 1, 0, 0),
                new Case("softplus", Tensor::softplus, -INF, 0, 0, 0, 0),
                new Case("max of equals", x -> Tensor.concat(0, x, x.mul(3)).max(), 0, 0, 2, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void derivativesAtThePoint(Case c) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor x = Tensor.constant(dtype, Shape.of(1), c.x);
            Tensor reverse = c.f.apply(x);
            Tensor forward = reverse;
            for (int order = 0; order < 4; order++) {
                double expected = dtype == DType.FLOAT32 ? (float) c.expected[order] : c.expected[order];
                assertThat(forward.sum().scalar() + 0.0)
                        .as("%s, forward, order %s", dtype, order)
                        .isEqualTo(expected + 0.0);
                assertThat(reverse.sum().scalar() + 0.0)
                        .as("%s, reverse, order %s", dtype, order)
                        .isEqualTo(expected + 0.0);
                forward = Autodiff.jvp(List.of(forward), List.of(x), List.of(x.filled(1)))
                        .get(0);
                reverse = Autodiff.gradient(reverse.sum(), x);
            }
        }
    }

    /** Both derivatives of a^b, where a is 0: the Hessian is symmetric, and finite from b = 1 on. */
    @Test
    void theHessianOfAPowerAtZero() {
        for (double b : new double[] {1, 2, 3}) {
            Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2), 0, b);
            Tensor power = x.slice(0, 0, 1).pow(x.slice(0, 1, 2)).sum();
            double mixed = b == 1 ? 1 : 0;
            assertThat(Arena.toDoubles(Jacobian.denseHessian(power, x)))
                    .as("b = %s", b)
                    .containsExactly(b == 2 ? 2 : 0, mixed, mixed, 0);
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 2);
        assertThatThrownBy(() -> x.huber(0)).hasMessage("huber: delta must be positive, found 0.0");
        assertThatThrownBy(() -> x.standardize(-1)).hasMessageContaining("standardize: epsilon must");
        assertThatThrownBy(() -> x.sum().standardize(0)).hasMessage("standardize: a scalar has no last axis");
        Tensor labels = Tensor.constant(Arena.ofIntegers(0, 1));
        assertThatThrownBy(() -> x.softmaxCrossEntropy(labels)).hasMessageContaining("found [2] and [2]");
        assertThatThrownBy(() -> x.reshape(1, 2).softmaxCrossEntropy(x)).hasMessageContaining("found [1, 2] and [2]");
    }

    /** PyTorch's amax shares the derivative of a tie equally, as maximum does. */
    @Test
    void equalMaximaShareTheDerivative() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(4), 2, 1, 2, 2);
        assertThat(Arena.toDoubles(Autodiff.gradient(x.max(), x).value()))
                .containsExactly(1 / 3.0, 0, 1 / 3.0, 1 / 3.0);
    }
}
