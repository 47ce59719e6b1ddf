package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
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
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.DampingRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The model of K-FAC's step, its units, and the rules of lambda and gamma, against matrices written out. */
class KfacModelTest {
    private static final double L2 = 0.01;
    private static final int SIZE = 43;

    private static SupervisedObjective objective(Loss loss, double l2) {
        Module net = new Sequential(new Linear(4, 5), Activation.tanh(), new Linear(5, 3));
        net.initialize(DType.FLOAT64, 3);
        Rng rng = new Rng(7);
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(12, 4));
        INDArray y = Arena.create(DType.FLOAT64, Shape.of(12, 3));
        Elements features = Elements.of(x);
        Elements targets = Elements.of(y);
        for (int i = 0; i < features.size(); i++) {
            features.set(i, rng.nextGaussian());
        }
        for (int i = 0; i < targets.size(); i++) {
            targets.set(i, rng.nextDouble());
        }
        return SupervisedObjective.builder(net, loss, DataSet.of(x, y))
                .l2(l2)
                .workers(new Workers(1))
                .build();
    }

    private static SupervisedObjective logistic() {
        return objective(new Loss.BinaryCrossEntropy(Reduction.SUM), L2);
    }

    private static KroneckerFactors.Builder exact() {
        return KroneckerFactors.builder().cotangents(Cotangents.EXACT);
    }

    private static Kfac.Builder settings() {
        return Kfac.builder()
                .factors(exact())
                .batch(0, 1)
                .factorShare(1)
                .modelExamples(1, 1)
                .negativeMomentum();
    }

    /** Trajectory of a loss and of the same loss times 1/3, which is its mean over three outputs. */
    private static double distance(double lambda, double gamma) {
        double[][] ends = new double[2][];
        for (int i = 0; i < 2; i++) {
            Loss loss = new Loss.BinaryCrossEntropy(i == 0 ? Reduction.SUM : Reduction.MEAN);
            try (SupervisedObjective objective = objective(loss, 0);
                    Kfac optimizer = settings()
                            .damping(i == 0 ? 0.6 : lambda)
                            .gamma(i == 0 ? 0.5 : gamma)
                            .gammaRule(4, 0.8, 0, Double.MAX_VALUE)
                            .inverses(4, 3)
                            .build()) {
                for (int k = 0; k < 12; k++) {
                    optimizer.step(objective, objective.theta());
                }
                ends[i] = Arena.toDoubles(objective.theta());
            }
        }
        double largest = 0;
        for (int j = 0; j < ends[0].length; j++) {
            largest = Math.max(largest, Math.abs(ends[0][j] - ends[1][j]));
        }
        return largest;
    }

    @Test
    void stepsDoNotDependOnTheUnitOfTheLoss() {
        assertThat(distance(0.6 / 3, 0.5 / Math.sqrt(3))).isLessThan(1e-10);
        assertThat(distance(0.6, 0.5 / Math.sqrt(3))).isGreaterThan(1e-4);
        assertThat(distance(0.6 / 3, 0.5)).isGreaterThan(1e-4);
    }

    /** v'(F + (lambda + l2) I)v / 2 + g'v with the Gauss-Newton matrix F written out. */
    private static double model(double[][] f, double[] g, double shift, double[] v) {
        double sum = 0;
        for (int i = 0; i < v.length; i++) {
            sum += g[i] * v[i] + shift * v[i] * v[i] / 2;
            for (int j = 0; j < v.length; j++) {
                sum += v[i] * f[i][j] * v[j] / 2;
            }
        }
        return sum;
    }

    @Test
    void theModelFromTangentsIsThatOfTheMatrix() {
        double lambda = 0.4;
        try (SupervisedObjective objective = logistic();
                Kfac optimizer = settings()
                        .damping(lambda)
                        .dampingRule(1_000_000, DampingRule.fixed(), 0)
                        .build()) {
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(SIZE));
            for (int k = 0; k < 4; k++) {
                double[] before = Arena.toDoubles(objective.theta());
                double[][] f = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
                objective.gradient(objective.theta(), Scope.all(), g);
                StepReport report = optimizer.step(objective, objective.theta());
                double[] moved = Arena.toDoubles(objective.theta());
                for (int i = 0; i < SIZE; i++) {
                    moved[i] -= before[i];
                }
                double expected = model(f, Arena.toDoubles(g), lambda + L2, moved);
                assertThat(report.telemetry().get("model")).isCloseTo(expected, within(1e-12));
                // No other combination of the same two directions is lower.
                for (double factor : new double[] {0.9, 1.1}) {
                    double[] other = moved.clone();
                    for (int i = 0; i < SIZE; i++) {
                        other[i] *= factor;
                    }
                    assertThat(model(f, Arena.toDoubles(g), lambda + L2, other)).isGreaterThan(expected);
                }
            }
        }
    }

    /** At every other step three gammas are tried; each is computed here from factors and matrices written out. */
    @Test
    void theChosenGammaIsTheBestOfThree() {
        double lambda = 0.4;
        double factor = 0.5;
        int changes = 0;
        try (SupervisedObjective objective = logistic();
                Kfac optimizer = settings()
                        .damping(lambda)
                        .dampingRule(1_000_000, DampingRule.fixed(), 0)
                        .gamma(0.9)
                        .gammaRule(2, factor, 0, Double.MAX_VALUE)
                        .inverses(1, 0)
                        .build()) {
            double gamma = 0.9;
            double[] last = new double[SIZE];
            for (int k = 1; k <= 8; k++) {
                List<Double> tried = k % 2 == 0 ? List.of(gamma * factor, gamma, gamma / factor) : List.of(gamma);
                List<Double> models = models(objective, tried, last, lambda + L2);
                double[] before = Arena.toDoubles(objective.theta());
                StepReport report = optimizer.step(objective, objective.theta());
                int best = 0;
                for (int i = 1; i < tried.size(); i++) {
                    best = models.get(i) < models.get(best) ? i : best;
                }
                assertThat(report.telemetry().get("gamma")).isCloseTo(tried.get(best), within(1e-12));
                assertThat(report.telemetry().get("model")).isCloseTo(models.get(best), within(1e-11));
                changes += tried.get(best) == gamma ? 0 : 1;
                gamma = tried.get(best);
                last = Arena.toDoubles(objective.theta());
                for (int i = 0; i < SIZE; i++) {
                    last[i] -= before[i];
                }
            }
        }
        assertThat(changes).isBetween(1, 4);
    }

    /** The lowest value of the model for each gamma. */
    private static List<Double> models(
            SupervisedObjective objective, List<Double> gammas, double[] last, double shift) {
        double[][] f = Dense.curvature(objective, Curvature.GAUSS_NEWTON);
        INDArray g = Arena.create(DType.FLOAT64, Shape.of(SIZE));
        objective.gradient(objective.theta(), Scope.all(), g);
        List<Double> models = new ArrayList<>();
        try (KroneckerFactors factors = exact().build(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
            factors.update(objective, objective.theta(), Scope.all());
            for (double gamma : gammas) {
                inverse.refresh(gamma);
                INDArray d = Arena.create(DType.FLOAT64, Shape.of(SIZE));
                inverse.apply(g, d);
                Vectors.scale(-1, d);
                models.add(lowest(f, Arena.toDoubles(g), shift, Arena.toDoubles(d), last));
            }
        }
        return models;
    }

    /** By Cramer's rule, or along the first direction if the second is zero. */
    private static double lowest(double[][] f, double[] g, double shift, double[] d, double[] last) {
        double[] zero = new double[d.length];
        double a = 2 * model(f, zero, shift, d);
        double c = 2 * model(f, zero, shift, last);
        double[] sum = new double[d.length];
        double x = 0;
        double y = 0;
        for (int i = 0; i < d.length; i++) {
            sum[i] = d[i] + last[i];
            x += g[i] * d[i];
            y += g[i] * last[i];
        }
        if (c == 0) {
            return -x * x / a / 2;
        }
        double b = (2 * model(f, zero, shift, sum) - a - c) / 2;
        return -(x * x * c - 2 * x * y * b + y * y * a) / (a * c - b * b) / 2;
    }

    @Test
    void lambdaFollowsTheRatioEveryFewSteps() {
        double w = Math.pow(0.95, 3);
        double[] script = {0.9, 0.5, 0.1, Double.NaN, 0.76, 0.74, 0.24, 0.9, 0.9, 0.9};
        double[] factors = {w, 1, 1 / w, 1 / w, w, 1, 1 / w, w, w, w};
        DampingRule rule = DampingRule.levenbergMarquardt(1 / w, w);
        int[] asked = {0};
        DampingRule scripted = (damping, ratio) -> rule.next(damping, script[asked[0]++ % script.length]);
        try (SupervisedObjective objective = logistic();
                Kfac optimizer = settings()
                        .damping(1)
                        .dampingRule(3, scripted, 0.8)
                        .withoutRejection()
                        .build()) {
            asked[0] = 0; // the settings' text asks, too
            double lambda = 1;
            for (int k = 1; k <= 30; k++) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.model().orElseThrow().damping())
                        .as("step %d", k)
                        .isCloseTo(lambda, within(1e-15));
                boolean isMeasured = k % 3 == 0;
                assertThat(Double.isNaN(report.model().orElseThrow().ratio())).isEqualTo(!isMeasured);
                if (isMeasured) {
                    lambda = Math.max(0.8, lambda * factors[k / 3 - 1]);
                }
            }
            assertThat(asked[0]).isEqualTo(10);
            assertThat(lambda).isEqualTo(0.8); // the floor
        }
    }
}
