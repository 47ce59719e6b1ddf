package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.VariantFigures;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Bayesian regularization and steps with Marquardt's damping, beside {@code bayes.py} in NumPy. */
class BayesianRegularizationTest {
    private static final Map<String, List<double[]>> FIGURES =
            VariantFigures.read(BayesianRegularizationTest.class, "bayes.txt");

    private static Sequential net(int inputs, int hidden) {
        Sequential net = new Sequential(new Linear(inputs, hidden), Activation.tanh(), new Linear(hidden, 1));
        net.initialize(DType.FLOAT64, 1);
        Elements theta = Elements.of(net.parameterVector().array());
        for (int i = 0; i < theta.size(); i++) {
            theta.set(i, 0.7 * Math.sin(3 * i + 1));
        }
        net.parameterVector().touch();
        return net;
    }

    private static DataSet sine(int count, DoubleUnaryOperator error) {
        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            x[i] = -1 + 2.0 * i / (count - 1);
            y[i] = Math.sin(Math.PI * x[i]) + error.applyAsDouble(x[i]);
        }
        return DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(count, 1), x), Arena.of(DType.FLOAT64, Shape.of(count, 1), y));
    }

    private static DataSet sine() {
        return sine(21, x -> 0.1 * Math.cos(17 * x));
    }

    private static DataSet sidesOfAParabola() {
        double[] x = new double[120];
        double[] side = new double[60];
        for (int i = 0; i < 60; i++) {
            x[2 * i] = 2 * Math.cos(5 * i + 0.3);
            x[2 * i + 1] = 2 * Math.sin(3 * i + 1);
            side[i] = x[2 * i + 1] > 0.5 * x[2 * i] * x[2 * i] - 0.5 ? 1 : 0;
        }
        return DataSet.of(Arena.of(DType.FLOAT64, Shape.of(60, 2), x), Arena.of(DType.FLOAT64, Shape.of(60, 1), side));
    }

    /** In units of its own, where residuals are errors over the root of the number of examples; else those of the errors. */
    private static Objective objective(Module net, boolean isWrittenOut) {
        return isWrittenOut
                ? ResidualObjective.of(net, sine())
                : SupervisedObjective.of(net, Loss.meanSquaredError(), sine());
    }

    private static void follows(double[] point, Module net, int step) {
        assertThat(Arena.toDoubles(net.parameterVector().array()))
                .as("step %d", step)
                .containsExactly(point, within(1e-10));
    }

    @ParameterizedTest
    @CsvSource({"damped, true", "damped, false", "damped-slow, true", "damped-slow, false"})
    void dampedStepsFollowTheProgramInNumPy(String variant, boolean isWrittenOut) {
        double unit = isWrittenOut ? 21 : 1;
        var builder = variant.equals("damped")
                ? DampedGaussNewton.builder().mu(0.001 / unit)
                : DampedGaussNewton.builder().mu(0.5 / unit).muDec(0.3).muInc(4);
        Sequential net = net(1, 4);
        try (Objective objective = objective(net, isWrittenOut);
                DampedGaussNewton optimizer = builder.build()) {
            List<double[]> figures = FIGURES.get(variant);
            assertThat(figures).hasSize(25);
            for (int k = 0; k < 25; k++) {
                double[] expected = figures.get(k);
                optimizer.step(objective, net.parameterVector().array());
                follows(Arrays.copyOfRange(expected, 1, expected.length), net, k);
                assertThat(optimizer.mu() * unit).isCloseTo(expected[0], within(1e-12 * expected[0]));
            }
        }
    }

    /** Beta is in the units of the errors; all else is the same in any. */
    @ParameterizedTest
    @CsvSource({"bayes, true", "bayes, false", "bayes-entropy, false"})
    void bayesianStepsFollowTheProgramInNumPy(String variant, boolean isWrittenOut) {
        boolean isEntropy = variant.equals("bayes-entropy");
        double unit = isWrittenOut ? 21 : 1;
        Sequential net = isEntropy ? net(2, 3) : net(1, 4);
        try (Objective objective = isEntropy
                        ? SupervisedObjective.of(net, Loss.binaryCrossEntropy(), sidesOfAParabola())
                        : objective(net, isWrittenOut);
                BayesianRegularization optimizer =
                        BayesianRegularization.builder().build()) {
            List<double[]> figures = FIGURES.get(variant);
            assertThat(figures).hasSizeGreaterThan(10);
            for (int k = 0; k < figures.size(); k++) {
                double[] expected = figures.get(k);
                StepReport report =
                        optimizer.step(objective, net.parameterVector().array());
                follows(Arrays.copyOfRange(expected, 4, expected.length), net, k);
                assertThat(optimizer.alpha()).isCloseTo(expected[0], within(1e-10 * expected[0]));
                assertThat(optimizer.beta() / unit).isCloseTo(expected[1], within(1e-10 * expected[1]));
                assertThat(optimizer.gamma()).isCloseTo(expected[2], within(1e-9));
                assertThat(report.telemetry()).containsEntry("effective_parameters", optimizer.gamma());
                assertThat(optimizer.mu()).isCloseTo(expected[3], within(1e-10 * expected[3]));
            }
        }
    }

    /** The noise has the standard deviation 0.2. */
    @Test
    void findsTheNoiseAndDoesNotFitIt() {
        Rng rng = new Rng(7);
        DataSet data = sine(60, x -> 0.2 * rng.nextGaussian());
        Sequential regularized = net(1, 20);
        Sequential plain = net(1, 20);
        try (Objective objective = SupervisedObjective.of(regularized, Loss.meanSquaredError(), data);
                BayesianRegularization optimizer =
                        BayesianRegularization.builder().build()) {
            train(objective, regularized, optimizer);
            assertThat(optimizer.gamma()).isBetween(3.0, 10.0);
            assertThat(Math.sqrt(1 / (2 * optimizer.beta()))).isCloseTo(0.2, within(0.04));
            assertThat(2 * optimizer.alpha() * squares(regularized)).isCloseTo(optimizer.gamma(), within(1e-2));
        }
        try (Objective objective = SupervisedObjective.of(plain, Loss.meanSquaredError(), data);
                DampedGaussNewton optimizer = DampedGaussNewton.builder().build()) {
            train(objective, plain, optimizer);
        }
        assertThat(distance(regularized)).isLessThan(0.01).isLessThan(distance(plain) / 3);
    }

    private static void train(Objective objective, Module net, Optimizer optimizer) {
        for (int i = 0; i < 150; i++) {
            optimizer.step(objective, net.parameterVector().array());
        }
    }

    private static double squares(Module net) {
        double[] theta = Arena.toDoubles(net.parameterVector().array());
        return DenseMatrix.dot(theta, theta);
    }

    /** The mean squared distance from the sine without noise. */
    private static double distance(Module net) {
        DataSet exact = sine(201, x -> 0);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.meanSquaredError(), exact)) {
            return objective.value(net.parameterVector().array(), Scope.all());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void trainsInBothPrecisionsAndEndsAtTheLargestMu(DType dtype) {
        Sequential net = new Sequential(new Linear(1, 4), Activation.tanh(), new Linear(4, 1));
        net.initialize(dtype, 1);
        INDArray theta = net.parameterVector().array();
        try (Objective objective = SupervisedObjective.of(net, Loss.meanSquaredError(), sine().as(dtype));
                DampedGaussNewton optimizer = DampedGaussNewton.builder().build()) {
            StepReport report = optimizer.step(objective, theta);
            for (int i = 0; i < 1000 && optimizer.canRetry(); i++) {
                report = optimizer.step(objective, theta);
            }
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).isEqualTo("rejected: no decrease up to the largest mu");
            assertThat(report.loss()).isLessThan(0.005);
            assertThat(optimizer.mu()).isGreaterThan(1e10);
        }
    }

    @Test
    void frozenParametersCountNowhere() {
        Sequential net = net(1, 4);
        net.namedParameters().get("0.weight").freeze();
        net.namedParameters().get("0.bias").freeze();
        double[] before = Arena.toDoubles(net.parameterVector().array());
        try (Objective objective = SupervisedObjective.of(net, Loss.meanSquaredError(), sine());
                BayesianRegularization optimizer =
                        BayesianRegularization.builder().build()) {
            train(objective, net, optimizer);
            double[] after = Arena.toDoubles(net.parameterVector().array());
            assertThat(Arrays.copyOf(after, 8)).isEqualTo(Arrays.copyOf(before, 8));
            double trained = squares(net);
            for (int i = 0; i < 8; i++) {
                trained -= after[i] * after[i];
            }
            assertThat(optimizer.gamma()).isBetween(0.5, 5.0);
            assertThat(2 * optimizer.alpha() * trained).isCloseTo(optimizer.gamma(), within(1e-6));
        }
    }

    @Test
    void goOnBitForBit() {
        Sequential net = net(1, 4);
        INDArray start = Arena.copyOf(net.parameterVector().array());
        try (Objective objective = objective(net, true);
                Optimizer bayes = BayesianRegularization.builder().build();
                Optimizer resumed = BayesianRegularization.builder().build();
                Optimizer damped = DampedGaussNewton.builder().build();
                Optimizer other = DampedGaussNewton.builder().build()) {
            Resumed.goesOnBitForBit(objective, Arena.copyOf(start), bayes, resumed, 4, 6);
            Resumed.goesOnBitForBit(objective, start, damped, other, 4, 6);
        }
    }

    @Test
    void saysWhatItNeeds() {
        Sequential net = net(1, 4);
        INDArray theta = net.parameterVector().array();
        try (Objective objective = SupervisedObjective.builder(net, Loss.meanSquaredError(), sine())
                        .l2(0.1)
                        .build();
                Optimizer bayes = BayesianRegularization.builder().build();
                Optimizer small = DampedGaussNewton.builder().limit(12).build()) {
            assertThatThrownBy(() -> bayes.step(objective, theta)).hasMessageContaining("make it without l2");
            assertThatThrownBy(() -> small.step(objective, theta))
                    .hasMessageContaining("n = 13")
                    .hasMessageContaining("the limit is n = 12");
        }
        assertThatThrownBy(() -> DampedGaussNewton.builder().muInc(1)).hasMessageContaining("mu_inc must be above 1");
    }
}
