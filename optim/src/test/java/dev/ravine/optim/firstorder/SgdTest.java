package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SgdTest {
    private static final double[] START = {-1.2, 1, -0.5, 0.8};
    private static final double RATE = 2e-4;

    private static Sgd.Builder fullBatch(double momentum, boolean nesterov) {
        Sgd.Builder builder = Sgd.builder().learningRate(RATE).batchSize(0);
        return nesterov ? builder.nesterov(momentum) : builder.momentum(momentum);
    }

    /** As torch.optim.SGD is documented, without dampening and weight decay. */
    private static double[] torch(double momentum, boolean nesterov, int steps) {
        double[] theta = START.clone();
        double[] buffer = null;
        for (int t = 1; t <= steps; t++) {
            double[] g = Rosenbrock.gradient(theta);
            if (momentum != 0) {
                if (buffer == null) {
                    buffer = g.clone();
                } else {
                    for (int i = 0; i < g.length; i++) {
                        buffer[i] = momentum * buffer[i] + g[i];
                    }
                }
                for (int i = 0; i < g.length; i++) {
                    g[i] = nesterov ? g[i] + momentum * buffer[i] : buffer[i];
                }
            }
            for (int i = 0; i < g.length; i++) {
                theta[i] -= RATE * g[i];
            }
        }
        return theta;
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.9, false", "0.9, true", "0.5, true"})
    void walksAsTorchDoes(double momentum, boolean nesterov) {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Sgd sgd = fullBatch(momentum, nesterov).build()) {
            for (int t = 1; t <= 30; t++) {
                sgd.step(objective, theta);
                double[] expected = torch(momentum, nesterov, t);
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), expected))
                        .as("step %d", t)
                        .isLessThan(1e-12);
            }
        }
    }

    @Test
    void walksInSinglePrecisionToo() {
        INDArray theta = Arena.of(DType.FLOAT32, Shape.of(START.length), START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT32, START.length);
                Sgd sgd = fullBatch(0.9, true).build()) {
            for (int t = 1; t <= 30; t++) {
                sgd.step(objective, theta);
            }
            assertThat(Points.relativeDistance(Arena.toDoubles(theta), torch(0.9, true, 30)))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void reportsWhatItDid() {
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                Sgd sgd = fullBatch(0.9, false).build()) {
            sgd.step(objective, theta);
            double[] before = Arena.toDoubles(theta);
            StepReport report = sgd.step(objective, theta);
            assertThat(report.step()).isEqualTo(2);
            assertThat(report.loss()).isCloseTo(Rosenbrock.value(before), within(1e-9));
            double[] g = Rosenbrock.gradient(before);
            assertThat(report.gradientNorm())
                    .isCloseTo(Math.sqrt(Arrays.stream(g).map(x -> x * x).sum()), within(1e-9));
            double[] after = Arena.toDoubles(theta);
            double moved = 0;
            for (int i = 0; i < after.length; i++) {
                moved += (after[i] - before[i]) * (after[i] - before[i]);
            }
            assertThat(report.stepNorm()).isCloseTo(Math.sqrt(moved), within(1e-12));
            assertThat(report.accepted()).isTrue();
            assertThat(report.examples()).isEqualTo(1);
            assertThat(report.cost()).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void namesItsSettings() {
        try (Sgd plain = Sgd.builder().learningRate(0.5).build();
                Sgd classical = Sgd.builder().momentum(0.9).build();
                Sgd nesterov = Sgd.builder().nesterov(0.9).build()) {
            assertThat(plain.name()).isEqualTo("sgd(lr=0.5)");
            assertThat(classical.name()).isEqualTo("momentum(lr=0.1, mu=0.9)");
            assertThat(nesterov.name()).isEqualTo("nesterov(lr=0.1, mu=0.9)");
        }
    }

    @Test
    void settingsAreChecked() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Sgd.builder().learningRate(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("learning rate")
                    .hasMessageContaining(Double.toString(bad));
        }
        for (double bad : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> Sgd.builder().momentum(bad)).hasMessageContaining("momentum");
            assertThatThrownBy(() -> Sgd.builder().nesterov(bad)).hasMessageContaining("momentum");
        }
        assertThatThrownBy(() -> Sgd.builder().batchSize(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch size");
    }

    // ---- mini-batches -----------------------------------------------------------------------------------------

    private static SupervisedObjective small(Linear model) {
        DataSet data = Generators.twoMoons(10, 0.1, 1);
        model.initialize(DType.FLOAT64, 2);
        return SupervisedObjective.of(model, Loss.softmaxCrossEntropy(), data);
    }

    private static List<int[]> batches(long seed, int steps, INDArray[] theta) {
        try (SupervisedObjective objective = small(new Linear(2, 2));
                Sgd sgd = Sgd.builder().batchSize(4).seed(seed).build()) {
            RecordingObjective recording = new RecordingObjective(objective);
            List<Long> sizes = new ArrayList<>();
            for (int i = 0; i < steps; i++) {
                sizes.add(sgd.step(recording, objective.theta()).examples());
            }
            assertThat(sizes.subList(0, 3)).containsExactly(4L, 4L, 2L);
            assertThat(recording.noise).doesNotHaveDuplicates(); // another seed for each step
            theta[0] = objective.theta().dup();
            return recording.gradientRows;
        }
    }

    @Test
    void everyEpochHasEveryExampleOnce() {
        List<int[]> rows = batches(3, 9, new INDArray[1]);
        List<List<Integer>> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> seen = new ArrayList<>();
            rows.subList(3 * epoch, 3 * epoch + 3)
                    .forEach(batch -> Arrays.stream(batch).forEach(seen::add));
            assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            epochs.add(seen);
        }
        assertThat(epochs).doesNotHaveDuplicates(); // each in an order of its own
    }

    @Test
    void theSameSeedGivesTheSameTrajectory() {
        INDArray[] first = new INDArray[1];
        INDArray[] again = new INDArray[1];
        INDArray[] other = new INDArray[1];
        batches(3, 12, first);
        batches(3, 12, again);
        batches(4, 12, other);
        assertThat(Arena.toDoubles(again[0])).containsExactly(Arena.toDoubles(first[0]));
        assertThat(Arena.toDoubles(other[0])).isNotEqualTo(Arena.toDoubles(first[0]));
    }

    @Test
    void aBatchLargerThanTheDataIsAllOfThem() {
        try (SupervisedObjective objective = small(new Linear(2, 2));
                Sgd sgd = Sgd.builder().batchSize(1000).build()) {
            assertThat(sgd.step(objective, objective.theta()).examples()).isEqualTo(10);
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsItAndNamesTheOperation() {
        INDArray theta = Points.vector(-1, 2);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, x -> x.exp().log().sum().add(x.log().sum()));
                Sgd sgd = fullBatch(0.9, false).build()) {
            assertThatThrownBy(() -> sgd.step(objective, theta))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("momentum(lr=2.0E-4, mu=0.9) step 1")
                    .hasMessageContaining("loss NaN")
                    .hasMessageContaining("log [2] FLOAT64")
                    .hasMessageContaining("learning rate");
            assertThat(Arena.toDoubles(theta)).containsExactly(-1, 2);
        }
    }
}
