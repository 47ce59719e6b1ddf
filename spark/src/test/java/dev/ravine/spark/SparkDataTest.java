package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of every kind reach executors as they are. */
class SparkDataTest {
    private static final DataSet SPIRALS = Generators.spirals(70, 3, 0.1, 1);

    private final SparkSession spark = Frames.session();

    private static SparkModel classifier(DType dtype) {
        return new SparkModel(
                () -> new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3)),
                Loss::softmaxCrossEntropy,
                dtype,
                3);
    }

    private void requireSame(SparkModel model, SparkData data, DataSet expected) {
        Module twin = Pairs.twin(model);
        try (SparkObjective cluster = SparkObjective.builder(spark.sparkContext(), model, data)
                        .shardSize(20)
                        .build();
                SupervisedObjective machine = SupervisedObjective.builder(
                                twin, model.loss().make(), expected.as(model.dtype()))
                        .shardSize(20)
                        .build()) {
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), Scope.all());
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), Scope.of(61, 2, 2, 33));
            assertThat(cluster.settings()).isEqualTo(machine.settings());
        }
    }

    @EachFloatType
    void weightsCount(DType dtype) {
        double[] weights = new double[SPIRALS.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 4 * 0.5;
        }
        DataSet weighted = SPIRALS.withWeights(weights);
        requireSame(
                classifier(dtype), SparkData.of(Frames.of(spark, weighted, 3)).weight("weight"), weighted);
    }

    @Test
    void targetsMayBeNumbers() {
        DataSet circle = DataSet.of(SPIRALS.features(), SPIRALS.features().dup());
        SparkModel model = new SparkModel(
                () -> new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 2)),
                Loss::meanSquaredError,
                DType.FLOAT64,
                3);
        requireSame(model, SparkData.of(Frames.of(spark, circle, 4)).target("label"), circle);
        DataSet own = DataSet.autoencoding(SPIRALS.features());
        requireSame(model, SparkData.of(Frames.of(spark, SPIRALS, 4)).target("features"), own);
    }

    @Test
    void executorsReadParts() {
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        SparkData parts = SparkData.of(
                context.parallelize(List.of(0, 30, 60), 2),
                from -> Generators.spirals(70, 3, 0.1, 1).range(from, Math.min(70, from + 30)));
        requireSame(classifier(DType.FLOAT32), parts, SPIRALS);
    }

    @Test
    void parquetAndLibsvmAreRead(@TempDir Path folder) throws Exception {
        String parquet = folder.resolve("spirals.parquet").toString();
        Frames.of(spark, SPIRALS, 1).write().parquet(parquet);
        requireSame(classifier(DType.FLOAT32), SparkData.of(spark.read().parquet(parquet)), SPIRALS);
        StringBuilder lines = new StringBuilder();
        List<Row> rows = Frames.of(spark, SPIRALS, 1).collectAsList();
        for (Row row : rows) {
            List<Double> x = row.getList(0);
            lines.append(String.format(Locale.ROOT, "%d 1:%s 2:%s%n", row.getInt(1), x.get(0), x.get(1)));
        }
        Path file = Files.writeString(folder.resolve("spirals.libsvm"), lines);
        Dataset<Row> libsvm =
                spark.read().format("libsvm").option("numFeatures", "2").load(file.toString());
        requireSame(classifier(DType.FLOAT32), SparkData.of(libsvm).labels("label", 0), SPIRALS);
    }

    /** Against the JDK's checksum of the whole. */
    @Test
    void checksumsOfPartsAreJoined() {
        byte[] bytes = new byte[1000];
        new java.util.Random(1).nextBytes(bytes);
        JoinedCrc joined = new JoinedCrc();
        for (int[] part : new int[][] {{0, 1}, {1, 1}, {1, 700}, {700, 1000}}) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, part[0], part[1] - part[0]);
            joined.add(crc.getValue(), part[1] - part[0]);
        }
        CRC32C whole = new CRC32C();
        whole.update(bytes);
        assertThat(joined.value()).isEqualTo(whole.getValue());
    }
}
