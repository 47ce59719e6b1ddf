package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How jobs scale from one executor to two and four, each a process with one core, beside what {@link ClusterPlan} predicts
 * from an empty job and one executor's arithmetic. Its figures mean something on an idle machine only.
 */
@Tag("long")
class ScalingTest {
    private static final int EXAMPLES = 16_000;
    private static final int REPEATS = 5;

    private record Times(double empty, double gradient, double product, double arithmetic) {}

    @Test
    void thePlanPredictsTwoAndFourExecutors() throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        for (int width : new int[] {110, 660}) {
            Times one = measure(1, width);
            double bytes = Float.BYTES * parameters(width);
            // What neither launching nor arithmetic takes is the way of 16 gradients to the driver.
            double line = 17 * bytes / Math.max(1e-3, one.gradient - one.empty - one.arithmetic);
            ClusterPlan plan = new ClusterPlan(one.empty, line, one.arithmetic / 16, 16, bytes);
            print(width, 1, one, plan.seconds(1, ClusterPlan.Sum.AT_DRIVER));
            for (int executors : new int[] {2, 4}) {
                Times found = measure(executors, width);
                double predicted = plan.seconds(Math.min(executors, cores), ClusterPlan.Sum.AT_DRIVER);
                print(width, executors, found, predicted);
                assertThat(found.gradient).isBetween(predicted / 2, predicted * 2);
            }
        }
    }

    private static long parameters(int width) {
        return 784L * width + width + 10L * width + 10 + (long) width * width + width;
    }

    private static void print(int width, int executors, Times times, double predicted) {
        System.out.printf(
                Locale.ROOT,
                "%,9d parameters, %d executors: empty job %.1f ms, gradient %.0f ms (plan %.0f ms), product %.0f ms,"
                        + " arithmetic of a gradient %.0f ms%n",
                parameters(width),
                executors,
                1e3 * times.empty,
                1e3 * times.gradient,
                1e3 * predicted,
                1e3 * times.product,
                1e3 * times.arithmetic);
    }

    private static Times measure(int executors, int width) throws Exception {
        SparkModel model = new SparkModel(
                () -> new Sequential(
                        new Linear(784, width),
                        Activation.tanh(),
                        new Linear(width, width),
                        Activation.tanh(),
                        new Linear(width, 10)),
                Loss::softmaxCrossEntropy,
                DType.FLOAT32,
                1);
        try (SparkHome cluster = SparkHome.start(executors)) {
            SparkSession spark = ClusterTest.session(cluster);
            try {
                JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
                List<Integer> parts = IntStream.range(0, 16).boxed().toList();
                double empty = median(() -> context.parallelize(parts.subList(0, executors), executors)
                        .foreach(i -> {}));
                SparkData data = SparkData.of(context.parallelize(parts, executors), ScalingTest::random);
                try (SparkObjective objective = SparkObjective.of(spark.sparkContext(), model, data)) {
                    return times(empty, objective);
                }
            } finally {
                spark.stop();
                SparkSession.clearActiveSession();
                SparkSession.clearDefaultSession();
            }
        }
    }

    private static Times times(double empty, SparkObjective objective) {
        INDArray theta = objective.theta();
        INDArray out = Arena.create(DType.FLOAT32, Shape.of(theta.length()));
        double gradient = median(() -> objective.gradient(theta, Scope.all(), out));
        double arithmetic = objective.roundTimes().lastArithmetic();
        try (Linearization at = objective.linearize(theta, Scope.all())) {
            double product = median(() -> at.product(Curvature.GAUSS_NEWTON, theta, out));
            return new Times(empty, gradient, product, arithmetic);
        }
    }

    /** Of some runs, after two that load classes and plan programs. */
    private static double median(Runnable job) {
        double[] seconds = new double[REPEATS];
        for (int i = -2; i < REPEATS; i++) {
            long begin = System.nanoTime();
            job.run();
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - begin) * 1e-9;
            }
        }
        Arrays.sort(seconds);
        return seconds[REPEATS / 2];
    }

    /** A sixteenth of the data. */
    private static DataSet random(int part) {
        int rows = EXAMPLES / 16;
        Rng rng = new Rng(part);
        double[] x = new double[rows * 784];
        double[] y = new double[rows];
        Arrays.setAll(x, i -> rng.nextDouble());
        Arrays.setAll(y, i -> rng.nextLong() & 7);
        y[0] = 9;
        return DataSet.of(Arena.of(DType.FLOAT32, Shape.of(rows, 784), x), Arena.of(DType.INT64, Shape.of(rows), y));
    }
}
