package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Damped inverses against the matrices that they invert, written out. */
class KroneckerInverseTest {
    private static final double GAMMA = 0.3;
    private static final int SIZE = 2 * 4 + 4 + 4 * 3 + 3;

    private static SupervisedObjective objective(DType dtype) {
        Module net = new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 3));
        net.initialize(dtype, 2);
        DataSet data = Generators.spirals(60, 3, 0.1, 1).as(dtype);
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                .workers(new Workers(1))
                .build();
    }

    private static KroneckerFactors factors(SupervisedObjective objective) {
        KroneckerFactors factors =
                KroneckerFactors.builder().cotangents(Cotangents.EXACT).build(objective);
        factors.update(objective, objective.theta(), Scope.all());
        return factors;
    }

    /** (A + a I) (x) (G + g I), or A (x) G + gamma^2 I, of both layers, in the order of the parameter vector. */
    private static double[][] damped(KroneckerFactors factors, FactorDamping damping) {
        double[][] whole = new double[SIZE][SIZE];
        int at = 0;
        for (int block = 0; block < 2; block++) {
            double[][] a = square(factors.factors(block).get(0));
            double[][] g = square(factors.factors(block).get(1));
            double pi = damping == FactorDamping.EQUAL ? 1 : Math.sqrt(size(a, damping) / size(g, damping));
            boolean isExact = damping == FactorDamping.EXACT;
            for (int i = 0; i < a.length && !isExact; i++) {
                a[i][i] += pi * GAMMA;
            }
            for (int i = 0; i < g.length && !isExact; i++) {
                g[i][i] += GAMMA / pi;
            }
            int n = g.length;
            for (int i = 0; i < a.length * n; i++) {
                for (int j = 0; j < a.length * n; j++) {
                    whole[at + i][at + j] = a[i / n][j / n] * g[i % n][j % n];
                }
                whole[at + i][at + i] += isExact ? GAMMA * GAMMA : 0;
            }
            at += a.length * n;
        }
        return whole;
    }

    private static double[][] square(INDArray matrix) {
        int n = (int) matrix.size(0);
        double[] flat = Arena.toDoubles(matrix);
        double[][] rows = new double[n][n];
        for (int i = 0; i < n * n; i++) {
            rows[i / n][i % n] = flat[i];
        }
        return rows;
    }

    private static double size(double[][] m, FactorDamping damping) {
        double trace = 0;
        double squares = 0;
        for (int i = 0; i < m.length; i++) {
            trace += m[i][i];
            for (int j = 0; j < m.length; j++) {
                squares += m[i][j] * m[i][j];
            }
        }
        return damping == FactorDamping.NORM ? Math.sqrt(squares / m.length) : trace / m.length;
    }

    /** Does something with factors and their inverse. */
    private static void with(FactorDamping damping, BiConsumer<KroneckerFactors, KroneckerInverse> use) {
        try (SupervisedObjective objective = objective(DType.FLOAT64);
                KroneckerFactors factors = factors(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, damping)) {
            use.accept(factors, inverse);
        }
    }

    @ParameterizedTest
    @EnumSource
    void timesTheDampedMatrixIsTheVectorItself(FactorDamping damping) {
        with(damping, (factors, inverse) -> {
            assertThat(inverse.refresh(GAMMA)).isEmpty();
            double[][] matrix = damped(factors, damping);
            double[] v = Arena.toDoubles(Dense.vector(SIZE, 4));
            INDArray product = Arena.create(DType.FLOAT64, Shape.of(SIZE));
            Elements elements = Elements.of(product);
            for (int i = 0; i < SIZE; i++) {
                double sum = 0;
                for (int j = 0; j < SIZE; j++) {
                    sum += matrix[i][j] * v[j];
                }
                elements.set(i, sum);
            }
            inverse.apply(product, product);
            assertThat(Arena.toDoubles(product)).containsExactly(v, within(1e-12));
        });
    }

    @Test
    void withItConjugateGradientsNeedOneIteration() {
        try (SupervisedObjective objective = objective(DType.FLOAT64);
                KroneckerFactors factors = factors(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.EXACT);
                ConjugateGradient solver = new ConjugateGradient(50, StopRule.relativeResidual(1e-10))) {
            inverse.refresh(GAMMA);
            INDArray g = Dense.vector(SIZE, 5);
            INDArray zero = Arena.create(DType.FLOAT64, Shape.of(SIZE));
            int with = solver.minimise(factors.shifted(GAMMA * GAMMA), g, zero, inverse, 50)
                    .iterations();
            int without = solver.minimise(factors.shifted(GAMMA * GAMMA), g, zero, null, 50)
                    .iterations();
            assertThat(with).isEqualTo(1);
            assertThat(without).isGreaterThan(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itStaysWhereFactorsAreNotFinite(FactorDamping damping) {
        with(damping, (factors, inverse) -> {
            inverse.refresh(GAMMA);
            double[] before = Arena.toDoubles(inverse.numbers());
            Elements.of(factors.factors(1).get(1)).set(0, Double.NaN);
            assertThat(inverse.refresh(0.1)).singleElement().asString().contains("weight");
            double[] after = Arena.toDoubles(inverse.numbers());
            assertThat(after).isNotEqualTo(before); // the first layer's moved on
            assertThat(java.util.Arrays.stream(after).allMatch(Double::isFinite))
                    .isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void zeroFactorsLeaveTheDampingAlone(FactorDamping damping) {
        with(damping, (factors, inverse) -> {
            for (int i = 0; i < 2; i++) {
                factors.factors(i).forEach(factor -> Vectors.fill(factor, 0));
            }
            assertThat(inverse.refresh(GAMMA)).isEmpty();
            INDArray v = Dense.vector(SIZE, 4);
            double[] expected = java.util.Arrays.stream(Arena.toDoubles(v))
                    .map(x -> x / (GAMMA * GAMMA))
                    .toArray();
            inverse.apply(v, v);
            assertThat(Arena.toDoubles(v)).containsExactly(expected, within(1e-12));
        });
    }

    /** A layer that is wider than the batch has singular factors; a tiny gamma asks for more digits than FLOAT32 has. */
    @Test
    void singularFactorsAreInvertedInDoublePrecisionWhereSingleIsNotEnough() {
        Module net = new Sequential(new Linear(2, 40), Activation.tanh(), new Linear(40, 3));
        net.initialize(DType.FLOAT32, 2);
        DataSet data = Generators.spirals(9, 3, 0.1, 1).as(DType.FLOAT32);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                        .workers(workers)
                        .build();
                KroneckerFactors factors = factors(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
            assertThat(inverse.refresh(1e-6)).isEmpty();
            INDArray v = Arena.create(DType.FLOAT32, Shape.of(objective.size()));
            Vectors.fill(v, 1);
            inverse.apply(v, v);
            assertThat(Vectors.firstNonFinite(v)).isNegative();
            assertThat(Vectors.norm(v)).isPositive();
        }
    }

    @Test
    void beforeTheFirstRefreshItHasNoNumbers() {
        with(FactorDamping.TRACE, (factors, inverse) -> {
            INDArray v = Dense.vector(SIZE, 4);
            assertThatThrownBy(() -> inverse.apply(v, v))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("refresh");
            assertThatThrownBy(() -> inverse.refresh(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gamma");
        });
    }

    /** A block of 301 x 40, large enough for products in parts: (A + a I) X (G + g I) gives the vector back. */
    @Test
    void aLargeBlockIsMultipliedInParts() {
        Module net = new Sequential(new Linear(300, 40));
        net.initialize(DType.FLOAT64, 2);
        INDArray features = Arena.view(Dense.vector(20 * 300, 7), 0, Shape.of(20, 300));
        long[] labels = LongStream.range(0, 20).map(i -> i * 2).toArray();
        try (SupervisedObjective objective = SupervisedObjective.of(
                        net, Loss.softmaxCrossEntropy(), DataSet.of(features, Arena.ofIntegers(labels)));
                KroneckerFactors factors = factors(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.EQUAL)) {
            assertThat(inverse.refresh(GAMMA)).isEmpty();
            INDArray v = Dense.vector((int) inverse.size(), 4);
            INDArray x = Arena.create(DType.FLOAT64, Shape.of(inverse.size()));
            inverse.apply(v, x, objective.workers());
            double[][] a = square(factors.factors(0).get(0));
            double[][] g = square(factors.factors(0).get(1));
            IntStream.range(0, a.length).forEach(i -> a[i][i] += GAMMA);
            IntStream.range(0, g.length).forEach(i -> g[i][i] += GAMMA);
            double[] expected = Arena.toDoubles(v);
            double[] product = times(a, times(Arena.toDoubles(x), g));
            assertThat(product).containsExactly(expected, within(1e-10));
        }
    }

    /** X [m, n] times G [n, n], row by row. */
    private static double[] times(double[] x, double[][] g) {
        int n = g.length;
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < n; k++) {
                product[i] += x[i / n * n + k] * g[k][i % n];
            }
        }
        return product;
    }

    /** A [m, m] times X [m, n]. */
    private static double[] times(double[][] a, double[] x) {
        int n = x.length / a.length;
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < a.length; k++) {
                product[i] += a[i / n][k] * x[k * n + i % n];
            }
        }
        return product;
    }
}
