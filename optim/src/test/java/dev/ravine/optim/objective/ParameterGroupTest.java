package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.problems.Points;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class ParameterGroupTest {
    private final Linear last = new Linear(4, 3);

    /** Elements: 0.weight 0..7, 0.bias 8..11, 1.gain 12..15, 1.bias 16..19, 3.weight 20..31, 3.bias 32..34. */
    private Module net(DType dtype) {
        Module net = new Sequential(new Linear(2, 4), new LayerNorm(4), Activation.tanh(), last);
        net.initialize(dtype, 1);
        return net;
    }

    private static Span span(int from, int to) {
        return new Span(from, to);
    }

    // ---- what is in a group -----------------------------------------------------------------------------------

    @Test
    void choicesOfParameters() {
        Module net = net(DType.FLOAT64);
        assertThat(ParameterGroup.of("first", net, Parameters.under("0")).spans())
                .containsExactly(span(0, 12));
        assertThat(ParameterGroup.of("no decay", net, Parameters.biasesAndGains())
                        .spans())
                .containsExactly(span(8, 20), span(32, 35));
        assertThat(ParameterGroup.of("weights", net, Parameters.biasesAndGains().negate())
                        .spans())
                .containsExactly(span(0, 8), span(20, 32));
        assertThat(ParameterGroup.of("biases", net, Parameters.named("*.bias")).spans())
                .containsExactly(span(8, 12), span(16, 20), span(32, 35));
        assertThat(ParameterGroup.of("one", net, Parameters.named("3.weight")).spans())
                .containsExactly(span(20, 32));
        assertThat(ParameterGroup.of("ends", net, Parameters.named("0.*").or(Parameters.named("3.*")))
                        .spans())
                .containsExactly(span(0, 12), span(20, 35));
        assertThatThrownBy(() -> ParameterGroup.of("none", net, Parameters.under("2")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'none' has no parameters")
                .hasMessageContaining("3.weight");
    }

    @Test
    void aPathIsNoPrefixOfALongerName() {
        Linear[] layers = new Linear[12];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Linear(1, 1);
        }
        Module net = new Sequential(layers);
        net.initialize(1);
        assertThat(ParameterGroup.of("second", net, Parameters.under("1")).spans())
                .containsExactly(span(2, 4));
        assertThat(ParameterGroup.of("second", net, Parameters.named("1?bias").or(Parameters.named("1.b*")))
                        .spans())
                .containsExactly(span(3, 4));
    }

    @Test
    void theRestAndWhatIsTrained() {
        ParameterGroup a = new ParameterGroup("a", List.of(span(2, 4), span(4, 6), span(9, 12)));
        ParameterGroup b = new ParameterGroup("b", 6, 1);
        assertThat(a.spans()).containsExactly(span(2, 6), span(9, 12));
        assertThat(a.size()).isEqualTo(7);
        assertThat(a).hasToString("a (elements 2..5, 9..11)");
        assertThat(a.within(List.of(span(0, 3), span(5, 10)))).containsExactly(span(2, 3), span(5, 6), span(9, 10));
        assertThat(ParameterGroup.rest(List.of(span(0, 10), span(11, 14)), List.of(a, b)))
                .containsExactly(span(0, 2), span(7, 9), span(12, 14));
        assertThat(ParameterGroup.rest(List.of(span(3, 5)), List.of(a))).isEmpty();
        assertThat(ParameterGroup.requireApart(List.of(a, b))).containsExactly(a, b);
        assertThatThrownBy(() -> ParameterGroup.requireApart(List.of(a, b, new ParameterGroup("c", 5, 3))))
                .hasMessageContaining("'a' and 'c' share the elements 5 to 5");
        assertThatThrownBy(() -> ParameterGroup.requireApart(List.of(a, new ParameterGroup("a", 20, 1))))
                .hasMessageContaining("two groups are called 'a'");
    }

    // ---- L2 by group ------------------------------------------------------------------------------------------

    private static SupervisedObjective.Builder builder(Module net, DType dtype) {
        return SupervisedObjective.builder(
                net,
                Loss.softmaxCrossEntropy(),
                Generators.spirals(60, 3, 0.1, 1).as(dtype));
    }

    /** Weight 0.5 on all but biases and gains, where it is 0, and 3 on the bias of the last layer, which counts first. */
    @EachFloatType
    void eachGroupHasItsOwnPenalty(DType dtype) {
        Module net = net(dtype);
        net.parameterVector().set(Points.random(dtype, 35, 2));
        double tolerance = dtype == DType.FLOAT32 ? 1e-4 : 1e-12;
        try (SupervisedObjective plain = builder(net, dtype).build();
                SupervisedObjective grouped = builder(net, dtype)
                        .l2(0.5)
                        .l2(ParameterGroup.of("last bias", net, Parameters.named("3.bias")), 3)
                        .l2(new ParameterGroup("inner", 8, 12), 0)
                        .build()) {
            for (boolean isFrozen : new boolean[] {false, true}) {
                if (isFrozen) {
                    last.freeze();
                }
                double[] weights = new double[35];
                for (int i = 0; i < 35; i++) {
                    weights[i] = (isFrozen && i >= 20) || (i >= 8 && i < 20) ? 0 : i < 32 ? 0.5 : 3;
                }
                INDArray theta = plain.theta();
                double[] x = Arena.toDoubles(theta);
                INDArray v = Points.random(dtype, 35, 3);
                INDArray a = Points.zeros(theta);
                INDArray b = Points.zeros(theta);
                double expected = plain.gradient(theta, Scope.all(), a);
                double found = grouped.gradient(theta, Scope.all(), b);
                for (int i = 0; i < 35; i++) {
                    expected += weights[i] / 2 * x[i] * x[i];
                }
                assertThat(found).isCloseTo(expected, within(tolerance));
                assertThat(grouped.value(theta, Scope.all())).isEqualTo(found);
                differBy(weights, x, b, a, tolerance);
                assertThat(grouped.l2()).isZero();
                try (Linearization without = plain.linearize(theta, Scope.all());
                        Linearization with = grouped.linearize(theta, Scope.all())) {
                    assertThat(with.value()).isCloseTo(expected, within(tolerance));
                    without.gradient(a);
                    with.gradient(b);
                    differBy(weights, x, b, a, tolerance);
                    for (Curvature curvature : Curvature.ofLoss()) {
                        without.product(curvature, v, a);
                        with.product(curvature, v, b);
                        differBy(weights, Arena.toDoubles(v), b, a, tolerance);
                    }
                    INDArray same = Arena.copyOf(v);
                    with.hessian(v, b);
                    with.hessian(same, same);
                    assertThat(Arena.toDoubles(same)).isEqualTo(Arena.toDoubles(b));
                }
            }
        }
    }

    private static void differBy(double[] weights, double[] x, INDArray with, INDArray without, double tolerance) {
        double[] a = Arena.toDoubles(with);
        double[] b = Arena.toDoubles(without);
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i] - b[i]).as("element %d", i).isCloseTo(weights[i] * x[i], within(tolerance));
        }
    }

    /** At the minimum of a penalized loss its gradient is zero, whoever finds it. */
    @Test
    void secondOrderMethodsFindTheMinimumOfAPenaltyByGroups() {
        DataSet data = Generators.spirals(60, 3, 0.1, 1).as(DType.FLOAT64);
        for (Optimizer optimizer : List.of(
                ExactNewton.builder().build(),
                TrustRegionNewton.builder().build(),
                Lbfgs.builder().build(),
                HessianFree.builder().damping(1e-3).curvatureExamples(60).build())) {
            Module net = new Linear(2, 3);
            net.initialize(DType.FLOAT64, 1);
            try (optimizer;
                    SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                            .l2(ParameterGroup.of("weights", net, Parameters.named("weight")), 0.01)
                            .l2(ParameterGroup.of("bias", net, Parameters.named("bias")), 2)
                            .build()) {
                INDArray gradient = Points.zeros(objective.theta());
                double norm = 1;
                for (int i = 0; i < 60 && norm > 1e-7; i++) {
                    optimizer.step(objective, objective.theta());
                    objective.gradient(objective.theta(), Scope.all(), gradient);
                    norm = Vectors.norm(gradient);
                }
                assertThat(norm).as(optimizer.name()).isLessThan(1e-7);
            }
        }
    }

    @Test
    void aRunKnowsItsPenalties() {
        Module net = net(DType.FLOAT32);
        ParameterGroup bias = ParameterGroup.of("last bias", net, Parameters.named("3.bias"));
        try (SupervisedObjective objective =
                builder(net, DType.FLOAT32).l2(0.5).l2(bias, 3).build()) {
            assertThat(objective.settings())
                    .containsEntry("l2", 0.5)
                    .containsEntry("l2 of last bias (elements 32..34)", 3.0);
        }
        assertThatThrownBy(() -> builder(net, DType.FLOAT32)
                        .l2(bias, 3)
                        .l2(ParameterGroup.of("biases", net, Parameters.named("*.bias")), 1)
                        .build())
                .hasMessageContaining("'last bias' and 'biases' share the elements 32 to 34");
        assertThatThrownBy(() -> builder(net, DType.FLOAT32)
                        .l2(new ParameterGroup("far", 30, 6), 1)
                        .build())
                .hasMessageContaining("the group far (elements 30..35) does not fit to 35 parameters");
        assertThatThrownBy(() -> builder(net, DType.FLOAT32).l2(bias, -1)).hasMessageContaining("negative");
    }
}
