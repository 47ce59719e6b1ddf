package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kronecker factors where theory says that they are the curvature itself, held against Gauss-Newton products; and where
 * theory says that they are not.
 */
class KroneckerFactorsTest {
    private static final Loss SUM_OF_SQUARES = new Loss.SquaredError(Reduction.SUM);

    /** A layer that stores its weight as PyTorch does, [outputs, inputs], with the bias first. */
    private static final class Upright extends Module {
        private final Parameter bias;
        private final Parameter weight;

        Upright(long in, long out) {
            bias = parameter("bias", Initializer.constant(0.3), out);
            weight = parameter("weight", Initializer.lecunNormal(), out, in);
        }

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor(), false, true).add(bias.tensor());
        }
    }

    /** Applies two layers to each of three places of an example, and adds the places or leaves them. */
    private static final class Places extends Module {
        private final Parameter first;
        private final Parameter firstBias;
        private final Parameter second;
        private final boolean adds;

        Places(boolean adds) {
            first = parameter("first", Initializer.lecunNormal(), 2, 4);
            firstBias = parameter("first_bias", Initializer.constant(0.2), 4);
            second = parameter("second", Initializer.lecunNormal(), 4, 2);
            this.adds = adds;
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor places = x.reshape(Shape.of(x.shape().size(0), 3, 2));
            Tensor y = places.matmul(first.tensor()).add(firstBias.tensor()).matmul(second.tensor());
            return adds ? y.sum(1) : y;
        }
    }

    /** A linear autoencoder whose decoder has the encoder's weight. */
    private static final class Tied extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 4, 3);
        private final Parameter code = parameter("code_bias", Initializer.constant(0.1), 3);
        private final Parameter output = parameter("output_bias", Initializer.constant(0.2), 4);

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor())
                    .add(code.tensor())
                    .tanh()
                    .matmul(weight.tensor(), false, true)
                    .add(output.tensor());
        }
    }

    /**
     * A net and a loss.
     *
     * @param ends where blocks end in the parameter vector
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Case(String name, Module net, Loss loss, DataSet one, int... ends) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Case> nets() {
        return Stream.of(
                new Case("softmax", mlp(), Loss.softmaxCrossEntropy(), labels(1), 25, 43),
                new Case("logistic", mlp(), new Loss.BinaryCrossEntropy(Reduction.SUM), fractions(1), 25, 43),
                new Case("logistic, mean", mlp(), Loss.binaryCrossEntropy(), fractions(1), 25, 43),
                new Case("squares", mlp(), SUM_OF_SQUARES, fractions(1), 25, 43),
                new Case("squares, mean", mlp(), Loss.meanSquaredError(), fractions(1), 25, 43),
                new Case("Huber", mlp(), Loss.huber(0.4), fractions(1), 25, 43),
                new Case(
                        "weights stored upright",
                        new Sequential(new Upright(4, 5), Activation.sigmoid(), new Upright(5, 3)),
                        Loss.softmaxCrossEntropy(),
                        labels(1),
                        25,
                        43),
                new Case(
                        "a norm between layers",
                        new Sequential(new Linear(4, 5), new LayerNorm(5), Activation.tanh(), new Linear(5, 3)),
                        Loss.softmaxCrossEntropy(),
                        labels(1),
                        25,
                        30,
                        35,
                        53));
    }

    private static Module mlp() {
        return new Sequential(new Linear(4, 5), Activation.tanh(), new Linear(5, 3));
    }

    private static DataSet labels(int examples) {
        return DataSet.of(
                features(examples, 4),
                Arena.ofIntegers(Stream.iterate(1L, l -> (l + 1) % 3)
                        .limit(examples)
                        .mapToLong(Long::longValue)
                        .toArray()));
    }

    private static DataSet fractions(int examples) {
        INDArray targets = Arena.create(DType.FLOAT64, Shape.of(examples, 3));
        Elements t = Elements.of(targets);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, 0.5 + 0.4 * Math.sin(i + 1));
        }
        return DataSet.of(features(examples, 4), targets);
    }

    private static INDArray features(int examples, int width) {
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(examples, width));
        Elements elements = Elements.of(x);
        Rng rng = new Rng(5);
        for (int i = 0; i < elements.size(); i++) {
            elements.set(i, rng.nextGaussian());
        }
        return x;
    }

    private static SupervisedObjective objective(Module net, Loss loss, DataSet data) {
        net.initialize(DType.FLOAT64, 3);
        return SupervisedObjective.builder(net, loss, data)
                .workers(new Workers(1))
                .build();
    }

    private static double[][] factors(KroneckerFactors.Builder settings, SupervisedObjective objective) {
        try (KroneckerFactors factors = settings.build(objective)) {
            factors.update(objective, objective.theta(), Scope.all());
            return Dense.of(factors);
        }
    }

    private static KroneckerFactors.Builder exact() {
        return KroneckerFactors.builder().cotangents(Cotangents.EXACT);
    }

    @ParameterizedTest
    @MethodSource("nets")
    void oneExampleHasTheGaussNewtonMatrixItself(Case c) {
        try (SupervisedObjective objective = objective(c.net, c.loss, c.one)) {
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            assertThat(Dense.difference(factors(exact(), objective), expected, c.ends))
                    .isLessThan(1e-13);
        }
    }

    @Test
    void deepLinearNetsHaveItForAnyBatch() {
        Module net = new Sequential(new Linear(4, 5), new Linear(5, 2), new Linear(2, 3));
        try (SupervisedObjective objective = objective(net, SUM_OF_SQUARES, fractions(7))) {
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            assertThat(Dense.difference(factors(exact(), objective), expected, 25, 37, 46))
                    .isLessThan(1e-13);
        }
    }

    @Test
    void deepNetsThatAreNotLinearDoNot() {
        try (SupervisedObjective objective = objective(mlp(), Loss.softmaxCrossEntropy(), labels(3))) {
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            assertThat(Dense.difference(factors(exact(), objective), expected, 25, 43))
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void expandIsExactWherePlacesNeverMeet() {
        try (SupervisedObjective objective = objective(new Places(false), SUM_OF_SQUARES, places(false))) {
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            assertThat(Dense.difference(factors(exact(), objective), expected, 12, 20))
                    .isLessThan(1e-13);
            assertThat(Dense.difference(factors(exact().sharing(Sharing.REDUCE), objective), expected, 12, 20))
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void reduceIsExactWherePlacesAreAdded() {
        try (SupervisedObjective objective = objective(new Places(true), SUM_OF_SQUARES, places(true))) {
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            assertThat(Dense.difference(factors(exact().sharing(Sharing.REDUCE), objective), expected, 12, 20))
                    .isLessThan(1e-13);
            assertThat(Dense.difference(factors(exact(), objective), expected, 12, 20))
                    .isGreaterThan(1e-3);
        }
    }

    private static DataSet places(boolean adds) {
        INDArray targets = adds ? features(6, 2) : features(6, 6).reshape(6, 3, 2);
        return DataSet.of(features(6, 6), Arena.dense(targets));
    }

    @Test
    void aTiedWeightIsOneBlock() {
        try (SupervisedObjective objective =
                        objective(new Tied(), SUM_OF_SQUARES, DataSet.autoencoding(features(6, 4)));
                KroneckerFactors factors = exact().build(objective)) {
            factors.update(objective, objective.theta(), Scope.all());
            assertThat(factors.description()).hasSize(2);
            assertThat(factors.description().get(0))
                    .contains("weight")
                    .contains("code_bias")
                    .contains("5 x 3");
            assertThat(factors.description().get(1)).contains("output_bias").contains("1 x 4");
            // The bias of the outputs has curvature 2 I whatever the rest does.
            double[][] dense = Dense.of(factors);
            assertThat(dense[15][15]).isEqualTo(2);
            assertThat(dense[15][16]).isZero();
            // A and G hold both kinds of use, so that their product is no less than half of each.
            assertThat(dense[0][0]).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAMPLED", "RADEMACHER"})
    void randomCotangentsMeanTheExactOnes(Cotangents kind) {
        DataSet few = labels(5);
        int[] rows = new int[25_000];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i % 5;
        }
        DataSet many = few.take(rows);
        for (Loss loss : new Loss[] {Loss.softmaxCrossEntropy()}) {
            try (SupervisedObjective objective = objective(mlp(), loss, many);
                    SupervisedObjective small = objective(mlp(), loss, few)) {
                double[][] expected = factors(exact(), small);
                double[][] found = factors(KroneckerFactors.builder().cotangents(kind), objective);
                assertThat(Dense.difference(found, expected, 25, 43)).isLessThan(5e-2);
            }
        }
    }

    @Test
    void empiricalFactorsOfOneExampleAreItsSquaredGradient() {
        try (SupervisedObjective objective = objective(mlp(), Loss.softmaxCrossEntropy(), labels(1))) {
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(43));
            objective.gradient(objective.theta(), Scope.all(), g);
            double[] gradient = Arena.toDoubles(g);
            double[][] outer = new double[43][43];
            for (int i = 0; i < 43; i++) {
                for (int j = 0; j < 43; j++) {
                    outer[i][j] = gradient[i] * gradient[j];
                }
            }
            double[][] found = factors(KroneckerFactors.builder().cotangents(Cotangents.EMPIRICAL), objective);
            assertThat(Dense.difference(found, outer, 25, 43)).isLessThan(1e-14);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theNumberOfWorkersChangesNoBit(int threads) {
        Module net = mlp();
        net.initialize(DType.FLOAT32, 3);
        DataSet data = labels(200).as(DType.FLOAT32);
        double[][] found = new double[2][];
        for (int i = 0; i < 2; i++) {
            try (Workers workers = new Workers(i == 0 ? 1 : threads);
                    SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                            .workers(workers)
                            .shardSize(30)
                            .build();
                    KroneckerFactors factors = KroneckerFactors.builder().build(objective)) {
                factors.update(objective, objective.theta(), Scope.all().withNoise(9));
                found[i] = Arena.toDoubles(factors.average());
            }
        }
        assertThat(found[1]).containsExactly(found[0]);
    }

    /** A weight is a number of copies. */
    @Test
    void weightedExamplesCountAsCopies() {
        DataSet few = labels(3);
        try (SupervisedObjective weighted = objective(mlp(), Loss.softmaxCrossEntropy(), few.withWeights(1, 3, 0));
                SupervisedObjective copies = objective(mlp(), Loss.softmaxCrossEntropy(), few.take(0, 1, 1, 1))) {
            for (Cotangents kind : new Cotangents[] {Cotangents.EXACT, Cotangents.EMPIRICAL, Cotangents.NONE}) {
                KroneckerFactors.Builder settings = KroneckerFactors.builder().cotangents(kind);
                assertThat(Dense.difference(factors(settings, weighted), factors(settings, copies), 25, 43))
                        .as(kind.name())
                        .isLessThan(1e-13);
            }
        }
    }

    @Test
    void updatesAreAveragedByEachRule() {
        try (SupervisedObjective objective = objective(mlp(), Loss.softmaxCrossEntropy(), labels(9))) {
            double[][] parts = new double[3][];
            for (int i = 0; i < 3; i++) {
                try (KroneckerFactors factors = exact().build(objective)) {
                    factors.update(objective, objective.theta(), Scope.of(3 * i, 3 * i + 1, 3 * i + 2));
                    parts[i] = Arena.toDoubles(factors.average());
                }
            }
            for (FactorAveraging rule : FactorAveraging.values()) {
                try (KroneckerFactors factors = exact().averaging(rule, 0.6).build(objective)) {
                    for (int i = 0; i < 3; i++) {
                        factors.update(objective, objective.theta(), Scope.of(3 * i, 3 * i + 1, 3 * i + 2));
                    }
                    // f = 0, 1/2, 3/5 against weights 0.36, 0.6 and 1 over their sum, and 0, 3/5, 3/5.
                    double[] weights = switch (rule) {
                        case MARTENS -> new double[] {0.3, 0.3, 0.4};
                        case WEIGHTED_MEAN -> new double[] {0.36 / 1.96, 0.6 / 1.96, 1 / 1.96};
                        case EXPONENTIAL -> new double[] {0.36, 0.24, 0.4};
                    };
                    double[] found = Arena.toDoubles(factors.average());
                    for (int i = 0; i < found.length; i++) {
                        double expected =
                                weights[0] * parts[0][i] + weights[1] * parts[1][i] + weights[2] * parts[2][i];
                        assertThat(found[i]).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-14));
                    }
                }
            }
        }
    }

    /** A module that squares its weight before it meets examples. */
    private static final class Squared extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 4, 3);
        private final Parameter bias = parameter("bias", Initializer.constant(0.1), 3);

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor().square()).add(bias.tensor());
        }
    }

    @Test
    void aParameterWithoutRowsIsRefusedByNameOrGetsTheDiagonal() {
        try (SupervisedObjective objective = objective(new Squared(), Loss.softmaxCrossEntropy(), labels(5))) {
            assertThatThrownBy(() -> exact().build(objective))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContaining("'weight'");
            double[][] expected = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
            try (KroneckerFactors factors = exact().allowDiagonal().build(objective)) {
                factors.update(objective, objective.theta(), Scope.all());
                assertThat(factors.description()).contains("weight: diagonal");
                double[][] found = Dense.of(factors);
                for (int i = 0; i < 12; i++) {
                    assertThat(found[i][i]).isCloseTo(expected[i][i], org.assertj.core.api.Assertions.within(1e-14));
                }
                assertThat(found[0][1]).isZero();
                assertThat(Dense.difference(block(found), block(expected), 3)).isLessThan(1e-14);
            }
        }
    }

    /** The bias of {@link Squared}: the outputs' own curvature. */
    private static double[][] block(double[][] matrix) {
        double[][] part = new double[3][3];
        for (int i = 0; i < 3; i++) {
            System.arraycopy(matrix[12 + i], 12, part[i], 0, 3);
        }
        return part;
    }

    @Test
    void aFactorThatWouldBeTooLargeIsRefused() {
        try (SupervisedObjective objective = objective(mlp(), Loss.softmaxCrossEntropy(), labels(3))) {
            assertThatThrownBy(() -> exact().largestFactor(5).build(objective))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("order 6")
                    .hasMessageContaining("largestFactor");
        }
    }

    @Test
    void aLossWithoutADistributionSaysWhatToDo() {
        try (SupervisedObjective objective = objective(mlp(), Loss.huber(1), fractions(3))) {
            assertThatThrownBy(() -> KroneckerFactors.builder().build(objective))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("RADEMACHER");
        }
    }
}
