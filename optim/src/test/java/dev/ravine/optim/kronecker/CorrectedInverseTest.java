package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Second moments along the eigenvectors of Kronecker factors are the diagonal of the curvature in that basis. */
class CorrectedInverseTest {
    private static final double GAMMA = 0.3;

    /** One layer at each of two places, then their sum. */
    private static final class Places extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 2, 3);
        private final Parameter bias = parameter("bias", Initializer.constant(0.1), 3);

        @Override
        public Tensor forward(Tensor x) {
            Tensor places = x.reshape(Shape.of(x.shape().size(0), 2, 2));
            return places.matmul(weight.tensor()).add(bias.tensor()).tanh().sum(1);
        }
    }

    /** An encoder whose weight is the decoder's, too. */
    private static final class Tied extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 4, 3);
        private final Parameter bias = parameter("bias", Initializer.constant(0.1), 3);

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor()).add(bias.tensor()).tanh().matmul(weight.tensor(), false, true);
        }
    }

    /**
     * A net with one or two blocks.
     *
     * @param first the orders of the factors of the first block
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Case(String name, Module net, int outputs, boolean hasWeights, int... first) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Case TWO_LAYERS = new Case("two layers", mlp(), 3, false, 5, 6);

    private static KroneckerFactors factors(SupervisedObjective objective, Cotangents cotangents) {
        return KroneckerFactors.builder().cotangents(cotangents).build(objective);
    }

    private static Stream<Case> nets() {
        return Stream.of(
                TWO_LAYERS,
                new Case("weighted examples", mlp(), 3, true, 5, 6),
                new Case("places", new Places(), 3, false, 3, 3),
                new Case("tied", new Tied(), 4, true, 5, 3));
    }

    private static Module mlp() {
        return new Sequential(new Linear(4, 6), Activation.tanh(), new Linear(6, 3));
    }

    private static SupervisedObjective objective(Case c) {
        c.net.initialize(DType.FLOAT64, 3);
        DataSet data = DataSet.of(Dense.matrix(7, 4, 1), Dense.matrix(7, c.outputs, 2));
        DataSet used = c.hasWeights ? data.withWeights(1, 2, 0.5, 1, 1, 3, 1) : data;
        return SupervisedObjective.builder(c.net, new Loss.SquaredError(Reduction.SUM), used)
                .shardSize(3)
                .workers(new Workers(1))
                .build();
    }

    @ParameterizedTest
    @MethodSource("nets")
    void theDiagonalInTheBasisIsThatOfTheCurvature(Case c) {
        try (SupervisedObjective objective = objective(c);
                KroneckerFactors factors =
                        KroneckerFactors.builder().cotangents(Cotangents.EXACT).build(objective);
                KroneckerInverse inverse = KroneckerInverse.corrected(factors)) {
            factors.update(objective, objective.theta(), Scope.all());
            assertThat(inverse.refresh(GAMMA, objective, objective.theta(), Scope.all()))
                    .isEmpty();
            int m = c.first[0];
            int n = c.first[1];
            double[][] f = Dense.part(Dense.curvature(objective, Curvature.GAUSS_NEWTON), 0, m * n);
            double[][] kronecker = Dense.part(Dense.of(factors), 0, m * n);
            double[] numbers = Arena.toDoubles(inverse.numbers());
            double[][] corrected = new double[m * n][m * n];
            double differences = 0;
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double[] u = new double[m * n];
                    for (int k = 0; k < m * n; k++) {
                        u[k] = numbers[i * m + k / n] * numbers[m * m + j * n + k % n];
                    }
                    double moment = 1 / numbers[m * m + n * n + i * n + j] - GAMMA * GAMMA;
                    assertThat(moment).as("%d, %d", i, j).isCloseTo(form(f, u), within(1e-12));
                    differences += Math.abs(moment - form(kronecker, u));
                    for (int k = 0; k < m * n; k++) {
                        for (int l = 0; l < m * n; l++) {
                            corrected[k][l] += moment * u[k] * u[l];
                        }
                    }
                }
            }
            assertThat(differences).isGreaterThan(1e-3); // the products of eigenvalues are others
            assertThat(distance(f, corrected)).isLessThan(distance(f, kronecker));
        }
    }

    private static double form(double[][] f, double[] u) {
        double sum = 0;
        for (int i = 0; i < u.length; i++) {
            for (int j = 0; j < u.length; j++) {
                sum += u[i] * f[i][j] * u[j];
            }
        }
        return sum;
    }

    private static double distance(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                sum += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
            }
        }
        return Math.sqrt(sum);
    }

    /** Moments of a second refresh are those of the new basis and the new point. */
    @Test
    void aSecondRefreshForgetsTheFirst() {
        try (SupervisedObjective objective = objective(TWO_LAYERS);
                KroneckerFactors factors = factors(objective, Cotangents.EXACT);
                KroneckerInverse twice = KroneckerInverse.corrected(factors);
                KroneckerInverse once = KroneckerInverse.corrected(factors)) {
            factors.update(objective, objective.theta(), Scope.of(0, 1, 2));
            twice.refresh(GAMMA, objective, objective.theta(), Scope.of(0, 1, 2));
            double[] before = Arena.toDoubles(twice.numbers());
            factors.update(objective, objective.theta(), Scope.all());
            twice.refresh(GAMMA, objective, objective.theta(), Scope.all());
            once.refresh(GAMMA, objective, objective.theta(), Scope.all());
            assertThat(Arena.toDoubles(twice.numbers())).containsExactly(Arena.toDoubles(once.numbers()));
            assertThat(Arena.toDoubles(twice.numbers())).isNotEqualTo(before);
        }
    }

    /** Products go into the basis and back, and eigenvectors cost more than an inverse. */
    @Test
    void itsWorkIsThatOfEigenvectors() {
        try (SupervisedObjective objective = objective(TWO_LAYERS);
                KroneckerFactors factors = factors(objective, Cotangents.EXACT);
                KroneckerInverse corrected = KroneckerInverse.corrected(factors);
                KroneckerInverse plain = new KroneckerInverse(factors, FactorDamping.TRACE)) {
            assertThat(corrected.productCost()).isEqualTo(2 * plain.productCost());
            assertThat(corrected.refreshCost()).isEqualTo(4.5 * plain.refreshCost());
            // A V G of 5 x 6 and 7 x 3: twice inputs times outputs times their sum.
            assertThat(plain.productCost()).isEqualTo(2.0 * (5 * 6 * 11 + 7 * 3 * 10));
        }
    }

    @Test
    void itNeedsCotangentsAndExamples() {
        try (SupervisedObjective objective = objective(TWO_LAYERS);
                KroneckerFactors factors = factors(objective, Cotangents.NONE);
                KroneckerFactors exact = factors(objective, Cotangents.EXACT);
                KroneckerInverse inverse = KroneckerInverse.corrected(exact)) {
            assertThatThrownBy(() -> KroneckerInverse.corrected(factors))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("RADEMACHER");
            assertThatThrownBy(() -> inverse.refresh(GAMMA))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("scope");
        }
    }
}
