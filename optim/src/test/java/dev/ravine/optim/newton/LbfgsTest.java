package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Moons;
import dev.ravine.optim.problems.PlainObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.Rosenbrock;
import dev.ravine.optim.problems.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LbfgsTest {
    private static final double[] START = {-1.2, 1, -0.5, 0.7};

    private static PlainObjective rosenbrock() {
        return new PlainObjective(4, Rosenbrock::value, Rosenbrock::gradient);
    }

    /** The inverse Hessian that BFGS makes of pairs, written out: (I - sy'/s'y) H (I - ys'/s'y) + ss'/s'y. */
    private static double[] direction(List<double[][]> pairs, double[] g) {
        int n = g.length;
        double[][] h = new double[n][n];
        double[][] newest = pairs.get(pairs.size() - 1);
        double scale = DenseMatrix.dot(newest[0], newest[1]) / DenseMatrix.dot(newest[1], newest[1]);
        for (int i = 0; i < n; i++) {
            h[i][i] = scale;
        }
        for (double[][] pair : pairs) {
            double[] s = pair[0];
            double[] y = pair[1];
            double sy = DenseMatrix.dot(s, y);
            double[] hy = new double[n];
            for (int i = 0; i < n; i++) {
                hy[i] = DenseMatrix.dot(h[i], y);
            }
            double factor = (1 + DenseMatrix.dot(y, hy) / sy) / sy;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    h[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
                }
            }
        }
        double[] d = new double[n];
        for (int i = 0; i < n; i++) {
            d[i] = -DenseMatrix.dot(h[i], g);
        }
        return d;
    }

    private static double[] minus(double[] x, double[] y) {
        double[] difference = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            difference[i] = x[i] - y[i];
        }
        return difference;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20})
    void directionsAreThoseOfTheWrittenOutUpdate(int memory) {
        INDArray theta = Points.vector(START);
        List<double[][]> pairs = new ArrayList<>();
        try (Lbfgs optimizer = Lbfgs.builder().memory(memory).build()) {
            for (int i = 0; i < 15; i++) {
                double[] before = Arena.toDoubles(theta);
                double[] g = Rosenbrock.gradient(before);
                StepReport report = optimizer.step(rosenbrock(), theta);
                double[] s = minus(Arena.toDoubles(theta), before);
                double[] d = pairs.isEmpty() ? minus(new double[4], g) : direction(pairs, g);
                double rate = report.telemetry().get("rate");
                double[] expected = new double[4];
                for (int k = 0; k < 4; k++) {
                    expected[k] = rate * d[k];
                }
                assertThat(Points.relativeDistance(s, expected))
                        .as("step %d: %s", i + 1, report)
                        .isLessThan(1e-9);
                assertThat(report.model().orElseThrow().iterations()).isEqualTo(pairs.size());
                pairs.add(new double[][] {s, minus(Rosenbrock.gradient(Arena.toDoubles(theta)), g)});
                if (pairs.size() > memory) {
                    pairs.remove(0);
                }
            }
        }
    }

    @Test
    void theFirstStepIsOfLengthOneAtMost() {
        INDArray theta = Points.vector(START);
        try (Lbfgs optimizer = Lbfgs.builder().build()) {
            StepReport report = optimizer.step(rosenbrock(), theta);
            assertThat(report.reason()).startsWith("steepest descent; accepted");
            assertThat(report.gradientNorm()).isGreaterThan(1);
            assertThat(report.stepNorm()).isLessThanOrEqualTo(1 + 1e-12);
            assertThat(report.model().orElseThrow().smallestCurvature()).isInfinite();
        }
    }

    @Test
    void findsTheMinimumOfAQuadraticThatItsMemoryHolds() {
        Spectrum a = new Spectrum(3, 1, 3, 10, 30, 100);
        double[] elements = a.elements();
        PlainObjective objective = new PlainObjective(
                5, x -> a.model(new double[5], x), x -> Arena.toDoubles(Points.vector(product(elements, x))));
        INDArray theta = Points.random(DType.FLOAT64, 5, 1);
        try (Lbfgs optimizer = Lbfgs.builder().memory(5).build()) {
            double smallest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 40 && Vectors.norm(theta) > 1e-7; i++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.accepted()).as("%s", report).isTrue();
                smallest = Math.min(smallest, report.model().orElseThrow().smallestCurvature());
            }
            assertThat(Vectors.norm(theta)).isLessThanOrEqualTo(1e-7);
            assertThat(smallest).isBetween(1 - 1e-9, 100.0);
        }
    }

    private static double[] product(double[] matrix, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += matrix[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    @EachFloatType
    void aUnitStepCostsOneGradientSinceTheNextStepKnowsIt(DType dtype) {
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        net.initialize(dtype, 1);
        try (var objective = Moons.classifiedBy(net, dtype, 1e-4);
                Lbfgs optimizer = Lbfgs.builder().build()) {
            StepReport first = optimizer.step(objective, objective.theta());
            assertThat(first.cost()).isCloseTo(1 + first.telemetry().get("rates_tried"), within(0.05));
            double before = first.lossAfter();
            int unit = 0;
            for (int i = 0; i < 60; i++) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.cost())
                        .as("%s", report)
                        .isCloseTo(report.telemetry().get("rates_tried"), within(0.05));
                assertThat(report.loss()).isEqualTo(before);
                assertThat(report.lossAfter()).isLessThanOrEqualTo(before);
                assertThat(objective.value(objective.theta(), Scope.all())).isEqualTo(report.lossAfter());
                before = report.lossAfter();
                unit += report.telemetry().get("rates_tried") == 1 ? 1 : 0;
            }
            assertThat(before).isLessThan(0.05);
            assertThat(unit).isGreaterThan(45);
        }
    }

    @Test
    void aChangedModuleIsEvaluatedAgain() {
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        net.initialize(DType.FLOAT64, 1);
        try (var objective = SupervisedObjective.of(
                        net,
                        Loss.softmaxCrossEntropy(),
                        Generators.twoMoons(100, 0.1, 1).as(DType.FLOAT64));
                Lbfgs optimizer = Lbfgs.builder().build()) {
            optimizer.step(objective, objective.theta());
            net.eval();
            StepReport report = optimizer.step(objective, objective.theta());
            assertThat(report.cost()).isCloseTo(1 + report.telemetry().get("rates_tried"), within(0.05));
        }
    }

    @EachFloatType
    void goesOnBitForBitFromAnyPointOfItsHistory(DType dtype) {
        for (int steps : new int[] {0, 1, 2, 3, 9}) {
            INDArray theta = Arena.of(dtype, Shape.of(4), START);
            try (FunctionObjective objective = Rosenbrock.objective(dtype, 4);
                    Lbfgs optimizer = Lbfgs.builder().memory(3).build();
                    Lbfgs other = Lbfgs.builder().memory(3).build()) {
                INDArray elsewhere = Arena.copyOf(theta);
                for (int i = 0; i < 5; i++) {
                    other.step(objective, elsewhere);
                }
                Resumed.goesOnBitForBit(objective, theta, optimizer, other, steps, 8);
            }
        }
    }

    @Test
    void aPairWithoutPositiveCurvatureIsSkippedAndPushesNoneOut() {
        // The state claims a last point with s'y = -1 from (3, 4) on the way of x^2 + y^2 / 2.
        PlainObjective objective =
                new PlainObjective(2, x -> x[0] * x[0] + x[1] * x[1] / 2, x -> new double[] {2 * x[0], x[1]});
        OptimizerState state = new OptimizerState(
                1,
                Map.of("pairs", 1.0, "has_last", 1.0),
                Map.of(
                        "s0", Points.vector(1, 0),
                        "y0", Points.vector(2, 0),
                        "last_theta", Points.vector(2, 4),
                        "last_gradient", Points.vector(7, 4)));
        try (Lbfgs optimizer = Lbfgs.builder().memory(1).build()) {
            optimizer.restore(state);
            INDArray theta = Points.vector(3, 4);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.step()).isEqualTo(2);
            assertThat(report.model().orElseThrow().iterations()).isEqualTo(1);
            // B = diag(1 / 2, 1 / 2).
            assertThat(Arena.toDoubles(theta)).containsExactly(0, 2);
            assertThat(Arena.toDoubles(optimizer.state().vectors().get("s0"))).containsExactly(1, 0);
            optimizer.step(objective, theta);
            assertThat(Arena.toDoubles(optimizer.state().vectors().get("s0"))).containsExactly(-3, -2);
        }
    }

    @Test
    void alongALineNoPairIsStored() {
        PlainObjective objective = new PlainObjective(1, x -> x[0], x -> new double[] {1});
        try (Lbfgs optimizer = Lbfgs.builder().build()) {
            INDArray theta = Points.vector(1);
            assertThat(optimizer.step(objective, theta).accepted()).isTrue();
            StepReport second = optimizer.step(objective, theta);
            assertThat(second.reason()).startsWith("steepest descent");
            assertThat(optimizer.state().numbers()).containsEntry("pairs", 0.0);
        }
    }

    @Test
    void aSearchThatFailsIsFollowedBySteepestDescent() {
        // After some steps the values are falsified, so that nothing seems to descend.
        boolean[] lies = new boolean[1];
        PlainObjective objective =
                new PlainObjective(4, x -> lies[0] ? 1e9 : Rosenbrock.value(x), Rosenbrock::gradient);
        INDArray theta = Points.vector(START);
        try (Lbfgs optimizer = Lbfgs.builder().build()) {
            for (int i = 0; i < 5; i++) {
                optimizer.step(objective, theta);
            }
            INDArray kept = Arena.copyOf(theta);
            lies[0] = true;
            StepReport failed = optimizer.step(objective, theta);
            assertThat(failed.accepted()).isFalse();
            assertThat(failed.lossAfter()).isEqualTo(failed.loss());
            assertThat(Vectors.equal(theta, kept)).isTrue();
            lies[0] = false;
            StepReport next = optimizer.step(objective, theta);
            assertThat(next.reason()).startsWith("steepest descent; accepted");
        }
    }

    @Test
    void stationaryPointsStatesOfOthersAndSettings() {
        try (Lbfgs optimizer = Lbfgs.builder().build();
                Sgd sgd = Sgd.builder().build()) {
            INDArray minimum = Points.vector(1, 1, 1, 1);
            StepReport report = optimizer.step(rosenbrock(), minimum);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).contains("not a descent direction");
            assertThatThrownBy(() -> optimizer.restore(sgd.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("pairs");
            assertThat(optimizer.name()).isEqualTo("lbfgs(memory=10)");
        }
        assertThatThrownBy(() -> Lbfgs.builder().memory(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("memory");
    }
}
