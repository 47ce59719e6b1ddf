package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Idx;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import dev.ravine.spark.data.SparkData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory stays flat while optimizers train on 60,000 images of 784 pixels from a Parquet file, on two executors of 1 GB. The
 * images are those of Fashion-MNIST where Debian's package {@code dataset-fashion-mnist} has put them, else the repository's
 * digits over and over. The system property {@code flat.seconds} is the time of each optimizer, 60 without it.
 */
@Tag("long")
class FlatMemoryTest {
    private static final int ROWS = 60_000;
    private static final int PARTS = 12;
    private static final int SECONDS = Integer.getInteger("flat.seconds", 60);
    private static final Path FASHION = Path.of("/usr/share/datasets/fashion-mnist");
    private static final Path IMAGES = Files.isDirectory(FASHION)
            ? FASHION
            : Path.of("../examples/src/main/resources/dev/ravine/examples/mnist-10k");

    /** What may come after the middle of a run. */
    private static final double GROWTH = 1.1;

    @Test
    void memoryOfDriverAndExecutorsIsFlat(@TempDir Path folder) throws Exception {
        Frames.stop();
        SparkModel model = new SparkModel(
                () -> new Sequential(new Linear(784, 128), Activation.tanh(), new Linear(128, 10)),
                Loss::softmaxCrossEntropy,
                DType.FLOAT32,
                1);
        try (SparkHome cluster = SparkHome.start(2)) {
            SparkSession spark = session(cluster);
            String file = folder.resolve("images.parquet").toString();
            write(spark, file);
            SparkData data =
                    SparkData.of(spark.read().parquet(file)).features("pixels").labels("digit", 10);
            train(spark, cluster, model, data, HessianFree.builder().damping(1).build());
            train(spark, cluster, model, data, Kfac.builder().build());
        } finally {
            Frames.stop();
        }
    }

    /**
     * Spark SQL sends classes of its own when it looks for the columns of a Parquet file. The heap is whole from the
     * beginning: else it grows to its limit within minutes, although what it holds does not.
     */
    private static SparkSession session(SparkHome cluster) {
        return cluster.builder(SparkHome.classPath(), "1g")
                .config("spark.kryo.registrationRequired", "false")
                .config(
                        "spark.executor.extraJavaOptions",
                        "--enable-native-access=ALL-UNNAMED -Xms1g -XX:+AlwaysPreTouch")
                .getOrCreate();
    }

    private static void train(
            SparkSession spark, SparkHome cluster, SparkModel model, SparkData data, Optimizer optimizer)
            throws Exception {
        try (optimizer;
                SparkObjective objective = SparkObjective.of(spark.sparkContext(), model, data)) {
            assertThat(objective.examples()).isEqualTo(ROWS);
            TrainingResult result;
            ResidentMemory memory = new ResidentMemory(cluster);
            try (memory) {
                result = Trainer.builder(objective.module(), objective)
                        .optimizer(optimizer)
                        .budget(Budget.seconds(SECONDS))
                        .listener(objective.jobNames())
                        .build()
                        .train();
            }
            System.out.println(optimizer.name() + ": " + result);
            Map<String, ResidentMemory.Halves> halves = memory.halves();
            halves.forEach((process, of) -> System.out.println(optimizer.name() + ", " + process + ": " + of));
            assertThat(halves).hasSize(3);
            halves.forEach((process, of) -> assertThat((double) of.second())
                    .as(optimizer.name() + ", " + process)
                    .isLessThan(GROWTH * of.first()));
        }
    }

    /** All images, over and over if there are fewer, written by executors. */
    private static void write(SparkSession spark, String file) {
        List<Integer> parts = IntStream.range(0, PARTS).boxed().toList();
        // Executors have a folder of their own.
        String images = IMAGES.toAbsolutePath().toString();
        System.out.println("images of " + images);
        JavaRDD<Row> rows = new JavaSparkContext(spark.sparkContext())
                .parallelize(parts, PARTS)
                .flatMap(part -> rows(Path.of(images), part).iterator());
        StructType schema = new StructType()
                .add("pixels", DataTypes.createArrayType(DataTypes.FloatType))
                .add("digit", DataTypes.IntegerType);
        spark.createDataFrame(rows, schema).write().parquet(file);
    }

    private static List<Row> rows(Path images, int part) throws IOException {
        DataSet digits =
                Idx.read(images.resolve("train-images-idx3-ubyte.gz"), images.resolve("train-labels-idx1-ubyte.gz"));
        Elements pixels = Elements.of(digits.features());
        Elements labels = Elements.of(digits.targets());
        List<Row> rows = new ArrayList<>();
        for (int i = part * (ROWS / PARTS); i < (part + 1) * (ROWS / PARTS); i++) {
            int from = i % digits.size();
            float[] image = new float[784];
            pixels.read(from * 784, 784, image);
            rows.add(RowFactory.create(image, (int) labels.get(from)));
        }
        return rows;
    }
}
