package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.DampingRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sixty steps held against an independent program in NumPy, {@code kfac.py}; and the same steps after a resume. */
class KfacTrajectoryTest {
    private static final int EXAMPLES = 60;
    private static final int WIDTH = 12;
    private static final int STEPS = 60;
    private static final List<String> NAMES =
            List.of("loss", "gradient", "rate", "momentum", "model", "lambda", "gamma", "ratio", "theta");

    /** A small autoencoder and sixty examples. */
    static SupervisedObjective objective(Workers workers) {
        Module net = new Sequential(
                new Linear(12, 8),
                Activation.sigmoid(),
                new Linear(8, 3),
                new Linear(3, 8),
                Activation.sigmoid(),
                new Linear(8, 12));
        Elements theta = Elements.of(net.initialize(DType.FLOAT64, 1).array());
        for (int i = 0; i < theta.size(); i++) {
            theta.set(i, 0.7 * Math.sin(1.7 * (i + 1)));
        }
        net.parameterVector().touch();
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(EXAMPLES, WIDTH));
        Elements features = Elements.of(x);
        for (int i = 0; i < features.size(); i++) {
            features.set(i, 0.5 + 0.5 * Math.sin(1.3 * i + 0.02 * i * i % 7));
        }
        return SupervisedObjective.builder(net, new Loss.BinaryCrossEntropy(Reduction.SUM), DataSet.autoencoding(x))
                .l2(1e-3)
                .shardSize(16)
                .workers(workers)
                .build();
    }

    private static Kfac.Builder settings(Cotangents cotangents) {
        double w = Math.pow(0.95, 5);
        return Kfac.builder()
                .factors(KroneckerFactors.builder().cotangents(cotangents).averaging(FactorAveraging.MARTENS, 0.95))
                .batch(20, Math.pow(2, 1.0 / 25))
                .overlap(0)
                .factorShare(0.5)
                .modelExamples(1, 1)
                .negativeMomentum()
                .damping(0.3)
                .dampingRule(5, DampingRule.levenbergMarquardt(1 / w, w), 0)
                .gammaRule(10, Math.pow(0.95, 5), 0, Double.MAX_VALUE)
                .inverses(10, 3);
    }

    @Test
    void followsTheReference() throws IOException {
        requireFollows(settings(Cotangents.EXACT), "kfac.txt");
    }

    /** Holds sixty steps against the lines of a file. */
    static void requireFollows(Kfac.Builder settings, String file) throws IOException {
        List<double[]> expected = figures(file);
        assertThat(expected).hasSize(STEPS);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = objective(workers);
                Kfac optimizer = settings.build()) {
            for (int k = 0; k < STEPS; k++) {
                double[] line = expected.get(k);
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.examples()).as("examples, step %d", k + 1).isEqualTo((long) line[0]);
                assertThat(report.accepted()).isEqualTo(line[1] == 1);
                Map<String, Double> told = report.telemetry();
                double[] found = {
                    report.loss(),
                    report.gradientNorm(),
                    told.get("rate"),
                    told.get("momentum"),
                    told.getOrDefault("model", Double.NaN),
                    report.model().orElseThrow().damping(),
                    told.get("gamma"),
                    report.model().orElseThrow().ratio(),
                    Vectors.dot(objective.theta(), objective.theta())
                };
                for (int i = 0; i < NAMES.size(); i++) {
                    double wanted = line[i + 2];
                    assertThat(Double.isNaN(found[i])).isEqualTo(Double.isNaN(wanted));
                    if (!Double.isNaN(wanted)) {
                        assertThat(found[i])
                                .as("%s, step %d", NAMES.get(i), k + 1)
                                .isCloseTo(wanted, near(wanted));
                    }
                }
            }
        }
    }

    private static Offset<Double> near(double value) {
        return within(1e-9 * Math.max(1, Math.abs(value)));
    }

    private static List<double[]> figures(String file) throws IOException {
        try (InputStream in = KfacTrajectoryTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> Arrays.stream(line.split(" ", -1))
                            .mapToDouble(word -> word.equals("nan") ? Double.NaN : Double.parseDouble(word))
                            .toArray())
                    .toList();
        }
    }

    /** After 13 steps the inverse is old, the factors are not, and targets are drawn from a stream. */
    @Test
    void aResumeGoesOnBitForBit() {
        for (Cotangents kind : List.of(Cotangents.SAMPLED, Cotangents.RADEMACHER)) {
            double[] whole = run(kind, 25, 1);
            try (Workers workers = new Workers(1);
                    SupervisedObjective objective = objective(workers)) {
                OptimizerState state;
                try (Kfac first = settings(kind).build()) {
                    steps(first, objective, 13);
                    state = first.state();
                }
                try (Kfac second = settings(kind).build()) {
                    second.restore(state);
                    OptimizerState again = second.state();
                    assertThat(again.numbers()).isEqualTo(state.numbers());
                    assertThat(again.vectors().keySet())
                            .isEqualTo(state.vectors().keySet());
                    steps(second, objective, 12);
                }
                assertThat(Arena.toDoubles(objective.theta())).containsExactly(whole);
            }
        }
    }

    @Test
    void theNumberOfWorkersChangesNoBit() {
        double[] one = run(Cotangents.SAMPLED, 12, 1);
        assertThat(run(Cotangents.SAMPLED, 12, 2)).containsExactly(one);
        assertThat(run(Cotangents.SAMPLED, 12, 4)).containsExactly(one);
    }

    private static double[] run(Cotangents kind, int steps, int workers) {
        try (Workers shared = new Workers(workers);
                SupervisedObjective objective = objective(shared);
                Kfac optimizer = settings(kind).build()) {
            steps(optimizer, objective, steps);
            return Arena.toDoubles(objective.theta());
        }
    }

    private static void steps(Kfac optimizer, SupervisedObjective objective, int count) {
        for (int i = 0; i < count; i++) {
            optimizer.step(objective, objective.theta());
        }
    }
}
