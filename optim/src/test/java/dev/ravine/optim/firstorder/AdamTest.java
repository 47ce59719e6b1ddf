package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Rosenbrock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class AdamTest {
    private static final double[] START = {-1.2, 1, -0.5, 0.8};

    /** As torch.optim.Adam is documented, without weight decay and AMSGrad. */
    private static double[] torch(double rate, double beta1, double beta2, double epsilon, int steps) {
        double[] theta = START.clone();
        double[] m = new double[theta.length];
        double[] v = new double[theta.length];
        for (int t = 1; t <= steps; t++) {
            double[] g = Rosenbrock.gradient(theta);
            for (int i = 0; i < theta.length; i++) {
                m[i] = beta1 * m[i] + (1 - beta1) * g[i];
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
                double corrected = m[i] / (1 - Math.pow(beta1, (double) t));
                double correctedSquare = v[i] / (1 - Math.pow(beta2, (double) t));
                theta[i] -= rate * corrected / (Math.sqrt(correctedSquare) + epsilon);
            }
        }
        return theta;
    }

    @ParameterizedTest
    @CsvSource({"0.001, 0.9, 0.999, 1e-8", "0.05, 0.9, 0.999, 1e-8", "0.01, 0.5, 0.9, 1", "0.01, 0, 0, 1e-8"})
    void walksAsTorchDoes(double rate, double beta1, double beta2, double epsilon) {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Adam adam = Adam.builder()
                        .learningRate(rate)
                        .betas(beta1, beta2)
                        .epsilon(epsilon)
                        .batchSize(0)
                        .build()) {
            for (int t = 1; t <= 30; t++) {
                adam.step(objective, theta);
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), torch(rate, beta1, beta2, epsilon, t)))
                        .as("step %d", t)
                        .isLessThan(1e-12);
            }
        }
    }

    @Test
    void theDefaultsAreTorchs() {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Adam adam = Adam.builder().build()) {
            StepReport report = adam.step(objective, theta);
            assertThat(Points.relativeDistance(Arena.toDoubles(theta), torch(1e-3, 0.9, 0.999, 1e-8, 1)))
                    .isLessThan(1e-14);
            // The first step is the learning rate along every coordinate.
            assertThat(report.stepNorm()).isCloseTo(1e-3 * Math.sqrt(4), within(1e-10));
            assertThat(report.loss()).isCloseTo(Rosenbrock.value(START), within(1e-9));
            assertThat(adam.name()).isEqualTo("adam(lr=0.001)");
        }
    }

    @Test
    void walksInSinglePrecisionToo() {
        INDArray theta = Arena.of(DType.FLOAT32, Shape.of(START.length), START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT32, START.length);
                Adam adam = Adam.builder().learningRate(0.01).batchSize(0).build()) {
            for (int t = 1; t <= 30; t++) {
                adam.step(objective, theta);
            }
            assertThat(Points.relativeDistance(Arena.toDoubles(theta), torch(0.01, 0.9, 0.999, 1e-8, 30)))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void theSameSeedGivesTheSameTrajectory() {
        double[] first = trained(5);
        assertThat(trained(5)).containsExactly(first);
        assertThat(trained(6)).isNotEqualTo(first);
    }

    private static double[] trained(long seed) {
        Linear model = new Linear(2, 2);
        model.initialize(DType.FLOAT64, 2);
        try (SupervisedObjective objective =
                        SupervisedObjective.of(model, Loss.softmaxCrossEntropy(), Generators.twoMoons(20, 0.1, 1));
                Adam adam = Adam.builder().batchSize(6).seed(seed).build()) {
            for (int i = 0; i < 10; i++) {
                adam.step(objective, objective.theta());
            }
            return Arena.toDoubles(objective.theta());
        }
    }

    @Test
    void settingsAreChecked() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Adam.builder().learningRate(bad)).hasMessageContaining("learning rate");
            assertThatThrownBy(() -> Adam.builder().epsilon(bad)).hasMessageContaining("epsilon");
        }
        for (double bad : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> Adam.builder().betas(bad, 0.9)).hasMessageContaining("beta1");
            assertThatThrownBy(() -> Adam.builder().betas(0.9, bad)).hasMessageContaining("beta2");
        }
        assertThatThrownBy(() -> Adam.builder().batchSize(-1)).hasMessageContaining("batch size");
    }

    @Test
    void aLossThatIsNotFiniteStopsItAndNamesTheOperation() {
        INDArray theta = Points.vector(1, 800);
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 2, x -> x.exp().sum());
                Adam adam = Adam.builder().batchSize(0).build()) {
            assertThatThrownBy(() -> adam.step(objective, theta))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("adam(lr=0.001) step 1")
                    .hasMessageContaining("loss Infinity")
                    .hasMessageContaining("exp [2] FLOAT64")
                    .hasMessageContaining("element 1");
            assertThat(Arena.toDoubles(theta)).containsExactly(1, 800);
        }
    }
}
