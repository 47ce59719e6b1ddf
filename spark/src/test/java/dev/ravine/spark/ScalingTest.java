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
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.spark.data.SparkData;
import java.util.ArrayList;
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
    private static final int PARTS = 16;
    private static final int REPEATS = 7;
    private static final int WARM_UP = 2;
    private static final double WARM_UP_SECONDS = 40;
    private static final int[] DEEP = {784, 1000, 500, 250, 30, 250, 500, 1000, 784};

    private record Times(double empty, double gradient, double product, double arithmetic) {}

    /** The autoencoder {@code deep} of {@code docs/performance.md}: a gradient and a Gauss-Newton product. */
    @Test
    void twoExecutorsAreNearlyTwiceAsFastAsOne() throws Exception {
        SparkModel deep = new SparkModel(() -> dense(DEEP), Loss::binaryCrossEntropy, DType.FLOAT32, 1);
        Times one = measure(1, deep, part -> DataSet.autoencoding(images(part)));
        Times two = measure(2, deep, part -> DataSet.autoencoding(images(part)));
        double gradient = one.gradient / two.gradient;
        double product = one.product / two.product;
        System.out.printf(
                Locale.ROOT,
                "deep, %,d examples: gradient %.2f s on one executor, %.2f s on two, %.2f times as fast; product %.2f"
                        + " s, %.2f s, %.2f times as fast; arithmetic of a gradient %.2f s and %.2f s, empty job %.1f"
                        + " ms%n",
                EXAMPLES,
                one.gradient,
                two.gradient,
                gradient,
                one.product,
                two.product,
                product,
                one.arithmetic,
                two.arithmetic,
                1e3 * two.empty);
        assertThat(Math.min(gradient, product)).isGreaterThanOrEqualTo(1.7);
    }

    @Test
    void thePlanPredictsTwoAndFourExecutors() throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        for (int width : new int[] {110, 660}) {
            SparkModel model =
                    new SparkModel(() -> dense(784, width, width, 10), Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
            long parameters = model.initialized().parameterVector().size();
            Times one = measure(1, model, ScalingTest::labelled);
            double bytes = (double) Float.BYTES * parameters;
            // What neither launching nor arithmetic takes is the way of the point and of the gradient.
            double line = 2 * bytes / Math.max(1e-3, one.gradient - one.empty - one.arithmetic);
            ClusterPlan plan = new ClusterPlan(one.empty, line, one.arithmetic / PARTS, PARTS, bytes);
            print(parameters, 1, one, plan.seconds(1, ClusterPlan.Sum.ON_EXECUTORS));
            for (int executors : new int[] {2, 4}) {
                Times found = measure(executors, model, ScalingTest::labelled);
                double predicted = plan.seconds(Math.min(executors, cores), ClusterPlan.Sum.ON_EXECUTORS);
                print(parameters, executors, found, predicted);
                assertThat(found.gradient).isBetween(predicted / 2, predicted * 2);
            }
        }
    }

    private static void print(long parameters, int executors, Times times, double predicted) {
        System.out.printf(
                Locale.ROOT,
                "%,9d parameters, %d executors: empty job %.1f ms, gradient %.0f ms (plan %.0f ms), product %.0f ms,"
                        + " arithmetic of a gradient %.0f ms, Spark's part of it %.0f ms%n",
                parameters,
                executors,
                1e3 * times.empty,
                1e3 * times.gradient,
                1e3 * predicted,
                1e3 * times.product,
                1e3 * times.arithmetic,
                1e3 * (times.gradient - times.arithmetic));
    }

    /** Dense layers with tanh between them. */
    private static Sequential dense(int... widths) {
        List<Module> layers = new ArrayList<>();
        for (int i = 1; i < widths.length; i++) {
            layers.add(new Linear(widths[i - 1], widths[i]));
            if (i < widths.length - 1) {
                layers.add(Activation.tanh());
            }
        }
        return new Sequential(layers.toArray(new Module[0]));
    }

    private static Times measure(int executors, SparkModel model, SparkData.Reader<Integer> reader) throws Exception {
        try (SparkHome cluster = SparkHome.start(executors)) {
            SparkSession spark = cluster.session(SparkHome.classPath(), "1g");
            try {
                JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
                List<Integer> parts = IntStream.range(0, PARTS).boxed().toList();
                double empty = median(() -> context.parallelize(parts.subList(0, executors), executors)
                        .foreach(i -> {}));
                SparkData data = SparkData.of(context.parallelize(parts, executors), reader);
                try (SparkObjective objective = SparkObjective.builder(spark.sparkContext(), model, data)
                        .partitions(executors)
                        .build()) {
                    return times(empty, objective);
                }
            } finally {
                Frames.stop();
            }
        }
    }

    private static Times times(double empty, SparkObjective objective) {
        INDArray theta = objective.theta();
        INDArray out = Arena.create(DType.FLOAT32, Shape.of(theta.length()));
        double gradient = median(() -> objective.gradient(theta, Scope.all(), out));
        double many = objective.roundTimes().arithmetic();
        double arithmetic = Double.isNaN(many) ? objective.roundTimes().lastArithmetic() : many;
        try (Linearization at = objective.linearize(theta, Scope.all())) {
            double product = median(() -> at.product(Curvature.GAUSS_NEWTON, theta, out));
            return new Times(empty, gradient, product, arithmetic);
        }
    }

    /** Of some runs, after others that load classes, plan programs and let executors compile their code. */
    private static double median(Runnable job) {
        long start = System.nanoTime();
        for (int i = 0; i < WARM_UP || System.nanoTime() - start < WARM_UP_SECONDS * 1e9; i++) {
            job.run();
        }
        double[] seconds = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            long begin = System.nanoTime();
            job.run();
            seconds[i] = (System.nanoTime() - begin) * 1e-9;
        }
        Arrays.sort(seconds);
        return seconds[REPEATS / 2];
    }

    /** A sixteenth of the data. */
    private static INDArray images(int part) {
        Rng rng = new Rng(part);
        double[] pixels = new double[EXAMPLES / PARTS * 784];
        Arrays.setAll(pixels, i -> rng.nextDouble());
        return Arena.of(DType.FLOAT32, Shape.of(EXAMPLES / PARTS, 784), pixels);
    }

    private static DataSet labelled(int part) {
        Rng rng = new Rng(PARTS + part);
        double[] labels = new double[EXAMPLES / PARTS];
        Arrays.setAll(labels, i -> rng.nextLong() & 7);
        labels[0] = 9;
        return DataSet.of(images(part), Arena.of(DType.INT64, Shape.of(labels.length), labels));
    }
}
