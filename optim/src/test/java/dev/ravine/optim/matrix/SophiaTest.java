package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class SophiaTest {
    private static final double[] X = {0.5, -1.5};
    private static final int CLASSES = 3;

    private static SupervisedObjective objective(Module net, int examples) {
        net.initialize(DType.FLOAT64, 1);
        INDArray theta = net.parameterVector().array();
        Vectors.copy(Arena.of(DType.FLOAT64, Shape.of(9), 0.3, -0.2, 0.5, 0.1, 0.4, -0.6, 0.2, 0, -0.1), theta);
        net.parameterVector().touch();
        double[] features = new double[2 * examples];
        for (int i = 0; i < features.length; i++) {
            features[i] = X[i % 2];
        }
        DataSet data = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(examples, 2), features), Arena.ofIntegers(new long[examples]));
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                .workers(new Workers(1))
                .build();
    }

    /** The gradient of the loss of one example of a label. */
    private static double[] gradient(double[] theta, int label) {
        double[] p = new double[CLASSES];
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
            p[k] = Math.exp(X[0] * theta[k] + X[1] * theta[3 + k] + theta[6 + k]);
            sum += p[k];
        }
        double[] g = new double[9];
        for (int k = 0; k < CLASSES; k++) {
            double d = p[k] / sum - (k == label ? 1 : 0);
            g[k] = X[0] * d;
            g[3 + k] = X[1] * d;
            g[6 + k] = d;
        }
        return g;
    }

    private static boolean isNear(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            if (Math.abs(a[i] - b[i]) > 1e-13) {
                return false;
            }
        }
        return true;
    }

    /** With one example, the estimate is the square of the gradient at a drawn label; every label is drawn in time. */
    @Test
    void theEstimateOfOneExampleIsTheSquareOfADrawnGradient() {
        boolean[] seen = new boolean[CLASSES];
        for (int seed = 0; seed < 30; seed++) {
            Module net = new Linear(2, CLASSES);
            try (SupervisedObjective objective = objective(net, 1);
                    Sophia sophia = Sophia.builder().seed(seed).betas(0.9, 0.75).build()) {
                double[] theta = Arena.toDoubles(objective.theta());
                sophia.step(objective, objective.theta());
                double[] h = Arena.toDoubles(sophia.state().vector("curvature"));
                int label = -1;
                for (int k = 0; k < CLASSES; k++) {
                    double[] expected = gradient(theta, k);
                    for (int i = 0; i < 9; i++) {
                        expected[i] = 0.25 * expected[i] * expected[i];
                    }
                    label = isNear(h, expected) ? k : label;
                }
                assertThat(label)
                        .as("the label that was drawn with seed %d", seed)
                        .isNotNegative();
                seen[label] = true;
            }
        }
        assertThat(seen).containsOnly(true);
    }

    /** The mean over many draws of many examples is the diagonal of the Gauss-Newton matrix, whatever their number. */
    @Test
    void theEstimateIsUnbiased() {
        double[] sum = new double[9];
        double[] exact = new double[9];
        int draws = 2000;
        Module net = new Linear(2, CLASSES);
        try (SupervisedObjective objective = objective(net, 6);
                Sophia sophia = Sophia.builder()
                        .learningRate(t -> 0)
                        .betas(0.9, 0)
                        .every(1)
                        .batchSize(0)
                        .build()) {
            double[] theta = Arena.toDoubles(objective.theta());
            double[] p = new double[CLASSES];
            for (int k = 0; k < CLASSES; k++) {
                p[k] = gradient(theta, (k + 1) % CLASSES)[6 + k];
            }
            for (int k = 0; k < CLASSES; k++) {
                double d = p[k] * (1 - p[k]);
                exact[k] = X[0] * X[0] * d;
                exact[3 + k] = X[1] * X[1] * d;
                exact[6 + k] = d;
            }
            for (int t = 0; t < draws; t++) {
                sophia.step(objective, objective.theta());
                double[] h = Arena.toDoubles(sophia.state().vector("curvature"));
                for (int i = 0; i < 9; i++) {
                    sum[i] += h[i] / draws;
                }
            }
        }
        for (int i = 0; i < 9; i++) {
            assertThat(sum[i]).isCloseTo(exact[i], within(0.1 * exact[i]));
        }
    }

    @Test
    void theLimitAndThePartBelowItAreThoseByHand() {
        Module net = new Linear(2, CLASSES);
        try (SupervisedObjective objective = objective(net, 1);
                Sophia sophia = Sophia.builder()
                        .learningRate(0.01)
                        .weightDecay(0)
                        .betas(0.5, 0)
                        .rho(1.2)
                        .build()) {
            double[] before = Arena.toDoubles(objective.theta());
            StepReport report = sophia.step(objective, objective.theta());
            double[] after = Arena.toDoubles(objective.theta());
            Map<String, INDArray> state = sophia.state().vectors();
            double[] m = Arena.toDoubles(state.get("mean"));
            double[] h = Arena.toDoubles(state.get("curvature"));
            double[] g = gradient(before, 0);
            int unclipped = 0;
            for (int i = 0; i < 9; i++) {
                assertThat(m[i]).isCloseTo(0.5 * g[i], within(1e-15));
                double ratio = Math.abs(m[i]) / (1.2 * h[i]);
                unclipped += ratio < 1 ? 1 : 0;
                assertThat(before[i] - after[i])
                        .isCloseTo(0.01 * Math.signum(m[i]) * Math.min(1, ratio), within(1e-15));
            }
            assertThat(unclipped).isBetween(1, 8);
            assertThat(report.telemetry().get("unclipped")).isEqualTo(unclipped / 9.0);
        }
    }

    @Test
    void aFunctionHasNoModelToDrawFrom() {
        try (Sophia sophia = Sophia.builder().build()) {
            assertThatThrownBy(() -> sophia.step(
                            Rosenbrock.objective(DType.FLOAT64, 3), Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3)))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
