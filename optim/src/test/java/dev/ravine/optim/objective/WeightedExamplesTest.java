package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.training.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A weight says how often an example counts, in the loss and in everything that follows from it. */
class WeightedExamplesTest {
    private static final DataSet SPIRALS = Generators.spirals(90, 3, 0.1, 1);

    /** All that an objective computes: value, gradient, squared gradients, and a product with each matrix. */
    private record Numbers(double value, List<double[]> vectors) {
        static Numbers of(Module net, Loss loss, DataSet data, Scope scope, int workers, int shardSize) {
            try (Workers shared = new Workers(workers);
                    SupervisedObjective objective = SupervisedObjective.builder(net, loss, data)
                            .workers(shared)
                            .shardSize(shardSize)
                            .build()) {
                INDArray theta = objective.theta();
                INDArray gradient = Points.zeros(theta);
                INDArray squares = Points.zeros(theta);
                double value = objective.gradient(theta, scope, gradient, new SquaredGradients(true), squares);
                List<double[]> vectors = new ArrayList<>(List.of(Arena.toDoubles(gradient), Arena.toDoubles(squares)));
                INDArray v = Points.random(objective.dtype(), theta.length(), 4);
                if (theta.length() == 9) {
                    v = Points.vector(IntStream.range(0, 9)
                            .mapToDouble(i -> (i + 1) * 0.1 - 0.35)
                            .toArray());
                }
                INDArray out = Points.zeros(theta);
                try (Linearization at = objective.linearize(theta, scope)) {
                    for (Curvature curvature : Curvature.ofLoss()) {
                        at.product(curvature, v, out);
                        vectors.add(Arena.toDoubles(out));
                    }
                    at.gradient(out);
                    vectors.add(Arena.toDoubles(out));
                    assertThat(at.value()).isCloseTo(value, within(1e-6 * Math.abs(value)));
                }
                assertThat(objective.value(theta, scope)).isEqualTo(value);
                return new Numbers(value, vectors);
            }
        }

        void isCloseTo(Numbers expected, double tolerance) {
            assertThat(value).isCloseTo(expected.value, within(tolerance * Math.abs(expected.value)));
            for (int i = 0; i < vectors.size(); i++) {
                assertThat(Points.relativeDistance(vectors.get(i), expected.vectors.get(i)))
                        .as("vector %d", i)
                        .isLessThan(tolerance);
            }
        }
    }

    private static Module net(DType dtype) {
        Linear twice = new Linear(4, 4);
        Module net = new Sequential(
                new Linear(2, 4),
                new LayerNorm(4),
                twice,
                Activation.tanh(),
                twice,
                Activation.tanh(),
                new Linear(4, 3));
        net.initialize(dtype, 3);
        return net;
    }

    // ---- against NumPy ----------------------------------------------------------------------------------------

    /** Softmax regression by NumPy 2.4 in double precision: sums of weight times term over the sum of the weights. */
    @ParameterizedTest
    @CsvSource({"false, 1.0826073419761133, 0.3939393939393939", "true, 0.9743530492341785, 0.6049382716049383"})
    void followsNumPy(boolean hasExampleWeights, double loss, double accuracy) {
        DataSet data = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(5, 2), 0.5, -1, 1.5, 0.25, -0.75, 2, 0.1, 0.2, 2, -0.5),
                Arena.ofIntegers(0, 2, 1, 2, 0));
        DataSet weighted = (hasExampleWeights ? data.withWeights(1, 2, 0.5, 1, 0) : data).withClassWeights(1, 0.25, 3);
        Linear net = new Linear(2, 3);
        net.initialize(DType.FLOAT64, 1).set(Points.vector(0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.05, -0.1, 0.2));
        Numbers found = Numbers.of(net, Loss.softmaxCrossEntropy(), weighted, Scope.all(), 1, 2);
        double[][] expected = hasExampleWeights ? BOTH : BY_CLASS;
        assertThat(found.value).isCloseTo(loss, within(1e-14));
        assertThat(found.vectors.get(0)).containsExactly(expected[0], within(1e-14));
        assertThat(found.vectors.get(1)).containsExactly(expected[1], within(1e-14));
        int next = 2;
        for (Curvature curvature : Curvature.ofLoss()) {
            double[] product = curvature == Curvature.EMPIRICAL_FISHER ? expected[2] : expected[3];
            assertThat(found.vectors.get(next)).as(curvature.name()).containsExactly(product, within(1e-14));
            next++;
        }
        assertThat(found.vectors.get(next)).containsExactly(expected[0], within(1e-14));
        try (Predictor predictor = new Predictor(net)) {
            INDArray outputs = predictor.outputs(weighted);
            assertThat(predictor.accuracy(weighted)).isCloseTo(accuracy, within(1e-15));
            assertThat(Metric.accuracy().figure().applyAsDouble(outputs, weighted))
                    .isCloseTo(accuracy, within(1e-15));
            assertThat(Metric.loss(Loss.softmaxCrossEntropy()).figure().applyAsDouble(outputs, weighted))
                    .isCloseTo(loss, within(1e-14));
        }
    }

    /** Gradient, squared gradients, products with the empirical Fisher matrix and with the Hessian. */
    private static final double[][] BY_CLASS = {
        {
            -0.03546919881117375,
            0.16490887569580193,
            -0.1294396768846282,
            0.22739624935296487,
            -0.00980026229949733,
            -0.21759598705346755,
            0.08100804634167841,
            0.19763606971531206,
            -0.2786441160569905
        },
        {
            0.4143838962789689,
            0.04319703013322627,
            0.4866902544861971,
            0.12157369843921811,
            0.03061866060998093,
            0.0825787688370612,
            0.24784479292234415,
            0.05785960324100887,
            0.3800376877183098
        },
        {
            -0.12077693853619742,
            -0.02054980679277564,
            0.14132674532897305,
            0.01028399801410434,
            -0.00873801786474529,
            -0.00154598014935905,
            -0.09151263330352617,
            -0.02621976466110862,
            0.11773239796463478
        },
        {
            -0.07948028710037365,
            -0.00628131514382079,
            0.08576160224419445,
            -0.00983213136643541,
            0.0032718825550873,
            0.00656024881134811,
            -0.06895879561706927,
            -0.00191018692231054,
            0.07086898253937982
        }
    };

    private static final double[][] BOTH = {
        {
            0.2861797163997723,
            0.19930322613217766,
            -0.48548294253194985,
            0.16390446003252582,
            0.02357115843381131,
            -0.1874756184663371,
            0.2432294426627405,
            0.21633506840267802,
            -0.4595645110654184
        },
        {
            0.18959162782671868,
            0.05664195071076764,
            0.4326605274098617,
            0.07867796002317812,
            0.01484789086766001,
            0.06210053926589933,
            0.17989284106775252,
            0.05552644262020629,
            0.3594925796182665
        },
        {
            -0.08484834754916719,
            -0.0465163136010091,
            0.13136466115017625,
            -0.01112394684533395,
            -0.00997329401530784,
            0.02109724086064178,
            -0.07397005898524334,
            -0.04066368163429004,
            0.11463374061953337
        },
        {
            -0.0962917642178834,
            -0.00446599481115522,
            0.1007577590290386,
            -0.01854585401057258,
            0.00073105900093606,
            0.01781479500963653,
            -0.07884376798135573,
            -0.00228104571940433,
            0.08112481370076009
        }
    };

    // ---- a weight is a number of copies -----------------------------------------------------------------------

    @EachFloatType
    void aWeightOfThreeIsTheExampleThreeTimes(DType dtype) {
        DataSet data = SPIRALS.as(dtype);
        Rng rng = new Rng(8);
        double[] weights = rng.ints(data.size(), 0, 4).asDoubleStream().toArray();
        int[] copies = IntStream.range(0, weights.length)
                .flatMap(i -> IntStream.generate(() -> i).limit((long) weights[i]))
                .toArray();
        Module net = net(dtype);
        Numbers repeated = Numbers.of(net, Loss.softmaxCrossEntropy(), data.take(copies), Scope.all(), 2, 1000);
        Numbers weighted = Numbers.of(net, Loss.softmaxCrossEntropy(), data.withWeights(weights), Scope.all(), 2, 1000);
        weighted.isCloseTo(repeated, dtype == DType.FLOAT32 ? 1e-5 : 1e-13);
    }

    @Test
    void ofABatchItsOwnWeightsCount() {
        DataSet data = SPIRALS.withClassWeights(1, 2, 5);
        int[] rows = {4, 80, 33, 4, 17};
        Module net = net(DType.FLOAT64);
        Numbers batch = Numbers.of(net, Loss.softmaxCrossEntropy(), data, Scope.of(rows), 1, 2);
        Numbers alone = Numbers.of(net, Loss.softmaxCrossEntropy(), data.take(rows), Scope.all(), 1, 2);
        batch.isCloseTo(alone, 1e-15);
    }

    // ---- bits -------------------------------------------------------------------------------------------------

    @EachFloatType
    void theNumberOfWorkersChangesNoBit(DType dtype) {
        DataSet data =
                SPIRALS.as(dtype).withWeights(new Rng(2).doubles(SPIRALS.size()).toArray());
        Module net = net(dtype);
        Numbers one = Numbers.of(net, Loss.softmaxCrossEntropy(), data, Scope.all(), 1, 16);
        for (int workers : new int[] {2, 4}) {
            sameBits(Numbers.of(net, Loss.softmaxCrossEntropy(), data, Scope.all(), workers, 16), one);
        }
    }

    @EachFloatType
    void equalWeightsChangeNoBitIfTheyAreOne(DType dtype) {
        double[] ones = new double[SPIRALS.size()];
        Arrays.fill(ones, 1);
        DataSet data = SPIRALS.as(dtype);
        Module net = net(dtype);
        Numbers plain = Numbers.of(net, Loss.softmaxCrossEntropy(), data, Scope.all(), 1, 16);
        sameBits(Numbers.of(net, Loss.softmaxCrossEntropy(), data.withWeights(ones), Scope.all(), 1, 16), plain);
    }

    /** Not even if their features are not numbers. */
    @Test
    void examplesOfWeightZeroChangeNoBit() {
        double[] features = Arena.toDoubles(SPIRALS.features());
        double[] weights = new Rng(2).doubles(SPIRALS.size(), 0.5, 2).toArray();
        for (int i = 0; i < weights.length; i += 3) {
            weights[i] = 0;
            features[2 * i] = Double.NaN;
        }
        DataSet holes = DataSet.of(Arena.of(SPIRALS.dtype(), Shape.of(SPIRALS.size(), 2), features), SPIRALS.targets())
                .withWeights(weights);
        int[] counting =
                IntStream.range(0, weights.length).filter(i -> i % 3 != 0).toArray();
        Module net = net(SPIRALS.dtype());
        sameBits(
                Numbers.of(net, Loss.softmaxCrossEntropy(), holes, Scope.all(), 2, 16),
                Numbers.of(net, Loss.softmaxCrossEntropy(), holes.take(counting), Scope.all(), 1, 16));
    }

    private static void sameBits(Numbers found, Numbers expected) {
        assertThat(found.value).isEqualTo(expected.value);
        for (int i = 0; i < expected.vectors.size(); i++) {
            assertThat(found.vectors.get(i)).as("vector %d", i).isEqualTo(expected.vectors.get(i));
        }
    }

    /** A batch's mean is that of the examples that count. */
    @Test
    void rowsThatMixDoNotSeeExamplesOfWeightZero() {
        Module net = new Sequential(new Linear(2, 4), new Centering(), Activation.tanh(), new Linear(4, 3));
        net.initialize(SPIRALS.dtype(), 3);
        double[] weights = new Rng(2).doubles(SPIRALS.size(), 0.5, 2).toArray();
        int[] counting =
                IntStream.range(0, weights.length).filter(i -> i % 3 != 0).toArray();
        for (int i = 0; i < weights.length; i += 3) {
            weights[i] = 0;
        }
        DataSet data = SPIRALS.withWeights(weights);
        try (SupervisedObjective whole = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data);
                SupervisedObjective part =
                        SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data.take(counting))) {
            INDArray a = Points.zeros(whole.theta());
            INDArray b = Points.zeros(whole.theta());
            assertThat(whole.gradient(whole.theta(), Scope.all(), a))
                    .isEqualTo(part.gradient(part.theta(), Scope.all(), b));
            assertThat(Arena.toDoubles(a)).isEqualTo(Arena.toDoubles(b));
        }
    }

    private static final class Centering extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return x.sub(x.meanKeeping(0));
        }

        @Override
        public boolean rowsMix() {
            return true;
        }
    }

    // ---- edges ------------------------------------------------------------------------------------------------

    @Test
    void aScopeThatDoesNotCountHasLossAndGradientZero() {
        double[] weights = new double[SPIRALS.size()];
        weights[5] = 1;
        double[] features = Arena.toDoubles(SPIRALS.features());
        features[2] = Double.NaN; // of example 1
        DataSet holes = DataSet.of(Arena.of(SPIRALS.dtype(), Shape.of(SPIRALS.size(), 2), features), SPIRALS.targets())
                .withWeights(weights);
        Module net = net(SPIRALS.dtype());
        Numbers none = Numbers.of(net, Loss.softmaxCrossEntropy(), holes, Scope.of(1, 2, 3), 1, 2);
        assertThat(none.value).isZero();
        assertThat(none.vectors).allSatisfy(v -> assertThat(v).containsOnly(0));
        assertThatThrownBy(() -> SupervisedObjective.of(
                        net, Loss.softmaxCrossEntropy(), SPIRALS.withWeights(new double[SPIRALS.size()])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("all 90 examples have the weight 0");
    }

    @Test
    void aStatisticThatDoesNotWeighIsRefused() {
        Statistic plain = graph -> graph.parameters().stream()
                .flatMap(w -> graph.uses(w).stream())
                .map(use -> use.cotangents().matmul(use.cotangents(), true, false))
                .toList();
        Module net = net(SPIRALS.dtype());
        try (SupervisedObjective objective =
                SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS.withClassWeights(1, 2, 3))) {
            assertThat(objective.obstacle(plain).orElseThrow()).contains("weighsExamples()");
            assertThatThrownBy(() -> objective.statisticSize(plain)).isInstanceOf(NoRowsException.class);
            assertThat(objective.obstacle(SquaredGradients.inOnePass())).isEmpty();
        }
    }

    /** A class that weighs ten times as much is learned at the price of the others, by both kinds of methods. */
    @Test
    void optimizersFollowTheWeights() {
        DataSet moons = Generators.twoMoons(200, 0.4, 1);
        for (boolean isSecondOrder : new boolean[] {false, true}) {
            Module net = new Linear(2, 2);
            net.initialize(moons.dtype(), 1);
            try (SupervisedObjective objective =
                            SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons.withClassWeights(1, 100));
                    Sgd sgd = Sgd.builder().learningRate(0.5).build();
                    HessianFree hf = HessianFree.builder().build();
                    Predictor predictor = new Predictor(net)) {
                for (int i = 0; i < (isSecondOrder ? 15 : 300); i++) {
                    (isSecondOrder ? hf : sgd).step(objective, objective.theta());
                }
                assertThat(predictor.accuracy(moons.withClassWeights(0, 1))).isGreaterThan(0.97);
                assertThat(predictor.accuracy(moons.withClassWeights(1, 0))).isLessThan(0.8);
            }
        }
    }

    @Test
    void theChecksumOfARunKnowsTheWeights() {
        Module net = net(SPIRALS.dtype());
        try (SupervisedObjective plain = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS);
                SupervisedObjective weighted =
                        SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS.withClassWeights(1, 2, 3))) {
            assertThat(weighted.settings().get("data_checksum"))
                    .isNotEqualTo(plain.settings().get("data_checksum"));
        }
    }
}
