package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.problems.Points;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SupervisedObjectiveTest {
    private static final Loss LOSS = Loss.softmaxCrossEntropy();
    private static final int CLASSES = 3;

    /** One worker is no thread at all: fast on tiny shards, and nothing to close. */
    private static final Workers ALONE = new Workers(1);

    private static Module net(DType dtype) {
        Module net = new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, CLASSES));
        net.initialize(dtype, 4);
        return net;
    }

    private static Module dropoutNet(DType dtype) {
        Module net = new Sequential(new Linear(2, 8), Activation.tanh(), new Dropout(0.5), new Linear(8, CLASSES));
        net.initialize(dtype, 4);
        return net;
    }

    private static DataSet data(int examples, DType dtype) {
        return Generators.spirals(examples, CLASSES, 0.05, 1).as(dtype);
    }

    private static SupervisedObjective objective(Module module, int examples, int shardSize, double l2) {
        return SupervisedObjective.builder(
                        module, LOSS, data(examples, module.parameterVector().dtype()))
                .shardSize(shardSize)
                .l2(l2)
                .workers(ALONE)
                .build();
    }

    /** The mean loss over some examples in one graph, as the reference. */
    private static GraphLinearization oneGraph(Module module, DataSet data, INDArray theta) {
        Tensor outputs = module.apply(Tensor.constant(data.features()));
        Tensor loss = LOSS.of(outputs, Tensor.constant(data.targets()));
        List<Tensor> variables = module.parameterVector().segments().stream()
                .map(s -> s.parameter().variable())
                .toList();
        GraphLinearization at = GraphLinearization.builder(loss, variables)
                .outputs(outputs)
                .meanOver(data.size())
                .build();
        at.moveTo(theta);
        return at;
    }

    private static double[] gradient(Linearization at, INDArray like) {
        INDArray out = Points.zeros(like);
        at.gradient(out);
        return Arena.toDoubles(out);
    }

    private static double[] product(Linearization at, Curvature curvature, INDArray v) {
        INDArray out = Points.zeros(v);
        at.product(curvature, v, out);
        return Arena.toDoubles(out);
    }

    private static void assertClose(double[] ours, double[] expected) {
        assertThat(Points.relativeDistance(ours, expected)).isLessThan(1e-12);
    }

    // ---- numbers ----------------------------------------------------------------------------------------------

    private static Stream<Arguments> scopes() {
        int[] some = {102, 3, 3, 50, 99, 0, 17};
        return Stream.of(0.0, 0.1)
                .flatMap(l2 -> Stream.of(
                        Arguments.of(Scope.all(), 1000, l2), // two shards of 51 and 52
                        Arguments.of(Scope.all(), 20, l2), // six shards of 17 and 18
                        Arguments.of(Scope.all().part(90, 15, 103), 1, l2),
                        Arguments.of(Scope.of(some), 1000, l2),
                        Arguments.of(Scope.of(some), 3, l2), // shards of 2, 2 and 3
                        Arguments.of(Scope.of(42), 10, l2),
                        Arguments.of(Scope.all().part(100, 40, 103), 7, l2)));
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void shardsTogetherAreTheMeanOverOneGraph(Scope scope, int shardSize, double l2) {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 103, shardSize, l2)) {
            INDArray theta = Points.random(DType.FLOAT64, objective.size(), 9);
            INDArray v = Points.random(DType.FLOAT64, objective.size(), 10);
            DataSet examples = data(103, DType.FLOAT64).take(scope.rows(103));
            try (GraphLinearization whole = oneGraph(net, examples, theta);
                    Linearization at = objective.linearize(theta, scope)) {
                double norm = Vectors.norm(theta);
                double value = whole.value() + l2 / 2 * norm * norm;
                double[] expected = gradient(whole, theta);
                double[] point = Arena.toDoubles(theta);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += l2 * point[i];
                }
                INDArray out = Points.random(DType.FLOAT64, objective.size(), 11); // to be overwritten
                assertThat(objective.value(theta, scope)).isCloseTo(value, within(1e-12 * value));
                assertThat(objective.gradient(theta, scope, out)).isCloseTo(value, within(1e-12 * value));
                assertClose(Arena.toDoubles(out), expected);

                assertThat(at.value()).isCloseTo(whole.value(), within(1e-12 * value));
                assertClose(gradient(at, theta), gradient(whole, theta));
                for (Curvature curvature : Curvature.ofLoss()) {
                    assertClose(product(at, curvature, v), product(whole, curvature, v));
                }
            }
        }
    }

    @Test
    void aProductMayOverwriteItsVector() {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 70, 20, 0);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            INDArray v = Points.random(DType.FLOAT64, objective.size(), 10);
            double[] expected = product(at, Curvature.HESSIAN, v);
            at.hessian(v, v);
            assertThat(Arena.toDoubles(v)).containsExactly(expected);
        }
    }

    /** Everything an objective can be asked, at one point. */
    private static List<double[]> everything(DType dtype, int workers) {
        List<double[]> results = new ArrayList<>();
        Module net = dropoutNet(dtype);
        try (Workers shared = new Workers(workers);
                SupervisedObjective objective = SupervisedObjective.builder(net, LOSS, data(333, dtype))
                        .shardSize(40)
                        .l2(0.01)
                        .workers(shared)
                        .build()) {
            Scope scope = Scope.all().withNoise(77);
            INDArray v = Points.random(dtype, objective.size(), 10);
            INDArray out = Points.zeros(v);
            for (int run = 0; run < 2; run++) {
                results.add(new double[] {objective.value(objective.theta(), scope)});
                results.add(new double[] {objective.gradient(objective.theta(), scope, out)});
                results.add(Arena.toDoubles(out));
                try (Linearization at = objective.linearize(objective.theta(), scope)) {
                    results.add(new double[] {at.value()});
                    results.add(gradient(at, v));
                    for (Curvature curvature : Curvature.ofLoss()) {
                        results.add(product(at, curvature, v));
                    }
                }
            }
        }
        return results;
    }

    @EachFloatType
    void resultsDoNotDependOnTheNumberOfWorkersByASingleBit(DType dtype) {
        List<double[]> one = everything(dtype, 1);
        int half = one.size() / 2;
        for (int i = 0; i < half; i++) {
            assertThat(one.get(half + i)).as("repeated result %d", i).containsExactly(one.get(i));
        }
        for (int workers = 2; workers <= 4; workers++) {
            List<double[]> many = everything(dtype, workers);
            for (int i = 0; i < one.size(); i++) {
                assertThat(many.get(i))
                        .as("result %d of %d workers", i, workers)
                        .containsExactly(one.get(i));
            }
        }
    }

    @Test
    void thetaElsewhereLeavesTheModuleAlone() {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 80, 30, 0.1)) {
            double[] before = Arena.toDoubles(objective.theta());
            double here = objective.value(objective.theta(), Scope.all());
            INDArray elsewhere = Points.random(DType.FLOAT64, objective.size(), 9);
            INDArray copy = elsewhere.dup();
            assertThat(objective.value(elsewhere, Scope.all())).isNotEqualTo(here);
            objective.gradient(elsewhere, Scope.all(), Points.zeros(copy));
            try (Linearization at = objective.linearize(elsewhere, Scope.all())) {
                product(at, Curvature.GAUSS_NEWTON, copy);
            }
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(before);
            assertThat(Arena.toDoubles(elsewhere)).containsExactly(Arena.toDoubles(copy));
            assertThat(objective.value(objective.theta(), Scope.all())).isEqualTo(here);
        }
    }

    @Test
    void aLinearizationStaysWhereItWasMade() {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 80, 30, 0)) {
            INDArray theta = Points.random(DType.FLOAT64, objective.size(), 9);
            INDArray v = Points.random(DType.FLOAT64, objective.size(), 10);
            try (Linearization at = objective.linearize(theta, Scope.all())) {
                double[] before = product(at, Curvature.HESSIAN, v);
                Vectors.scale(2, theta);
                objective.gradient(theta, Scope.all(), Points.zeros(v));
                try (Linearization other =
                        objective.linearize(theta, Scope.all().part(5, 60, 80))) {
                    assertThat(product(other, Curvature.HESSIAN, v)).isNotEqualTo(before);
                }
                assertThat(product(at, Curvature.HESSIAN, v)).containsExactly(before);
            }
        }
    }

    // ---- the state of the module ------------------------------------------------------------------------------

    @Test
    void whatIsFrozenHasNoGradientNoCurvatureAndNoL2() {
        Linear first = new Linear(2, 6);
        Module net = new Sequential(first, Activation.tanh(), new Linear(6, CLASSES));
        net.initialize(DType.FLOAT64, 4);
        int frozen = 2 * 6 + 6;
        try (SupervisedObjective objective = objective(net, 80, 30, 0.5)) {
            INDArray theta = Points.random(DType.FLOAT64, objective.size(), 9);
            double[] point = Arena.toDoubles(theta);
            INDArray all = Points.zeros(theta);
            double withL2 = objective.gradient(theta, Scope.all(), all);

            first.freeze();
            INDArray some = Points.zeros(theta);
            double without = objective.gradient(theta, Scope.all(), some);
            double squares = 0;
            for (int i = 0; i < point.length; i++) {
                if (i < frozen) {
                    assertThat(some.getDouble(i)).isZero();
                    squares += point[i] * point[i];
                } else {
                    assertThat(some.getDouble(i)).isCloseTo(all.getDouble(i), within(1e-14));
                }
            }
            assertThat(withL2 - without).isCloseTo(0.5 / 2 * squares, within(1e-12));
            assertThat(objective.value(theta, Scope.all())).isCloseTo(without, within(1e-14));
            try (Linearization at = objective.linearize(theta, Scope.all())) {
                for (Curvature curvature : Curvature.ofLoss()) {
                    INDArray v = Points.random(DType.FLOAT64, objective.size(), 10);
                    double[] product = product(at, curvature, v);
                    assertThat(IntStream.range(0, frozen).mapToDouble(i -> product[i]))
                            .containsOnly(0.0);
                    for (int i = 0; i < frozen; i++) {
                        v.putScalar(i, 0);
                    }
                    assertThat(product(at, curvature, v)).containsExactly(product);
                }
            }

            first.unfreeze();
            INDArray again = Points.zeros(theta);
            assertThat(objective.gradient(theta, Scope.all(), again)).isEqualTo(withL2);
            assertThat(Arena.toDoubles(again)).containsExactly(Arena.toDoubles(all));
        }
    }

    @Test
    void aChangeOfModeIsNoticed() {
        Module net = dropoutNet(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 80, 30, 0)) {
            INDArray theta = objective.theta();
            double training = objective.value(theta, Scope.all());
            Linearization open = objective.linearize(theta, Scope.all());
            net.eval();
            double evaluation = objective.value(theta, Scope.all());
            try (GraphLinearization whole = oneGraph(net, data(80, DType.FLOAT64), theta)) {
                assertThat(evaluation).isCloseTo(whole.value(), within(1e-12));
            }
            assertThat(evaluation).isNotEqualTo(training);
            assertThat(open.value()).isCloseTo(training, within(1e-14));
            open.close();
            assertThat(objective.value(theta, Scope.all())).isEqualTo(evaluation);
            net.train();
            assertThat(objective.value(theta, Scope.all())).isEqualTo(training);
        }
    }

    @Test
    void oneScopeSeesOneMaskAndAnotherNoiseSeedAnother() {
        Module net = dropoutNet(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 80, 30, 0)) {
            INDArray theta = objective.theta();
            Scope scope = Scope.all().withNoise(5);
            double value = objective.value(theta, scope);
            assertThat(objective.value(theta, Scope.all().withNoise(6))).isNotEqualTo(value);
            assertThat(objective.value(theta, scope)).isEqualTo(value);

            INDArray g = Points.zeros(theta);
            assertThat(objective.gradient(theta, scope, g)).isEqualTo(value);
            INDArray v = Points.random(DType.FLOAT64, objective.size(), 10);
            INDArray up = theta.dup();
            INDArray down = theta.dup();
            Vectors.axpy(1e-5, v, up);
            Vectors.axpy(-1e-5, v, down);
            double slope = (objective.value(up, scope) - objective.value(down, scope)) / 2e-5;
            assertThat(Vectors.dot(g, v)).isCloseTo(slope, within(1e-8));

            INDArray gUp = Points.zeros(theta);
            INDArray gDown = Points.zeros(theta);
            objective.gradient(up, scope, gUp);
            objective.gradient(down, scope, gDown);
            Vectors.axpy(-1, gDown, gUp);
            Vectors.scale(1 / 2e-5, gUp);
            try (Linearization at = objective.linearize(theta, scope)) {
                assertThat(at.value()).isCloseTo(value, within(1e-14));
                assertThat(Points.relativeDistance(product(at, Curvature.HESSIAN, v), Arena.toDoubles(gUp)))
                        .isLessThan(1e-7);
            }
        }
    }

    // ---- memory -----------------------------------------------------------------------------------------------

    @Test
    void memoryOfValuesAndGradientsDoesNotGrowWithTheData() {
        // Shards are all alike, so the number of arrays tells the memory. A sum needs a vector for each doubling.
        long growth = arraysForAGradient(2000) - arraysForAGradient(250);
        assertThat(growth).isBetween(0L, 3L);
        assertThat(arraysForAGradient(100)).isPositive();
    }

    private static long arraysForAGradient(int examples) {
        Module net = net(DType.FLOAT32);
        DataSet data = data(examples, DType.FLOAT32);
        INDArray out = Points.zeros(net.parameterVector().array());
        return Points.arraysMadeBy(() -> {
            try (Workers workers = new Workers(2);
                    SupervisedObjective objective = SupervisedObjective.builder(net, LOSS, data)
                            .shardSize(50)
                            .workers(workers)
                            .build()) {
                objective.value(objective.theta(), Scope.all());
                objective.gradient(objective.theta(), Scope.all(), out);
            }
        });
    }

    @EachFloatType
    void steadyStateMakesNoArray(DType dtype) {
        for (double l2 : new double[] {0, 0.1}) {
            for (boolean isFrozen : new boolean[] {false, true}) {
                Module net = dropoutNet(dtype);
                if (isFrozen) {
                    net.namedParameters().get("0.bias").freeze();
                }
                try (SupervisedObjective objective = objective(net, 130, 45, l2)) {
                    INDArray v = Points.random(dtype, objective.size(), 10);
                    INDArray out = Points.zeros(v);
                    Runnable step = () -> {
                        Scope scope = Scope.all().withNoise(3);
                        objective.value(objective.theta(), scope);
                        objective.gradient(objective.theta(), scope, out);
                        objective.thetaChanged(objective.theta());
                        try (Linearization at = objective.linearize(
                                objective.theta(), Scope.all().part(100, 50, 130))) {
                            for (Curvature curvature : Curvature.ofLoss()) {
                                at.product(curvature, v, out);
                            }
                        }
                    };
                    step.run();
                    assertThat(Points.arraysMadeBy(() -> {
                                for (int i = 0; i < 5; i++) {
                                    step.run();
                                }
                            }))
                            .as("l2 %s, frozen %s", l2, isFrozen)
                            .isZero();
                }
            }
        }
    }

    @Test
    void aClosedLinearizationAnswersNoMore() {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 80, 30, 0)) {
            Linearization at = objective.linearize(objective.theta(), Scope.all());
            INDArray v = Points.zeros(objective.theta());
            at.close();
            at.close();
            assertThatThrownBy(() -> at.product(Curvature.HESSIAN, v, v))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void sharedWorkersStayOpen() {
        try (Workers workers = new Workers(2)) {
            Module net = net(DType.FLOAT64);
            for (int i = 0; i < 2; i++) {
                try (SupervisedObjective objective = SupervisedObjective.builder(net, LOSS, data(80, DType.FLOAT64))
                        .workers(workers)
                        .build()) {
                    assertThat(objective.value(objective.theta(), Scope.all())).isPositive();
                }
            }
        }
    }

    // ---- cost -------------------------------------------------------------------------------------------------

    @Test
    void costIsCountedInGradientsOverAllExamples() {
        Module net = new Sequential(
                new Linear(2, 40), Activation.tanh(), new Linear(40, 40), Activation.tanh(), new Linear(40, CLASSES));
        net.initialize(DType.FLOAT64, 4);
        try (SupervisedObjective objective = objective(net, 200, 50, 0.1)) {
            INDArray theta = objective.theta();
            INDArray out = Points.zeros(theta);
            assertThat(objective.cost()).isZero();
            objective.gradient(theta, Scope.all(), out);
            assertThat(objective.cost()).isCloseTo(1, within(0.01));

            double before = objective.cost();
            objective.value(theta, Scope.all());
            double value = objective.cost() - before;
            assertThat(value).isBetween(0.28, 0.42);

            before = objective.cost();
            objective.gradient(theta, Scope.all().part(0, 50, 200), out);
            assertThat(objective.cost() - before).isCloseTo(0.25, within(0.01));

            try (Linearization at = objective.linearize(theta, Scope.all())) {
                for (Curvature curvature : Curvature.ofLoss()) {
                    at.product(curvature, out, out);
                    before = objective.cost();
                    at.product(curvature, out, out);
                    double product = objective.cost() - before;
                    assertThat(product).as("%s", curvature).isBetween(0.9, curvature == Curvature.HESSIAN ? 2.2 : 1.5);
                }
            }
        }
    }

    @Test
    void costNeverShrinks() {
        Linear first = new Linear(2, 6);
        Module net = new Sequential(first, new Dropout(0.3), Activation.tanh(), new Linear(6, CLASSES));
        net.initialize(DType.FLOAT64, 4);
        try (SupervisedObjective objective = objective(net, 100, 25, 0)) {
            INDArray out = Points.zeros(objective.theta());
            double before = 0;
            List<Runnable> changes = List.of(() -> {}, net::eval, first::freeze, net::train, first::unfreeze);
            for (Runnable change : changes) {
                change.run();
                for (int size : new int[] {100, 1, 3, 40}) {
                    objective.gradient(objective.theta(), Scope.all().part(0, size, 100), out);
                    assertThat(objective.cost()).isGreaterThan(before);
                    before = objective.cost();
                }
            }
        }
    }

    // ---- errors -----------------------------------------------------------------------------------------------

    @Test
    void whatDoesNotFitIsRefused() {
        Module net = net(DType.FLOAT64);
        DataSet fiveClasses = Generators.spirals(20, 5, 0, 1);
        assertThatThrownBy(() -> SupervisedObjective.of(net, LOSS, fiveClasses))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("labels run from 0 to 4")
                .hasMessageContaining("3 outputs");
        assertThatThrownBy(() -> SupervisedObjective.of(net, LOSS, data(20, DType.FLOAT32)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("FLOAT32")
                .hasMessageContaining("data.as(FLOAT64)");
        DataSet wide = DataSet.of(Arena.create(DType.FLOAT64, Shape.of(4, 3)), Arena.ofIntegers(0, 1, 2, 0));
        assertThatThrownBy(() -> SupervisedObjective.of(net, LOSS, wide))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Sequential")
                .hasMessageContaining("[4, 3]");
        DataSet numbers =
                DataSet.of(Arena.create(DType.FLOAT64, Shape.of(4, 2)), Arena.create(DType.FLOAT64, Shape.of(4, 2)));
        assertThatThrownBy(() -> SupervisedObjective.of(net, Loss.meanSquaredError(), numbers))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> SupervisedObjective.of(new Linear(2, 3), LOSS, data(20, DType.FLOAT32)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("initialize");
        SupervisedObjective.Builder builder = SupervisedObjective.builder(net, LOSS, data(20, DType.FLOAT64));
        assertThatThrownBy(() -> builder.l2(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.l2(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.shardSize(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(Scope::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWrongRowIsAnErrorAndNotTheEnd() {
        Module net = net(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, 20, 2, 0)) {
            INDArray out = Points.zeros(objective.theta());
            Scope wrong = Scope.of(1, 2, 3, 20, 4, 5);
            Runnable round = () -> {
                assertThatThrownBy(() -> objective.gradient(objective.theta(), wrong, out))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("row 20");
                assertThatThrownBy(() -> objective.linearize(objective.theta(), wrong))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            };
            round.run();
            assertThat(Points.arraysMadeBy(round)).isZero(); // all memory went back
            assertThat(objective.value(objective.theta(), Scope.all())).isPositive();
        }
    }

    @Test
    void aLossWithoutNaturalOutputsHasNoFisherMatrix() {
        Module net = new Linear(2, 1);
        net.initialize(DType.FLOAT64, 4);
        DataSet numbers = DataSet.of(
                Points.random(DType.FLOAT64, 140, 1).reshape(70, 2),
                Points.random(DType.FLOAT64, 70, 2).reshape(70, 1));
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.huber(1), numbers);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            INDArray v = Points.random(DType.FLOAT64, objective.size(), 3);
            assertThatThrownBy(() -> product(at, Curvature.FISHER, v))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("FISHER");
            assertThat(product(at, Curvature.GAUSS_NEWTON, v)).isNotEqualTo(new double[3]);
        }
    }

    @Test
    void theFirstOperationThatIsNotFiniteIsNamedWithItsExamples() {
        Linear layer = new Linear(2, CLASSES);
        Module net = new Sequential(new Activation(Tensor::log), layer);
        net.initialize(DType.FLOAT64, 4);
        INDArray features = Arena.create(DType.FLOAT64, Shape.of(100, 2));
        Vectors.fill(features, 1);
        features.putScalar(new int[] {63, 1}, -1);
        DataSet data = DataSet.of(features, Arena.ofIntegers(new long[100]));
        try (SupervisedObjective objective =
                SupervisedObjective.builder(net, LOSS, data).shardSize(25).build()) {
            assertThat(objective.value(objective.theta(), Scope.all())).isNaN();
            assertThat(objective.firstNonFinite(objective.theta(), Scope.all()))
                    .hasValueSatisfying(s -> assertThat(s)
                            .startsWith("row 63 of the data, example 63 of the scope: log [1, 2] FLOAT64")
                            .contains("element 1"));
            assertThat(objective.firstNonFinite(objective.theta(), Scope.all().part(0, 60, 100)))
                    .isEmpty();
            INDArray theta = objective.theta().dup();
            ParameterVector.Segment bias = net.parameterVector().segments().get(1);
            theta.putScalar(bias.offset() + 2, Double.NEGATIVE_INFINITY);
            assertThat(objective.firstNonFinite(theta, Scope.all().part(0, 60, 100)))
                    .hasValueSatisfying(s -> assertThat(s).contains("parameter '1.bias' at element 2"));
        }
    }

    @Test
    void useAfterCloseIsAnError() {
        Module net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        DataSet moons = Generators.twoMoons(50, 0.1, 1);
        SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons);
        INDArray theta = objective.theta();
        Linearization linearization = objective.linearize(theta, Scope.all());
        objective.close();
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
        assertThatThrownBy(() -> linearization.product(Curvature.HESSIAN, theta, out))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the objective is closed");
        assertThatThrownBy(() -> objective.value(theta, Scope.all()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the objective is closed");
        linearization.close();
        objective.close();
    }

    @Test
    void aModelThatDoesNotFitLeavesNoThreads() {
        Module net = new Linear(3, 2);
        net.initialize(DType.FLOAT64, 1);
        DataSet moons = Generators.twoMoons(50, 0.1, 1);
        int before = Thread.activeCount();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons))
                    .isInstanceOf(ShapeException.class);
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 1);
    }
}
