package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.newton.BlockNewton.Method;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Moons;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.SineFit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BlockNewtonTest {
    private static ParameterGroup group(String name, long offset, long size) {
        return new ParameterGroup(name, offset, size);
    }

    /** G + shift I of an objective, column by column. */
    private static double[][] matrix(Objective objective, INDArray theta, double shift) {
        int n = (int) objective.size();
        double[][] rows = new double[n][];
        try (Linearization at = objective.linearize(theta, Scope.all())) {
            for (int i = 0; i < n; i++) {
                INDArray unit = Points.zeros(theta);
                INDArray product = Points.zeros(theta);
                Elements.of(unit).set(i, 1);
                at.product(Curvature.GAUSS_NEWTON, unit, product);
                rows[i] = Arena.toDoubles(product);
                rows[i][i] += shift;
            }
        }
        return rows;
    }

    /** What is left of A p + g in one stretch, relative to g there, with the rest of p ignored. */
    private static double residual(double[][] a, double[] p, double[] g, int from, int count) {
        double left = 0;
        double size = 0;
        for (int i = from; i < from + count; i++) {
            double r = g[i];
            for (int j = from; j < from + count; j++) {
                r += a[i][j] * p[j];
            }
            left += r * r;
            size += g[i] * g[i];
        }
        return Math.sqrt(left / size);
    }

    private static SupervisedObjective sine(DType dtype) {
        return SupervisedObjective.builder(SineFit.net(dtype), Loss.meanSquaredError(), SineFit.data(dtype))
                .l2(0.01)
                .build();
    }

    private static BlockNewton optimizer(ParameterGroup... groups) {
        return BlockNewton.builder(List.of(groups)).damping(0.3).build();
    }

    private static double[] slopes(SupervisedObjective objective) {
        INDArray g = Points.zeros(objective.theta());
        objective.gradient(objective.theta(), Scope.all(), g);
        return Arena.toDoubles(g);
    }

    @Test
    void oneGroupForAllTakesTheDampedNewtonStep() {
        try (SupervisedObjective objective = sine(DType.FLOAT64);
                BlockNewton optimizer = optimizer(group("all", 0, 25))) {
            double[] before = Arena.toDoubles(objective.theta());
            double[][] a = matrix(objective, objective.theta(), 0.31);
            double[] slopes = slopes(objective);
            StepReport report = optimizer.step(objective, objective.theta());
            assertThat(report.telemetry().get("scale")).isCloseTo(1, within(1e-12));
            assertThat(report.telemetry()).containsEntry("rate", 1.0);
            double[] p = Arena.toDoubles(objective.theta());
            for (int i = 0; i < 25; i++) {
                p[i] -= before[i];
            }
            assertThat(residual(a, p, slopes, 0, 25)).isLessThan(1e-12);
            ModelReport model = report.model().orElseThrow();
            assertThat(model.damping()).isEqualTo(0.3);
            assertThat(model.iterations()).isEqualTo(1);
            double quadratic = 0;
            for (int i = 0; i < 25; i++) {
                quadratic += p[i] * DenseMatrix.dot(a[i], p);
            }
            double square = DenseMatrix.dot(p, p);
            assertThat(model.smallestCurvature()).isCloseTo(quadratic / square, within(1e-10));
            double predicted = DenseMatrix.dot(slopes, p) + (quadratic - 0.3 * square) / 2;
            assertThat(model.ratio()).isCloseTo((report.lossAfter() - report.loss()) / predicted, within(1e-9));
            assertThat(optimizer.damping()).isCloseTo(model.ratio() > 0.75 ? 0.2 : 0.3, within(1e-15));
            assertThat(report.reason()).startsWith("'all' EXACT SOLVED; accepted");
        }
    }

    @Test
    void groupsAreSolvedAsIfTheOthersStoodStillAndScaledTogether() {
        try (SupervisedObjective objective = sine(DType.FLOAT64);
                BlockNewton optimizer = optimizer(group("first", 0, 16), group("last", 16, 9))) {
            double[] before = Arena.toDoubles(objective.theta());
            double[][] a = matrix(objective, objective.theta(), 0.31);
            double[] slopes = slopes(objective);
            StepReport report = optimizer.step(objective, objective.theta());
            double scale = report.telemetry().get("scale");
            double rate = report.telemetry().get("rate");
            assertThat(rate).isPositive();
            double[] p = Arena.toDoubles(objective.theta());
            for (int i = 0; i < 25; i++) {
                p[i] = (p[i] - before[i]) / scale / rate;
            }
            assertThat(residual(a, p, slopes, 0, 16)).isLessThan(1e-12);
            assertThat(residual(a, p, slopes, 16, 9)).isLessThan(1e-12);
            double quadratic = 0;
            for (int i = 0; i < 25; i++) {
                quadratic += p[i] * DenseMatrix.dot(a[i], p);
            }
            assertThat(scale).isCloseTo(-DenseMatrix.dot(slopes, p) / quadratic, within(1e-12));
            assertThat(report.reason()).startsWith("'first' EXACT SOLVED, 'last' EXACT SOLVED; ");
        }
    }

    @Test
    void eachMethodSolvesItsPartOfASeparableQuadratic() {
        // x^2 / 2 + y^2 + x y, then 5 z^2 / 2, then 3 (u^2 + v^2) / 2; damping 1.
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, 5, t -> {
                    Tensor x = t.slice(0, 0, 1);
                    Tensor y = t.slice(0, 1, 2);
                    Tensor z = t.slice(0, 2, 3);
                    Tensor last = t.slice(0, 3, 5).square().sum().mul(1.5);
                    return x.square()
                            .mul(0.5)
                            .add(y.square())
                            .add(x.mul(y))
                            .add(z.square().mul(2.5))
                            .sum()
                            .add(last);
                });
                BlockNewton optimizer = BlockNewton.builder(
                                List.of(group("pair", 0, 2), group("single", 2, 1), group("equal", 3, 2)))
                        .curvature(Curvature.HESSIAN)
                        .damping(1)
                        .build();
                BlockNewton descending = BlockNewton.builder(
                                List.of(group("single", 0, 1), group("rest", 1, 2), group("equal", 3, 2)))
                        .curvature(Curvature.HESSIAN)
                        .exactUpTo(1)
                        .beyond(Method.STEEPEST_DESCENT)
                        .build()) {
            INDArray theta = Points.vector(1, 2, 3, 4, -4);
            StepReport report = optimizer.step(objective, theta);
            // g = (3, 5, 15, 12, -12); [[2, 1], [1, 3]]^-1 (3, 5) = (0.8, 1.4).
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {0.2, 0.6, 0.5, 1, -1}, within(1e-14));
            assertThat(report.telemetry().get("scale")).isCloseTo(1, within(1e-14));

            INDArray other = Points.vector(1, 2, 3, 4, -4);
            StepReport steepest = descending.step(objective, other);
            assertThat(steepest.reason())
                    .startsWith("'single' EXACT SOLVED, 'rest' STEEPEST_DESCENT MINIMUM_ALONG, 'equal' STEEPEST_DESCENT"
                            + " MINIMUM_ALONG; accepted");
            // (u, v) is an eigenvector: the best rate along it is 1 / (3 + 1), then everything is scaled.
            double s = steepest.telemetry().get("scale") * steepest.telemetry().get("rate");
            assertThat(other.getDouble(3)).isCloseTo(4 - s * 3, within(1e-14));
            // Along (5, 15) the block diag(2, 5) + I has (3 25 + 6 225) / 250 = 5.7.
            assertThat(other.getDouble(1)).isCloseTo(2 - s * 5 / 5.7, within(1e-14));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONJUGATE_GRADIENTS", "STEEPEST_DESCENT"})
    void trainsANetWhoseLargeLayerIsNotWrittenOut(Method beyond) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            var net = new Sequential(
                    new Linear(2, 10), Activation.tanh(), new Linear(10, 10), Activation.tanh(), new Linear(10, 2));
            net.initialize(dtype, 1);
            try (var objective = Moons.classifiedBy(net, dtype, 1e-4);
                    BlockNewton optimizer = BlockNewton.builder(net)
                            .exactUpTo(50)
                            .beyond(beyond)
                            .damping(0.1)
                            .build()) {
                double first = objective.value(objective.theta(), Scope.all());
                StepReport report = null;
                for (int i = 0; i < 30; i++) {
                    report = optimizer.step(objective, objective.theta());
                    assertThat(report.lossAfter()).isLessThanOrEqualTo(report.loss());
                    assertThat(report.reason())
                            .startsWith("'0' EXACT SOLVED, '2' " + beyond + " ")
                            .contains("'4' EXACT SOLVED");
                }
                assertThat(report.lossAfter()).as("%s", report).isLessThan(0.3 * first);
            }
        }
    }

    @Test
    void anIndefiniteBlockIsShiftedFurther() {
        // x y - 50 z^2: the first block has the eigenvalues 1 and -1, damping 0.5 becomes 1, then 2.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        3,
                        t -> t.slice(0, 0, 1)
                                .mul(t.slice(0, 1, 2))
                                .sub(t.slice(0, 2, 3).square().mul(50))
                                .sum());
                BlockNewton optimizer = BlockNewton.builder(List.of(group("xy", 0, 2), group("z", 2, 1)))
                        .curvature(Curvature.HESSIAN)
                        .damping(0.5)
                        .build()) {
            StepReport report = optimizer.step(objective, Points.vector(1, 2, 0));
            assertThat(report.reason()).contains("'xy' EXACT SHIFTED by 2.0").contains("'z' EXACT SHIFTED by 128.0");
            assertThat(report.model().orElseThrow().iterations()).isEqualTo(3 + 9);
            assertThat(report.model().orElseThrow().smallestCurvature())
                    .isPositive()
                    .isFinite();
        }
    }

    @Test
    void dampingFarBelowRoundingStillEnds() {
        // One direction without curvature.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, t -> t.sum().square().mul(0.7));
                BlockNewton optimizer = BlockNewton.builder(List.of(group("all", 0, 2)))
                        .curvature(Curvature.HESSIAN)
                        .damping(1e-300)
                        .dampingRule((damping, ratio) -> 0)
                        .build()) {
            INDArray theta = Points.vector(1.1, 0.3);
            for (int i = 0; i < 3; i++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.model().orElseThrow().iterations()).isLessThan(10);
            }
            assertThat(theta.getDouble(0) + theta.getDouble(1)).isCloseTo(0, within(1e-10));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONJUGATE_GRADIENTS", "STEEPEST_DESCENT"})
    void aGroupWithoutASlopeStays(Method beyond) {
        for (int exactUpTo : new int[] {1, 2}) {
            try (FunctionObjective objective = new FunctionObjective(
                            DType.FLOAT64, 4, t -> t.square().sum());
                    BlockNewton optimizer = BlockNewton.builder(List.of(group("a", 0, 2), group("b", 2, 2)))
                            .curvature(Curvature.HESSIAN)
                            .exactUpTo(exactUpTo)
                            .beyond(beyond)
                            .build()) {
                INDArray theta = Points.vector(0, 0, 1, 2);
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.accepted()).isTrue();
                assertThat(theta.getDouble(0)).isEqualTo(0);
                assertThat(report.model().orElseThrow().smallestCurvature()).isCloseTo(3, within(1e-14));
                INDArray origin = Points.vector(0, 0, 0, 0);
                StepReport none = optimizer.step(objective, origin);
                assertThat(none.accepted()).isFalse();
                assertThat(none.reason()).contains("not a descent direction");
                assertThat(none.model().orElseThrow().smallestCurvature()).isEqualTo(Double.POSITIVE_INFINITY);
            }
        }
    }

    @Test
    void groupsMustFollowOneAnotherAndCoverAll() {
        for (List<ParameterGroup> wrong : List.of(
                List.<ParameterGroup>of(),
                List.of(group("a", 1, 2)),
                List.of(group("a", 0, 2), group("b", 3, 1)),
                List.of(group("a", 0, 2), group("b", 1, 2)),
                List.of(group("a", 0, 0)))) {
            assertThatThrownBy(() -> BlockNewton.builder(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("group");
        }
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 3, t -> t.square().sum());
                BlockNewton optimizer =
                        BlockNewton.builder(List.of(group("a", 0, 2))).build()) {
            assertThatThrownBy(() -> optimizer.step(objective, Points.vector(1, 2, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cover 2 parameters, but the objective has 3");
        }
        BlockNewton.Builder builder = BlockNewton.builder(List.of(group("a", 0, 2)));
        assertThatThrownBy(() -> builder.beyond(Method.EXACT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exactUpTo");
        assertThatThrownBy(() -> builder.exactUpTo(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.damping(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.gradientExamples(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void layersAreTheGroupsOfANet() {
        var net = new Sequential(
                new Linear(3, 4),
                Activation.tanh(),
                new Sequential(new Linear(4, 5), new LayerNorm(5)),
                new Linear(5, 2));
        net.initialize(DType.FLOAT64, 1);
        assertThat(ParameterGroup.layersOf(net))
                .containsExactly(group("0", 0, 16), group("2.0", 16, 25), group("2.1", 41, 10), group("3", 51, 12));
        var single = new Linear(3, 2);
        single.initialize(DType.FLOAT32, 1);
        assertThat(ParameterGroup.layersOf(single)).containsExactly(group("", 0, 8));
    }
}
