package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.ExponentialWeights;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import dev.ravine.optim.problems.Rosenbrock;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class HessianFreeTest {
    private static HessianFree.Builder onHessian() {
        return HessianFree.builder().curvature(Curvature.HESSIAN);
    }

    private static FunctionObjective objectiveOf(Quadratic quadratic) {
        long n = quadratic.b().length();
        Tensor a = Tensor.constant(quadratic.matrix());
        Tensor b = Tensor.constant(quadratic.b());
        return new FunctionObjective(DType.FLOAT64, n, x -> {
            Tensor row = x.reshape(1, n);
            return row.matmul(a).mul(row).sum().mul(0.5).sub(x.mul(b).sum());
        });
    }

    private static HessianFree.Builder sampling(int gradientExamples, int curvatureExamples) {
        return HessianFree.builder().gradientExamples(gradientExamples).curvatureExamples(curvatureExamples);
    }

    private static SupervisedObjective moons(Module net, int examples) {
        return classification(net, Generators.twoMoons(examples, 0.1, 1)).build();
    }

    private static SupervisedObjective.Builder classification(Module net, DataSet data) {
        // One worker is no thread at all: fast on tiny problems, and nothing to close.
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                .workers(new Workers(1));
    }

    private static Module net(DType dtype, int hidden, int classes) {
        Module net = new Sequential(new Linear(2, hidden), Activation.tanh(), new Linear(hidden, classes));
        net.initialize(dtype, 1);
        return net;
    }

    // ---- convergence ------------------------------------------------------------------------------------------

    @Test
    void oneStepWithTinyDampingFindsTheMinimizerOfAQuadratic() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(8, 20), 3);
        INDArray theta = Points.vector(1, 2, 3, 4, 5, 6, 7, 8);
        try (FunctionObjective objective = objectiveOf(quadratic);
                HessianFree hf = onHessian().damping(1e-12).build()) {
            StepReport report = hf.step(objective, theta);
            assertThat(report.accepted()).isTrue();
            assertThat(Points.relativeDistance(Arena.toDoubles(theta), Arena.toDoubles(quadratic.minimizer())))
                    .isLessThan(1e-7);
            assertThat(report.model().orElseThrow().ratio()).isCloseTo(1, within(1e-6));
            assertThat(report.telemetry().get("rate")).isEqualTo(1);
            assertThat(hf.damping()).isEqualTo(1e-12 * (2.0 / 3));
        }
    }

    private static Stream<double[]> startsInTheValley() {
        return Stream.of(new double[] {-1.2, 1}, new double[4], new double[] {3, -2, 1, 0, 2});
    }

    @ParameterizedTest
    @MethodSource("startsInTheValley")
    void descendsRosenbrocksValleyMonotonically(double[] start) {
        INDArray theta = Points.vector(start);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, start.length);
                HessianFree hf = onHessian().damping(1).build()) {
            double before = Rosenbrock.value(Arena.toDoubles(theta));
            for (int step = 1; step <= 150 && before > 1e-20; step++) {
                StepReport report = hf.step(objective, theta);
                double after = Rosenbrock.value(Arena.toDoubles(theta));
                if (report.accepted()) {
                    assertThat(after).as("step %d", step).isLessThan(before);
                } else {
                    assertThat(after).isEqualTo(before);
                }
                before = after;
            }
            assertThat(before).isLessThan(1e-12);
        }
    }

    @EachFloatType
    void separatesTwoSpirals(DType dtype) {
        DataSet data = Generators.spirals(300, 2, 0, 1).as(dtype);
        Module net = net(dtype, 16, 2);
        try (SupervisedObjective objective = classification(net, data).build();
                Predictor predictor = new Predictor(net);
                HessianFree hf = HessianFree.builder().damping(0.1).build()) {
            int step = 0;
            while (step < 100 && predictor.accuracy(data) < 1) {
                hf.step(objective, objective.theta());
                step++;
            }
            assertThat(predictor.accuracy(data)).as("after %d steps", step).isEqualTo(1);
        }
    }

    @Test
    void everyCurvatureTrains() {
        DataSet data = Generators.twoMoons(100, 0.1, 1);
        for (Curvature curvature : Curvature.ofLoss()) {
            Module net = net(DType.FLOAT64, 6, 2);
            try (SupervisedObjective objective = classification(net, data).build();
                    HessianFree hf = HessianFree.builder()
                            .curvature(curvature)
                            .damping(0.1)
                            .build()) {
                double before = objective.value(objective.theta(), Scope.all());
                for (int i = 0; i < 10; i++) {
                    hf.step(objective, objective.theta());
                }
                assertThat(objective.value(objective.theta(), Scope.all()))
                        .as("%s", curvature)
                        .isLessThan(before / 2);
            }
        }
    }

    // ---- rejection --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"worse", "infinite", "not a number"})
    void aStepThatOnlyMakesThingsWorseIsRejectedAndDampingRaised(String how) {
        DoubleUnaryOperator distortion = switch (how) {
            case "worse" -> value -> 1e6 + value;
            case "infinite" -> value -> Double.POSITIVE_INFINITY;
            default -> value -> Double.NaN;
        };
        INDArray theta = Points.vector(-1.2, 1, -0.5, 0.8);
        double[] before = Arena.toDoubles(theta);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, 4);
                HessianFree hf = onHessian().damping(2).build()) {
            RecordingObjective recording = new RecordingObjective(objective);
            recording.distortion = distortion;
            StepReport report = hf.step(recording, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.stepNorm()).isZero();
            assertThat(report.reason()).contains("rejected");
            assertThat(report.telemetry()).containsEntry("rate", 0.0);
            assertThat(Arena.toDoubles(theta)).containsExactly(before);
            assertThat(hf.damping()).isEqualTo(3);

            recording.distortion = value -> value;
            StepReport next = hf.step(recording, theta);
            assertThat(next.accepted()).isTrue();
            assertThat(next.step()).isEqualTo(2);
            assertThat(next.model().orElseThrow().damping()).isEqualTo(3);
            assertThat(Rosenbrock.value(Arena.toDoubles(theta))).isLessThan(Rosenbrock.value(before));
        }
    }

    @Test
    void aBadStartIsAnErrorThatNamesTheOperation() {
        INDArray theta = Points.vector(4, -1);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, x -> x.log().square().sum());
                HessianFree hf = onHessian().build()) {
            assertThatThrownBy(() -> hf.step(objective, theta))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("hf(lambda=1.0) step 1")
                    .hasMessageContaining("log [2] FLOAT64")
                    .hasMessageContaining("element 1");
            assertThat(Arena.toDoubles(theta)).containsExactly(4, -1);
            theta.putScalar(1, 2);
            assertThat(hf.step(objective, theta).accepted()).isTrue(); // and can begin elsewhere
        }
    }

    // ---- the parts of a step ----------------------------------------------------------------------------------

    @Test
    void conjugateGradientsBeginFromAFractionOfTheirLastIterate() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(8, 100), 3);
        INDArray theta = Points.zeros(quadratic.b());
        try (FunctionObjective objective = objectiveOf(quadratic);
                HessianFree hf = onHessian().damping(1e-3).maxIterations(3).build()) {
            RecordingObjective recording = new RecordingObjective(objective);
            hf.step(recording, theta);
            assertThat(recording.multiplied.get(0)).containsOnly(0);
            double[] step = Arena.toDoubles(theta); // the last iterate: only one was stored, and the rate is 1
            hf.step(recording, theta);
            double[] start = recording.multiplied.get(0);
            for (int i = 0; i < start.length; i++) {
                assertThat(start[i]).isCloseTo(0.95 * step[i], within(1e-15));
            }
        }
    }

    @Test
    void examplesComeInCyclesAndAStepHasOneNoise() {
        Module net = net(DType.FLOAT64, 4, 2);
        try (SupervisedObjective objective = moons(net, 10);
                HessianFree hf = sampling(6, 4).build()) {
            RecordingObjective recording = new RecordingObjective(objective);
            for (int i = 0; i < 3; i++) {
                assertThat(hf.step(recording, objective.theta()).examples()).isEqualTo(6);
            }
            assertThat(recording.gradientRows)
                    .containsExactly(
                            new int[] {0, 1, 2, 3, 4, 5}, new int[] {6, 7, 8, 9, 0, 1}, new int[] {2, 3, 4, 5, 6, 7});
            assertThat(recording.curvatureRows)
                    .as("a part of the gradient's examples, which moves on")
                    .containsExactly(new int[] {0, 1, 2, 3}, new int[] {0, 1, 6, 7}, new int[] {4, 5, 6, 7});
            for (int i = 0; i < 6; i += 2) {
                assertThat(recording.noise.get(i)).isEqualTo(recording.noise.get(i + 1));
            }
            assertThat(recording.noise.get(0)).isNotEqualTo(recording.noise.get(2));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 3", "8, 6, 3", "10, 6, 3", "6, 6, 3", "0, 6, 3"})
    void itsLossGoesOverExamplesOfItsOwn(int lossExamples, int gradientExamples, int curvatureExamples) {
        Module net = net(DType.FLOAT64, 4, 2);
        try (SupervisedObjective objective = moons(net, 10);
                HessianFree hf = HessianFree.builder()
                        .gradientExamples(gradientExamples)
                        .lossExamples(lossExamples)
                        .curvatureExamples(curvatureExamples)
                        .build()) {
            int count = lossExamples == 0 ? gradientExamples : lossExamples;
            int cursor = 0;
            for (int i = 0; i < 3; i++) {
                int first = cursor;
                Scope losses = Scope.of(
                        IntStream.range(0, count).map(k -> (first + k) % 10).toArray());
                double before = objective.value(objective.theta(), losses);
                StepReport step = hf.step(objective, objective.theta());
                assertThat(step.loss()).isCloseTo(before, within(1e-14));
                assertThat(step.lossAfter()).isCloseTo(objective.value(objective.theta(), losses), within(1e-14));
                assertThat(step.lossAfter()).isLessThan(step.loss());
                assertThat(step.examples()).isEqualTo(gradientExamples);
                cursor = (cursor + gradientExamples) % 10;
            }
        }
    }

    @Test
    void byDefaultTheGradientIsOverAllAndTheCurvatureOverTwoThousandOrATenth() {
        assertThat(defaultCurvatureExamples(50)).isEqualTo(50);
        assertThat(defaultCurvatureExamples(2500)).isEqualTo(2000);
        assertThat(defaultCurvatureExamples(22000)).isEqualTo(2200);
    }

    private static int defaultCurvatureExamples(int examples) {
        Module net = new Linear(2, 2);
        net.initialize(DType.FLOAT32, 1);
        DataSet data = Generators.twoMoons(examples, 0.1, 1).as(DType.FLOAT32);
        try (SupervisedObjective objective = classification(net, data).build();
                HessianFree hf = HessianFree.builder().build()) {
            RecordingObjective recording = new RecordingObjective(objective);
            hf.step(recording, objective.theta());
            assertThat(recording.gradientRows.get(0)).hasSize(examples);
            return recording.curvatureRows.get(0).length;
        }
    }

    @Test
    void theRatioIsActualOverUndampedPredictedChange() {
        Module net = net(DType.FLOAT64, 5, 2);
        double l2 = 0.02;
        try (SupervisedObjective objective = classification(net, Generators.twoMoons(60, 0.1, 1))
                        .l2(l2)
                        .build();
                HessianFree hf = HessianFree.builder().damping(0.5).seed(9).build()) {
            INDArray before = objective.theta().dup();
            INDArray g = Points.zeros(before);
            double loss = objective.gradient(before, Scope.all(), g);
            StepReport report = hf.step(objective, objective.theta());
            assertThat(report.telemetry()).containsEntry("rate", 1.0);
            INDArray step = objective.theta().dup();
            Vectors.axpy(-1, before, step);
            double actual = objective.value(objective.theta(), Scope.all()) - loss;
            try (var at = objective.linearize(before, Scope.all())) {
                INDArray product = Points.zeros(step);
                at.gaussNewton(step, product);
                Vectors.axpy(l2, step, product);
                double predicted = Vectors.dot(g, step) + Vectors.dot(step, product) / 2;
                assertThat(report.model().orElseThrow().ratio()).isCloseTo(actual / predicted, within(1e-9));
            }
            assertThat(report.loss()).isCloseTo(loss, within(1e-14));
            assertThat(report.gradientNorm()).isCloseTo(Vectors.norm(g), within(1e-14));
            assertThat(report.stepNorm()).isCloseTo(Vectors.norm(step), within(1e-12));
        }
    }

    /** Each choice about the ratio, computed here from what the report and the state tell. */
    @ParameterizedTest
    @EnumSource(MartensReference.RatioChoice.class)
    void theRatioCanBeThatOfOtherImplementations(MartensReference.RatioChoice choice) {
        Module net = net(DType.FLOAT64, 6, 2);
        double damping = 0.4;
        try (SupervisedObjective objective = moons(net, 100);
                HessianFree usual = HessianFree.builder()
                        .damping(damping)
                        .curvatureExamples(50)
                        .dampingRule(DampingRule.fixed())
                        .build();
                HessianFree other = MartensReference.builder(choice)
                        .damping(damping)
                        .curvatureExamples(50)
                        .dampingRule(DampingRule.fixed())
                        .build()) {
            INDArray theta = objective.theta();
            INDArray copy = theta.dup();
            // The first step begins at zero, the second from the first's solution.
            usual.step(objective, theta);
            other.step(objective, copy);
            INDArray before = theta.dup();
            INDArray start = usual.state().vector("solution");
            Vectors.scale(0.95, start);
            StepReport expected = usual.step(objective, theta);
            StepReport found = other.step(objective, copy);
            assertThat(Arena.toDoubles(copy)).containsExactly(Arena.toDoubles(theta));
            assertThat(expected.telemetry().get("rate")).isEqualTo(1);

            INDArray g = Points.zeros(before);
            objective.gradient(before, Scope.all(), g);
            INDArray step = theta.dup();
            Vectors.axpy(-1, before, step);
            INDArray judged = choice == MartensReference.RatioChoice.OF_LAST_ITERATE
                    ? usual.state().vector("solution")
                    : step;
            Scope chunk = choice == MartensReference.RatioChoice.ON_GRADIENT_EXAMPLES
                    ? Scope.all()
                    : Scope.all().part(50, 50, 100);
            INDArray moved = before.dup();
            Vectors.axpy(1, judged, moved);
            double actual = objective.value(moved, chunk) - objective.value(before, chunk);
            double shift = choice == MartensReference.RatioChoice.WITH_DAMPING ? damping : 0;
            try (var at = objective.linearize(before, Scope.all().part(50, 50, 100))) {
                LinearOperator a = LinearOperator.of(at, Curvature.GAUSS_NEWTON);
                INDArray scratch = Points.zeros(before);
                double predicted = new QuadraticModel(g, a, shift, 0).predictedChange(judged, scratch);
                if (choice == MartensReference.RatioChoice.FROM_WARM_START) {
                    predicted -= new QuadraticModel(g, a, 0, 0).predictedChange(start, scratch);
                }
                double ratio = found.model().orElseThrow().ratio();
                assertThat(ratio).isCloseTo(actual / predicted, within(1e-7 * Math.abs(ratio)));
            }
            if (choice != MartensReference.RatioChoice.OF_LAST_ITERATE) {
                assertThat(found.model().orElseThrow().ratio())
                        .isNotEqualTo(expected.model().orElseThrow().ratio());
            }
        }
    }

    @Test
    void examplesGrowGeometricallyAndResume() {
        Module net = net(DType.FLOAT64, 6, 2);
        try (SupervisedObjective objective = moons(net, 100);
                HessianFree hf = sampling(20, 10).growth(1.5).build()) {
            List<Long> examples = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                examples.add(hf.step(objective, objective.theta()).examples());
            }
            // 1.5^2 is above 2, 1.5^4 above 4.
            assertThat(examples).containsExactly(20L, 20L, 40L, 40L, 80L, 80L);
            assertThat(hf.state().number("gradient_cursor")).isEqualTo(280 % 100);
            assertThat(hf.state().number("curvature_cursor")).isBetween(0.0, 100.0);
        }
        assertThatThrownBy(() -> HessianFree.builder().growth(0.9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("growth must be at least 1");
    }

    /** Beside the saddle of x^2/2 - y^2/2 + y^4/4 the first direction has negative curvature until damping is above 1. */
    @Test
    void leavesASaddleByMoreDamping() {
        try (HessianFree hf =
                HessianFree.builder().curvature(Curvature.HESSIAN).damping(0.1).build()) {
            Minimize.Result found = Minimize.of(t -> {
                        Tensor x = t.slice(0, 0, 1);
                        Tensor y = t.slice(0, 1, 2);
                        Tensor y2 = y.square();
                        return x.square()
                                .sub(y2)
                                .mul(0.5)
                                .add(y2.square().mul(0.25))
                                .sum();
                    })
                    .from(0, 1e-12)
                    .tolerance(1e-14)
                    .with(hf);
            assertThat(found.value()).as(found.reason()).isCloseTo(-0.25, within(1e-9));
        }
    }

    @Test
    void itsLimitOfIterationsGrowsWithTheExamples() {
        Module net = net(DType.FLOAT64, 6, 2);
        try (SupervisedObjective objective = moons(net, 100);
                HessianFree hf = HessianFree.builder()
                        .gradientExamples(25)
                        .growth(2)
                        .damping(1e-6)
                        .stopRule((iteration, phi, residual, first) -> false)
                        .growingIterations(3, 2)
                        .maxIterations(20)
                        .build()) {
            List<Integer> iterations = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                iterations.add(hf.step(objective, objective.theta())
                        .model()
                        .orElseThrow()
                        .iterations());
            }
            // After the second step there are no more examples, but the limit grows on, up to the highest.
            assertThat(iterations).containsExactly(3, 6, 12, 20, 20);
        }
        assertThatThrownBy(() -> HessianFree.builder().growingIterations(0, 2)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> HessianFree.builder().growingIterations(3, 0.5))
                .hasMessageContaining("the growth of iterations must be at least 1");
    }

    // ---- reports ----------------------------------------------------------------------------------------------

    @Test
    void reportsTelemetryAndAccountsForAllWork() {
        Module net = net(DType.FLOAT64, 6, 2);
        try (SupervisedObjective objective = moons(net, 100);
                HessianFree hf = HessianFree.builder().damping(0.3).build()) {
            double sum = 0;
            double damping = hf.damping();
            assertThat(damping).isEqualTo(0.3);
            for (int i = 1; i <= 4; i++) {
                StepReport report = hf.step(objective, objective.theta());
                assertThat(report.step()).isEqualTo(i);
                assertThat(report.telemetry().keySet()).containsExactly("backtracked_to", "rate", "phi");
                assertThat(report.model().orElseThrow().damping()).isEqualTo(damping);
                double iterations = report.model().orElseThrow().iterations();
                assertThat(iterations).isBetween(11.0, 250.0);
                assertThat(report.telemetry().get("backtracked_to")).isBetween(5.0, iterations);
                assertThat(report.reason()).contains("conjugate gradients: STOP_RULE");
                assertThat(report.cost()).isGreaterThan(iterations);
                damping = hf.damping();
                sum += report.cost();
            }
            assertThat(objective.cost()).isCloseTo(sum, within(1e-9));
        }
    }

    // ---- determinism ------------------------------------------------------------------------------------------

    private static List<double[]> trajectory(DType dtype, int workers) {
        Module net = new Sequential(new Linear(2, 8), Activation.tanh(), new Dropout(0.2), new Linear(8, 3));
        net.initialize(dtype, 1);
        List<double[]> points = new ArrayList<>();
        try (Workers shared = new Workers(workers);
                SupervisedObjective objective = SupervisedObjective.builder(
                                net,
                                Loss.softmaxCrossEntropy(),
                                Generators.spirals(200, 3, 0.05, 2).as(dtype))
                        .shardSize(30)
                        .l2(1e-4)
                        .workers(shared)
                        .build();
                HessianFree hf = HessianFree.builder()
                        .damping(0.1)
                        .curvatureExamples(90)
                        .seed(3)
                        .build()) {
            for (int i = 0; i < 4; i++) {
                hf.step(objective, objective.theta());
                points.add(Arena.toDoubles(objective.theta()));
            }
        }
        return points;
    }

    @EachFloatType
    void theTrajectoryDoesNotDependOnTheNumberOfWorkersByASingleBit(DType dtype) {
        List<double[]> one = trajectory(dtype, 1);
        List<double[]> two = trajectory(dtype, 2);
        List<double[]> again = trajectory(dtype, 2);
        for (int i = 0; i < one.size(); i++) {
            assertThat(two.get(i)).containsExactly(one.get(i));
            assertThat(again.get(i)).containsExactly(one.get(i));
        }
    }

    // ---- settings ---------------------------------------------------------------------------------------------

    @Test
    void settingsAreChecked() {
        HessianFree.Builder builder = HessianFree.builder();
        assertThatThrownBy(() -> builder.damping(0)).hasMessageContaining("damping");
        assertThatThrownBy(() -> builder.damping(Double.NaN)).hasMessageContaining("damping");
        assertThatThrownBy(() -> builder.warmStart(1)).hasMessageContaining("warm start");
        assertThatThrownBy(() -> builder.maxIterations(-1)).hasMessageContaining("limit of iterations");
        assertThatThrownBy(() -> HessianFree.builder().maxIterations(0).build())
                .hasMessageContaining("at least 1 iteration");
        assertThatThrownBy(() -> builder.gradientExamples(-1)).hasMessageContaining("examples");
        assertThatThrownBy(() -> builder.curvatureExamples(-1)).hasMessageContaining("examples");
    }

    @Test
    void anObjectiveWithoutOutputsHasNoGaussNewtonMatrix() {
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(2), 1, 2);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, 2);
                HessianFree hf = HessianFree.builder().build()) {
            assertThatThrownBy(() -> hf.step(objective, theta)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(Arena.toDoubles(theta)).containsExactly(1, 2);
        }
    }

    @Test
    void aModelWithoutRowsIsRefusedByNameOrReportedAsSlow() {
        Module net = new ExponentialWeights(2, 2);
        net.initialize(DType.FLOAT64, 1);
        DataSet moons = Generators.twoMoons(60, 0.1, 1).as(DType.FLOAT64);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons);
                HessianFree strict = HessianFree.builder().build();
                HessianFree patient =
                        HessianFree.builder().allowSquaredGradientsOneByOne().build();
                HessianFree plain = HessianFree.builder().preconditioner(0).build()) {
            assertThatThrownBy(() -> strict.step(objective, objective.theta()))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContainingAll("weight", "exp");
            StepReport slow = patient.step(objective, objective.theta());
            assertThat(slow.accepted()).isTrue();
            assertThat(slow.reason()).contains("squared gradients one example at a time", "weight");
            assertThat(plain.step(objective, objective.theta()).reason()).doesNotContain("one example at a time");
        }
    }
}
