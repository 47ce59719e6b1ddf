package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Preactivation;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.Recurrent;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class StructuralDampingTest {
    private static final int EXAMPLES = 4;
    private static final int STEPS = 5;
    private static final int[] LENGTHS = {5, 3, 1, 4};

    /** A recurrent layer and a dense one. The last column of the features says which steps count. */
    private static final class Net extends Module {
        private final Recurrent layer;
        private final Module out = new Linear(3, 2);
        private final boolean isMasked;

        Net(String kind, boolean isMasked) {
            RecurrentSettings settings = RecurrentSettings.of(2, 3).lastStep();
            layer = child(
                    "layer",
                    switch (kind) {
                        case "rnn" -> new Rnn(settings);
                        case "lstm" -> new Lstm(settings);
                        default -> new Gru(settings);
                    });
            child("out", out);
            this.isMasked = isMasked;
        }

        @Override
        public Tensor forward(Tensor x) {
            long n = x.shape().size(0);
            Tensor inputs = x.slice(2, 0, 2);
            Tensor mask = x.slice(2, 2, 3).reshape(n, STEPS);
            return out.apply(isMasked ? layer.apply(inputs, mask) : layer.apply(inputs));
        }
    }

    private static INDArray array(Shape shape, IntToDoubleFunction number) {
        double[] numbers = new double[(int) shape.count()];
        Arrays.setAll(numbers, number);
        return Arena.of(DType.FLOAT64, shape, numbers);
    }

    private static DataSet data() {
        INDArray features = array(
                Shape.of(EXAMPLES, STEPS, 3),
                i -> i % 3 < 2 ? Math.cos(i / 3 * 2 + i % 3) : i / 3 % STEPS < LENGTHS[i / 3 / STEPS] ? 1 : 0);
        return DataSet.of(features, array(Shape.of(EXAMPLES, 2), i -> Math.sin(3 * i)));
    }

    /** The net with parameters 0.7 sin(1), 0.7 sin(2), ... */
    private static Module net(String kind, boolean isMasked) {
        Module net = new Net(kind, isMasked);
        net.initialize(DType.FLOAT64, 1);
        INDArray theta = net.parameterVector().array();
        Vectors.copy(array(Shape.of(theta.length()), i -> 0.7 * Math.sin(i + 1)), theta);
        return net;
    }

    /**
     * Figures of PyTorch 1.13 in double precision: all pre-activations' Jacobian J written out, S = J' diag(f') J / 4,
     * then (G + 0.3 I + 0.25 * 0.3 S) v with v = cos(2 i): elements 0, 3, 7 and the 9th and 10th from the end, the
     * product with cos(i), and cos(i)' S v.
     */
    @ParameterizedTest
    @CsvSource({
        "rnn, false, 0.7748986285514452 0.7548631992551283 0.15990423977059073 -2.6645737536899388 1.4814534040530638,"
                + " 0.5603673360824226, -2.34740365274288",
        "rnn, true, 0.4749050480713136 0.6682777332013154 0.12091757524382486 -2.162650779851465 1.3746859303818808,"
                + " 0.7774447233208877, -1.370340710094025",
        "lstm, false, 0.3622379816801045 0.34422507725651214 0.2835617872938517 -0.388761776936985"
                + " 0.28058389916220805, -0.5264050413324822, -6.788597426864869",
        "lstm, true, 0.3441047201496778 0.3153040005980643 0.2292413261960623 -0.33961057261307936"
                + " 0.25455636346344584, -0.4701919043733892, -5.733140206822129",
        "gru, false, 0.3391732610207226 0.31227925877252694 0.1207536457253145 -0.09427037469846591"
                + " -0.45639911390438703, 2.110063929558126, -1.3485903600748181",
        "gru, true, 0.3220122786781411 0.29803603398821255 0.09492858715605837 -0.1764687818772301 -0.39978864476802,"
                + " 2.1248449582151006, -0.6005159743174247"
    })
    void theDampedProductIsThatOfTheMatrixWrittenOut(
            String kind, boolean isMasked, String elements, double along, double structuralAlong) {
        Module net = net(kind, isMasked);
        for (int shard : new int[] {1, 3, EXAMPLES}) {
            try (var objective = SupervisedObjective.builder(net, Loss.meanSquaredError(), data())
                            .shardSize(shard)
                            .build();
                    Linearization at = objective.linearize(objective.theta(), Scope.all())) {
                int n = (int) objective.size();
                INDArray v = array(Shape.of(n), i -> Math.cos(2 * i));
                INDArray other = array(Shape.of(n), Math::cos);
                INDArray out = Arena.create(DType.FLOAT64, Shape.of(n));
                LinearOperator structural = LinearOperator.of(at, Curvature.STRUCTURAL);
                structural.apply(v, out);
                assertThat(Vectors.dot(out, other)).isCloseTo(structuralAlong, within(1e-10));
                QuadraticModel model = new QuadraticModel(
                        v,
                        LinearOperator.of(at, Curvature.GAUSS_NEWTON),
                        0,
                        0.3,
                        LinearOperator.of(at, Curvature.GAUSS_NEWTON, 0.25 * 0.3));
                model.damped().apply(v, out);
                double[] found = Arena.toDoubles(out);
                double[] expected = Stream.of(elements.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                int[] places = {0, 3, 7, n - 9, n - 10};
                for (int i = 0; i < places.length; i++) {
                    assertThat(found[places[i]]).as("element %d", places[i]).isCloseTo(expected[i], within(1e-10));
                }
                assertThat(Vectors.dot(out, other)).isCloseTo(along, within(1e-10));
                double phi = model.dampedChange(v, Arena.create(DType.FLOAT64, Shape.of(n)));
                model.damped().apply(v, out);
                assertThat(phi).isCloseTo(Vectors.dot(v, v) + Vectors.dot(v, out) / 2, within(1e-9));
                assertThat(model.bestRate(v, Arena.create(DType.FLOAT64, Shape.of(n))))
                        .isCloseTo(-Vectors.dot(v, v) / Vectors.dot(v, out), within(1e-12));
                assertThat(at.forms(Curvature.STRUCTURAL, List.of(v, other))[0][1])
                        .isCloseTo(structuralAlong, within(1e-10));
            }
        }
    }

    /** The one product is the sum of two, for each matrix and with weights that change. */
    @ParameterizedTest
    @EnumSource(
            value = Curvature.class,
            names = {"HESSIAN", "GAUSS_NEWTON", "FISHER", "EMPIRICAL_FISHER"})
    void theOneProductIsTheSumOfTwo(Curvature curvature) {
        for (String kind : List.of("rnn", "lstm", "gru")) {
            Module net = net(kind, true);
            try (var objective = SupervisedObjective.builder(net, Loss.meanSquaredError(), data())
                            .shardSize(3)
                            .build();
                    Linearization at = objective.linearize(objective.theta(), Scope.all())) {
                Shape shape = Shape.of(objective.size());
                INDArray v = array(shape, Math::cos);
                INDArray found = Arena.create(DType.FLOAT64, shape);
                INDArray expected = Arena.create(DType.FLOAT64, shape);
                for (double weight : new double[] {0.3, 0.01, 0.01, 0, 20}) {
                    at.product(curvature, weight, v, found);
                    LinearOperator.of(at, curvature)
                            .plus(LinearOperator.of(at, Curvature.STRUCTURAL).scaled(weight))
                            .apply(v, expected);
                    assertThat(Arena.toDoubles(found))
                            .as("%s, weight %s", kind, weight)
                            .usingElementComparator((x, y) -> Math.abs(x - y) < 1e-12 ? 0 : 1)
                            .containsExactly(Arena.toDoubles(expected));
                }
            }
        }
    }

    /** The hidden states' tangents are on the way to the outputs, so that they cost two operations each. */
    @Test
    void aProductWithStructuralDampingCostsLittleMoreThanOneWithout() {
        Module net = net("rnn", false);
        double[] costs = new double[3];
        for (int i = 0; i < costs.length; i++) {
            try (var objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data());
                    Linearization at = objective.linearize(objective.theta(), Scope.all())) {
                INDArray v = array(Shape.of(objective.size()), Math::cos);
                INDArray out = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
                LinearOperator matrix = i == 2
                        ? LinearOperator.of(at, Curvature.STRUCTURAL)
                        : LinearOperator.of(at, Curvature.GAUSS_NEWTON, 0.1 * i);
                matrix.apply(v, out);
                double before = objective.cost();
                matrix.apply(v, out);
                costs[i] = objective.cost() - before;
            }
        }
        assertThat(costs[1]).isBetween(costs[0], 1.15 * costs[0]);
        assertThat(costs[2]).as("what a second product would cost").isGreaterThan(0.7 * costs[0]);
    }

    private static INDArray structural(Linearization at, INDArray v) {
        INDArray product = Arena.create(DType.FLOAT64, Shape.of(v.length()));
        at.product(Curvature.STRUCTURAL, v, product);
        return product;
    }

    /** Its weight of L2 per group counts once. */
    @Test
    void thePenaltyOfGroupsIsNoPartOfTheStructuralMatrix() {
        Module net = net("rnn", false);
        try (var plain = SupervisedObjective.of(net, Loss.meanSquaredError(), data());
                var penalized = SupervisedObjective.builder(net, Loss.meanSquaredError(), data())
                        .l2(ParameterGroup.of("out", net, Parameters.named("out.*")), 0.5)
                        .build();
                Linearization a = plain.linearize(plain.theta(), Scope.all());
                Linearization b = penalized.linearize(penalized.theta(), Scope.all())) {
            INDArray v = array(Shape.of(plain.size()), Math::cos);
            INDArray expected = structural(a, v);
            INDArray found = structural(b, v);
            assertThat(Arena.toDoubles(found)).containsExactly(Arena.toDoubles(expected));
            b.product(Curvature.GAUSS_NEWTON, 0.2, v, found);
            a.product(Curvature.GAUSS_NEWTON, 0.2, v, expected);
            Vectors.axpy(
                    0.5,
                    Arena.view(v, plain.size() - 8, Shape.of(8)),
                    Arena.view(expected, plain.size() - 8, Shape.of(8)));
            assertThat(Arena.toDoubles(found))
                    .usingElementComparator((x, y) -> Math.abs(x - y) < 1e-12 ? 0 : 1)
                    .containsExactly(Arena.toDoubles(expected));
        }
    }

    @Test
    void weightsOfExamplesCount() {
        Module net = net("gru", false);
        try (var twice = SupervisedObjective.of(net, Loss.meanSquaredError(), data().take(0, 1, 1, 3));
                var weighted = SupervisedObjective.of(net, Loss.meanSquaredError(), data().withWeights(1, 2, 0, 1));
                Linearization a = twice.linearize(twice.theta(), Scope.all());
                Linearization b = weighted.linearize(weighted.theta(), Scope.all())) {
            INDArray v = array(Shape.of(twice.size()), Math::cos);
            assertThat(Arena.toDoubles(structural(b, v)))
                    .usingElementComparator((x, y) -> Math.abs(x - y) < 1e-12 ? 0 : 1)
                    .containsExactly(Arena.toDoubles(structural(a, v)));
        }
    }

    /** The larger the weight, the less a step moves the hidden states. */
    @ParameterizedTest
    @ValueSource(strings = {"rnn", "lstm"})
    void hessianFreeStepsWithIt(String kind) {
        double[] moved = new double[2];
        for (int i = 0; i < 2; i++) {
            Module net = net(kind, false);
            try (var objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data());
                    var optimizer = HessianFree.builder()
                            .damping(0.1)
                            .structuralDamping(30 * i)
                            .preconditioner(0)
                            .stopRule(StopRule.relativeResidual(1e-10))
                            .build();
                    Linearization at = objective.linearize(objective.theta(), Scope.all())) {
                INDArray before = Arena.copyOf(objective.theta());
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.lossAfter()).isLessThan(report.loss());
                INDArray step = Arena.copyOf(objective.theta());
                Vectors.axpy(-1, before, step);
                INDArray product = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
                at.product(Curvature.STRUCTURAL, step, product);
                moved[i] = Vectors.dot(step, product);
            }
        }
        assertThat(moved[1]).isLessThan(moved[0] / 2);
    }

    @Test
    void whatHasNoHiddenStatesIsRefused() {
        var dense = new Sequential(new Linear(2, 2));
        dense.initialize(DType.FLOAT64, 1);
        DataSet rows = DataSet.of(array(Shape.of(3, 2), i -> i), array(Shape.of(3, 2), i -> -i));
        try (var objective = SupervisedObjective.of(dense, Loss.meanSquaredError(), rows);
                var optimizer = HessianFree.builder().structuralDamping(0.1).build()) {
            assertThatThrownBy(() -> optimizer.step(objective, objective.theta()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("the model marks none")
                    .hasMessageContaining("Preactivation.activate");
        }
        assertThatThrownBy(() -> HessianFree.kronecker().structuralDamping(0.1).build())
                .hasMessageContaining("structuralDamping(0)");
        assertThatThrownBy(() -> HessianFree.builder().structuralDamping(-1))
                .hasMessageContaining("structural damping");
        assertThatThrownBy(() -> HessianFree.builder().curvature(Curvature.STRUCTURAL))
                .hasMessageContaining("no second derivative");
    }

    /** A layer of one's own: y = tanh(x W), so S v is X' diag(1 - y^2) X v for each column, over the examples. */
    @Test
    void aLayerOfOnesOwnTakesPart() {
        var net = new Sequential(new Linear(2, 1, Initializer.zeros(), false), new Module() {
            @Override
            public Tensor forward(Tensor x) {
                return Preactivation.activate(Tensor::tanh, x);
            }
        });
        net.initialize(DType.FLOAT64, 1);
        Vectors.copy(
                Arena.of(DType.FLOAT64, Shape.of(2), 0.3, -0.2),
                net.parameterVector().array());
        DataSet rows = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4), Arena.of(DType.FLOAT64, Shape.of(2, 1), 0, 0));
        try (var objective = SupervisedObjective.of(net, Loss.meanSquaredError(), rows);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(2));
            at.product(Curvature.STRUCTURAL, Arena.of(DType.FLOAT64, Shape.of(2), 1, 0), out);
            double first = 1 - Math.pow(Math.tanh(-0.1), 2);
            double second = 1 - Math.pow(Math.tanh(0.1), 2);
            assertThat(Arena.toDoubles(out)[0]).isCloseTo((first + 9 * second) / 2, within(1e-14));
            assertThat(Arena.toDoubles(out)[1]).isCloseTo((2 * first + 12 * second) / 2, within(1e-14));
        }
    }
}
