package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** No optimizer of the catalogue moves a parameter that was frozen between two steps. */
class FrozenParametersTest {
    private static final List<String> NEED_A_MODEL =
            List.of("hf", "kfac", "hf-kfac", "block-newton", "block-hf", "martens", "sophia");

    private final Linear first = new Linear(2, 5);
    private final Module net = new Sequential(first, Activation.tanh(), new Linear(5, 2));

    @BeforeEach
    void initialize() {
        net.initialize(DType.FLOAT64, 3);
    }

    /** Bayesian regularization has a weight decay of its own. */
    private SupervisedObjective objective(String kind) {
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), Generators.twoMoons(60, 0.1, 1))
                .l2(kind.equals("bayes") ? 0 : 0.01)
                .build();
    }

    private Optimizer optimizer(String kind) {
        return OptimizerCatalogue.load().kind(kind).make(Map.of(), net, 1);
    }

    static Stream<String> kinds() {
        return OptimizerCatalogue.load().kinds().stream().map(OptimizerKind::name);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void stayWhereTheyAre(String kind) {
        try (SupervisedObjective objective = objective(kind);
                Optimizer optimizer = optimizer(kind)) {
            step(optimizer, objective);
            first.freeze();
            double[] before = Arena.toDoubles(objective.theta());
            step(optimizer, objective);
            double[] after = Arena.toDoubles(objective.theta());
            boolean hasMoved = false;
            for (int i = 0; i < before.length; i++) {
                if (i < 15) {
                    assertThat(after[i]).as("frozen element %d", i).isEqualTo(before[i]);
                } else {
                    hasMoved |= after[i] != before[i];
                }
            }
            assertThat(hasMoved).isTrue();
        }
    }

    /** Of a sum of squares, parameters that were frozen when it was made. */
    @ParameterizedTest
    @MethodSource("kinds")
    void ofResidualsStayWhereTheyAre(String kind) {
        first.freeze();
        DataSet data = Generators.twoMoons(60, 0.1, 1);
        try (ResidualObjective objective = ResidualObjective.of(net, DataSet.autoencoding(data.features()));
                Optimizer optimizer = optimizer(kind)) {
            assertThat(objective.trainable()).containsExactly(new Span(15, 27));
            INDArray theta = net.parameterVector().array();
            double[] before = Arena.toDoubles(theta);
            try {
                for (int i = 0; i < 5; i++) {
                    optimizer.step(objective, theta);
                }
            } catch (IllegalArgumentException | UnsupportedOperationException e) {
                assertThat(kind).as("%s", e).isIn(NEED_A_MODEL);
                return;
            }
            double[] after = Arena.toDoubles(theta);
            assertThat(Arrays.copyOf(after, 15)).isEqualTo(Arrays.copyOf(before, 15));
            assertThat(Arrays.copyOfRange(after, 15, 27)).isNotEqualTo(Arrays.copyOfRange(before, 15, 27));
        }
    }

    /** The state was saved before the layer was frozen. */
    @ParameterizedTest
    @MethodSource("kinds")
    void stayWhereTheyAreAfterAResume(String kind) {
        try (SupervisedObjective objective = objective(kind);
                Optimizer optimizer = optimizer(kind);
                Optimizer resumed = optimizer(kind)) {
            step(optimizer, objective);
            first.freeze();
            double[] before = Arena.toDoubles(objective.theta());
            resumed.restore(optimizer.state());
            step(resumed, objective);
            double[] after = Arena.toDoubles(objective.theta());
            assertThat(Arrays.copyOf(after, 15)).isEqualTo(Arrays.copyOf(before, 15));
            assertThat(after).isNotEqualTo(before);
        }
    }

    /** Near a minimum, where eigenvectors of the Hessian mix by rounding. */
    @ParameterizedTest
    @MethodSource("kinds")
    void stayWhereTheyAreNearAMinimum(String kind) {
        Module deep = new Sequential(
                new Linear(2, 6), Activation.tanh(), new Linear(6, 5), Activation.sigmoid(), new Linear(5, 2));
        deep.initialize(DType.FLOAT64, 3);
        Parameter parameter = deep.namedParameters().get("2.bias");
        try (SupervisedObjective objective = SupervisedObjective.builder(
                                deep, Loss.softmaxCrossEntropy(), Generators.twoMoons(64, 0.1, 1))
                        .l2(kind.equals("bayes") ? 0 : 0.01)
                        .build();
                Optimizer optimizer = OptimizerCatalogue.load().kind(kind).make(Map.of(), deep, 1)) {
            steps(optimizer, objective, 7);
            parameter.freeze();
            double[] before = Arena.toDoubles(parameter.array());
            steps(optimizer, objective, 6);
            assertThat(Arena.toDoubles(parameter.array())).containsExactly(before);
        }
    }

    private static void steps(Optimizer optimizer, SupervisedObjective objective, int count) {
        for (int i = 0; i < count; i++) {
            optimizer.step(objective, objective.theta());
        }
    }

    private static void step(Optimizer optimizer, SupervisedObjective objective) {
        steps(optimizer, objective, 3);
    }
}
