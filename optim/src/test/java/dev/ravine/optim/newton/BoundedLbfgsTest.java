package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.MghProblem;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Minima within bounds. Values and points are those of SciPy 1.17's L-BFGS-B with ftol = 1e-15 and gtol = 1e-9, where
 * no closed form is given.
 */
class BoundedLbfgsTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    /** A function on a box. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Problem(
            String name,
            UnaryOperator<Tensor> function,
            double[] start,
            double[] lower,
            double[] upper,
            double value,
            double... minimum) {
        @Override
        public String toString() {
            return name;
        }

        Minimize search() {
            return Minimize.of(function).from(start);
        }

        BoundedLbfgs optimizer() {
            return BoundedLbfgs.builder(lower, upper).build();
        }
    }

    private static double[] of(double... numbers) {
        return numbers;
    }

    private static double[] repeated(int n, double... numbers) {
        double[] all = new double[n];
        Arrays.setAll(all, i -> numbers[i % numbers.length]);
        return all;
    }

    private static Tensor x(Tensor t, int i) {
        return t.slice(0, i, i + 1);
    }

    private static Tensor times(Tensor t, double... factors) {
        return t.mul(Tensor.constant(DType.FLOAT64, Shape.of(factors.length), factors));
    }

    private static Tensor minus(Tensor t, double... numbers) {
        return t.sub(Tensor.constant(DType.FLOAT64, Shape.of(numbers.length), numbers));
    }

    /** The first example of the published code: 4 ((x_1 - 1)^2 / 4 + sum (x_i - x_(i-1)^2)^2). */
    private static Tensor chain(Tensor t) {
        int n = Math.toIntExact(t.shape().size(0));
        Tensor head = t.slice(0, 0, n - 1);
        return x(t, 0).sub(1)
                .square()
                .sum()
                .add(t.slice(0, 1, n).sub(head.square()).square().sum().mul(4));
    }

    private static Tensor beale(Tensor t) {
        Tensor a = x(t, 0);
        Tensor b = x(t, 1);
        Tensor sum = null;
        double[] y = {1.5, 2.25, 2.625};
        Tensor power = b;
        for (double yi : y) {
            Tensor square = a.mul(power.neg().add(1)).neg().add(yi).square();
            sum = sum == null ? square : sum.add(square);
            power = power.mul(b);
        }
        return sum.sum();
    }

    private static Tensor hockSchittkowski5(Tensor t) {
        Tensor a = x(t, 0);
        Tensor b = x(t, 1);
        return a.add(b)
                .sin()
                .add(a.sub(b).square())
                .sub(a.mul(1.5))
                .add(b.mul(2.5))
                .add(1)
                .sum();
    }

    private static Tensor hockSchittkowski38(Tensor t) {
        Tensor a = x(t, 0);
        Tensor b = x(t, 1);
        Tensor c = x(t, 2);
        Tensor d = x(t, 3);
        return b.sub(a.square())
                .square()
                .mul(100)
                .add(a.neg().add(1).square())
                .add(d.sub(c.square()).square().mul(90))
                .add(c.neg().add(1).square())
                .add(b.sub(1).square().add(d.sub(1).square()).mul(10.1))
                .add(b.sub(1).mul(d.sub(1)).mul(19.8))
                .sum();
    }

    private static Tensor hockSchittkowski45(Tensor t) {
        Tensor product = x(t, 0);
        for (int i = 1; i < 5; i++) {
            product = product.mul(x(t, i));
        }
        return product.mul(-1.0 / 120).add(2).sum();
    }

    static Stream<Problem> problems() {
        UnaryOperator<Tensor> rosenbrock = Rosenbrock::of;
        return Stream.of(
                new Problem(
                        "rosenbrock, left of 0.5", rosenbrock, of(-1.2, 1), of(-2, -2), of(0.5, 2), 0.25, 0.5, 0.25),
                new Problem(
                        "rosenbrock, y fixed",
                        rosenbrock,
                        of(1.2, 0.3),
                        of(-2, 0.3),
                        of(2, 0.3),
                        0.2028756381352868,
                        0.55142311,
                        0.3),
                new Problem(
                        "rosenbrock of four",
                        rosenbrock,
                        of(-1.2, 1, -0.5, 0.7),
                        of(-1.5, -INF, -1, 0.4),
                        of(0.8, INF, 0.5, INF),
                        2.9364316230088003,
                        0.8,
                        0.685110318,
                        0.5,
                        0.4),
                new Problem(
                        "a chain of 25",
                        BoundedLbfgsTest::chain,
                        repeated(25, 3),
                        repeated(25, 1, -100),
                        repeated(25, 100),
                        0),
                new Problem(
                        "beale at a bound",
                        BoundedLbfgsTest::beale,
                        of(0.6, 0.5),
                        of(0.6, 0.5),
                        of(10, 100),
                        0,
                        3,
                        0.5),
                new Problem(
                        "hock and schittkowski 4",
                        t -> x(t, 0).add(1)
                                .square()
                                .mul(x(t, 0).add(1))
                                .div(3)
                                .add(x(t, 1))
                                .sum(),
                        of(1.125, 0.125),
                        of(1, 0),
                        of(INF, INF),
                        8.0 / 3,
                        1,
                        0),
                new Problem(
                        "hock and schittkowski 5",
                        BoundedLbfgsTest::hockSchittkowski5,
                        of(0, 0),
                        of(-1.5, -3),
                        of(4, 3),
                        // -sqrt(3) / 2 - pi / 3
                        -Math.sqrt(3) / 2 - Math.PI / 3,
                        0.5 - Math.PI / 3,
                        -0.5 - Math.PI / 3),
                new Problem(
                        "hock and schittkowski 38",
                        BoundedLbfgsTest::hockSchittkowski38,
                        of(-3, -1, -3, -1),
                        repeated(4, -10),
                        repeated(4, 10),
                        0,
                        1,
                        1,
                        1,
                        1),
                new Problem(
                        "hock and schittkowski 45",
                        BoundedLbfgsTest::hockSchittkowski45,
                        repeated(5, 0.5),
                        repeated(5, 0),
                        of(1, 2, 3, 4, 5),
                        1,
                        1,
                        2,
                        3,
                        4,
                        5),
                new Problem(
                        "entropy",
                        t -> t.mul(t.log()).add(times(t, 2, -1, 0)).sum(),
                        of(1, 0.6, 1),
                        of(0.2, 0.1, 0.01),
                        of(INF, 0.7, 5),
                        -1.2394394844153749,
                        0.2,
                        0.7,
                        Math.exp(-1)),
                new Problem(
                        "a quadratic in a corner",
                        t -> times(minus(t, repeated(10, 2, -2)).square(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                                .sum()
                                .add(t.sum().square().mul(0.5)),
                        repeated(10, 0),
                        repeated(10, -1),
                        repeated(10, 1),
                        55,
                        repeated(10, 1, -1)));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void endsWhereSciPyEnds(Problem problem) {
        try (BoundedLbfgs optimizer = problem.optimizer()) {
            Minimize.Result found = problem.search()
                    .tolerance(1e-7)
                    .callback((x, step) -> {
                        double[] now = Arena.toDoubles(x);
                        for (int i = 0; i < now.length; i++) {
                            assertThat(now[i]).isBetween(problem.lower[i], problem.upper[i]);
                        }
                        assertThat(step.lossAfter()).isLessThanOrEqualTo(step.loss());
                        return true;
                    })
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.gradientNorm()).isLessThanOrEqualTo(1e-7);
            assertThat(found.value()).isCloseTo(problem.value, within(1e-8));
            if (problem.minimum.length > 0) {
                assertThat(Arena.toDoubles(found.x())).containsExactly(problem.minimum, within(2e-5));
            }
            assertThat(found.steps()).isLessThan(100);
        }
    }

    /** Convex: minima are where the multipliers' signs are right, and nowhere else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aQuadraticEndsAtItsOnlyKarushKuhnTuckerPoint(long seed) {
        int n = 30;
        Rng rng = new Rng(seed);
        double[] factor = rng.doubles((long) n * n, -1, 1).toArray();
        double[] b = rng.doubles(n, -20, 20).toArray();
        double[] lower = rng.doubles(n, -1, 0).toArray();
        double[] upper = rng.doubles(n, 0, 1).toArray();
        Tensor a = Tensor.constant(DType.FLOAT64, Shape.of(n, n), factor);
        UnaryOperator<Tensor> function = t -> a.matmul(t.reshape(n, 1))
                .square()
                .sum()
                .add(t.square().sum())
                .mul(0.5)
                .add(times(t, b).sum());
        try (BoundedLbfgs optimizer = BoundedLbfgs.builder(lower, upper).build()) {
            Minimize.Result found =
                    Minimize.of(function).from(new double[n]).tolerance(1e-6).with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            double[] x = Arena.toDoubles(found.x());
            int atBound = 0;
            for (int i = 0; i < n; i++) {
                double g = x[i] + b[i];
                for (int k = 0; k < n; k++) {
                    double row = 0;
                    for (int j = 0; j < n; j++) {
                        row += factor[k * n + j] * x[j];
                    }
                    g += factor[k * n + i] * row;
                }
                if (x[i] == lower[i]) {
                    assertThat(g).isGreaterThan(-1e-6);
                    atBound++;
                } else if (x[i] == upper[i]) {
                    assertThat(g).isLessThan(1e-6);
                    atBound++;
                } else {
                    assertThat(g).isCloseTo(0, within(1e-6));
                }
            }
            assertThat(atBound).isBetween(5, n);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutBoundsItIsAsGoodAsLimitedMemory(MghProblem problem) {
        double[] none = new double[problem.start().length];
        Arrays.fill(none, INF);
        double[] minusNone = Arrays.stream(none).map(v -> -v).toArray();
        try (BoundedLbfgs optimizer = BoundedLbfgs.builder(minusNone, none).build()) {
            Minimize.Result found = Minimize.of(problem::value)
                    .from(problem.start())
                    .tolerance(1e-5)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(Arrays.stream(problem.minima()).boxed())
                    .as("one of these minima is %s", found)
                    .anyMatch(minimum -> Math.abs(found.value() - minimum) <= 1e-4 * Math.max(minimum, 0.1));
        }
    }

    /** A power of 1.5 is not a number beyond its bound. The bounds are not numbers of single precision. */
    @EachFloatType
    void noValueIsAskedForOutOfBounds(DType dtype) {
        try (BoundedLbfgs optimizer =
                BoundedLbfgs.builder(of(0.1, -1), of(3.3, 0.7)).build()) {
            Minimize.Result found = Minimize.of(t -> x(t, 0).sub(0.1)
                            .pow(1.5)
                            .add(x(t, 1).neg().add(0.7).pow(1.5))
                            .add(x(t, 0))
                            .add(x(t, 1).sub(1).square())
                            .sum())
                    .from(Arena.of(dtype, Shape.of(2), 3.2, -0.7))
                    .tolerance(1e-3)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.x().getDouble(0)).isBetween(0.1, 0.100001);
            assertThat(found.x().getDouble(1)).isBetween(0.699, 0.7);
        }
    }

    @EachFloatType
    void goesOnBitForBitFromAnyPointOfItsHistory(DType dtype) {
        for (int steps : new int[] {0, 1, 2, 5}) {
            INDArray theta = Arena.of(dtype, Shape.of(4), -1.2, 1, -0.5, 0.7);
            BoundedLbfgs.Builder builder =
                    BoundedLbfgs.builder(repeated(4, -1.5), of(0.75, 2, 0.5, 2)).memory(3);
            try (FunctionObjective objective = Rosenbrock.objective(dtype, 4);
                    BoundedLbfgs optimizer = builder.build();
                    BoundedLbfgs other = builder.build()) {
                Resumed.goesOnBitForBit(objective, theta, optimizer, other, steps, 6);
            }
        }
    }

    @Test
    void wrongBoundsAndStartsAreErrors() {
        assertThatThrownBy(() -> BoundedLbfgs.builder(of(1, 2), of(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 lower and 1 upper");
        for (double[] pair : new double[][] {{2, 1}, {Double.NaN, 1}, {0, Double.NaN}, {INF, INF}}) {
            assertThatThrownBy(() -> BoundedLbfgs.builder(of(0, pair[0]), of(1, pair[1])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("parameter 1");
        }
        try (BoundedLbfgs optimizer = BoundedLbfgs.builder(of(0, 0), of(1, 1)).build()) {
            assertThatThrownBy(
                            () -> Minimize.of(t -> t.sqrt().sum()).from(0.5, -3).with(optimizer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("parameter 1 is -3.0")
                    .hasMessageContaining("from 0.0 to 1.0");
            assertThatThrownBy(() -> Minimize.of(t -> t.square().sum()).from(1).with(optimizer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 parameters, but theta has 1");
        }
    }
}
