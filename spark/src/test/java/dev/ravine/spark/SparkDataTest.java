package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.Idx;
import dev.ravine.core.io.Npy;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.spark.data.SparkData;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

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
    void theFeaturesMayBeLabels() {
        DataSet numbers = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(6, 1), 0, 1, 2, 2, 0, 1), Arena.ofIntegers(0, 1, 2, 2, 0, 1));
        SparkModel model =
                new SparkModel(() -> new Sequential(new Linear(1, 3)), Loss::softmaxCrossEntropy, DType.FLOAT32, 3);
        Dataset<Row> frame = Frames.of(spark, numbers, 2);
        Module twin = Pairs.twin(model);
        try (SparkObjective cluster = SparkObjective.of(
                        spark.sparkContext(),
                        model,
                        SparkData.of(frame).features("label").labels("label", 3));
                SupervisedObjective machine =
                        SupervisedObjective.of(twin, Loss.softmaxCrossEntropy(), numbers.as(DType.FLOAT32))) {
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), Scope.all());
        }
    }

    @Test
    void executorsReadParts() {
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        SparkData parts = SparkData.of(
                context.parallelize(List.of(0, 30, 60), 2),
                from -> Generators.spirals(70, 3, 0.1, 1).range(from, Math.min(70, from + 30)));
        requireSame(classifier(DType.FLOAT32), parts, SPIRALS);
    }

    /** The same frame with the features as an ML vector, and as an array. */
    private void requireSameAsVectorAndArray(Dataset<Row> vectors, Dataset<Row> arrays) {
        assertThat(vectors.schema().apply("features").dataType().typeName()).isEqualTo("vector");
        assertThat(arrays.schema().apply("features").dataType().typeName()).isEqualTo("array");
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            requireSame(classifier(dtype), SparkData.of(vectors).labels("label", 0), SPIRALS);
            requireSame(classifier(dtype), SparkData.of(arrays).labels("label", 3), SPIRALS);
        }
    }

    private static Dataset<Row> withVectors(Dataset<Row> frame) {
        return frame.withColumn("features", org.apache.spark.ml.functions.array_to_vector(frame.col("features")));
    }

    @Test
    void parquetIsRead(@TempDir Path folder) {
        String arrays = folder.resolve("arrays.parquet").toString();
        String vectors = folder.resolve("vectors.parquet").toString();
        Dataset<Row> frame = Frames.of(spark, SPIRALS, 1);
        frame.write().parquet(arrays);
        withVectors(frame).write().parquet(vectors);
        requireSameAsVectorAndArray(spark.read().parquet(vectors), spark.read().parquet(arrays));
    }

    @Test
    void csvIsRead(@TempDir Path folder) throws Exception {
        StringBuilder lines = new StringBuilder("x,y,label\n");
        for (Row row : Frames.of(spark, SPIRALS, 1).collectAsList()) {
            List<Double> x = row.getList(0);
            lines.append(String.format(Locale.ROOT, "%s,%s,%d%n", x.get(0), x.get(1), row.getInt(1)));
        }
        Path file = Files.writeString(folder.resolve("spirals.csv"), lines);
        Dataset<Row> columns = spark.read()
                .option("header", "true")
                .schema("x double, y double, label int")
                .csv(file.toString());
        Dataset<Row> vectors = new VectorAssembler()
                .setInputCols(new String[] {"x", "y"})
                .setOutputCol("features")
                .transform(columns);
        Dataset<Row> arrays = columns.withColumn(
                "features", org.apache.spark.sql.functions.array(columns.col("x"), columns.col("y")));
        requireSameAsVectorAndArray(vectors, arrays);
    }

    @Test
    void libsvmIsRead(@TempDir Path folder) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (Row row : Frames.of(spark, SPIRALS, 1).collectAsList()) {
            List<Double> x = row.getList(0);
            lines.append(String.format(Locale.ROOT, "%d 1:%s 2:%s%n", row.getInt(1), x.get(0), x.get(1)));
        }
        Path file = Files.writeString(folder.resolve("spirals.libsvm"), lines);
        Dataset<Row> vectors =
                spark.read().format("libsvm").option("numFeatures", "2").load(file.toString());
        requireSameAsVectorAndArray(
                vectors,
                vectors.withColumn(
                        "features", org.apache.spark.ml.functions.vector_to_array(vectors.col("features"), "float64")));
    }

    @Test
    void partsAreNpyFiles(@TempDir Path folder) throws Exception {
        List<String> names = List.of("a", "b", "c");
        for (int i = 0; i < names.size(); i++) {
            DataSet part = SPIRALS.range(30 * i, Math.min(SPIRALS.size(), 30 * i + 30));
            Npy.write(folder.resolve(names.get(i) + "-x.npy"), part.features());
            Npy.write(folder.resolve(names.get(i) + "-y.npy"), part.targets());
        }
        String at = folder.toString();
        SparkData parts = SparkData.of(
                new JavaSparkContext(spark.sparkContext()).parallelize(names, 2),
                name -> DataSet.of(Npy.read(Path.of(at, name + "-x.npy")), Npy.read(Path.of(at, name + "-y.npy"))));
        requireSame(classifier(DType.FLOAT32), parts, SPIRALS);
        requireSame(classifier(DType.FLOAT64), parts, SPIRALS);
    }

    @Test
    void partsAreIdxFiles(@TempDir Path folder) throws Exception {
        String at = folder.toString();
        List<String> names = List.of("first", "second");
        for (String name : names) {
            byte[] pixels = new byte[2 * 3 * 35];
            new java.util.Random(name.length()).nextBytes(pixels);
            byte[] labels = new byte[35];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) (i % 3);
            }
            Files.write(folder.resolve(name + "-x"), idx(0x803, pixels, 35, 2, 3));
            Files.write(folder.resolve(name + "-y"), idx(0x801, labels, 35));
        }
        SparkData parts = SparkData.of(
                new JavaSparkContext(spark.sparkContext()).parallelize(names, 2),
                name -> Idx.read(Path.of(at, name + "-x"), Path.of(at, name + "-y")));
        DataSet first = Idx.read(folder.resolve("first-x"), folder.resolve("first-y"));
        DataSet second = Idx.read(folder.resolve("second-x"), folder.resolve("second-y"));
        DataSet all = DataSet.of(
                Arena.of(DType.FLOAT32, Shape.of(70, 6), joined(first.features(), second.features())),
                Arena.of(DType.INT64, Shape.of(70), joined(first.targets(), second.targets())));
        SparkModel model =
                new SparkModel(() -> new Sequential(new Linear(6, 3)), Loss::softmaxCrossEntropy, DType.FLOAT32, 3);
        requireSame(model, parts, all);
    }

    private static byte[] idx(int magic, byte[] data, int... sizes) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + data.length);
        bytes.putInt(magic);
        for (int size : sizes) {
            bytes.putInt(size);
        }
        return bytes.put(data).array();
    }

    private static double[] joined(INDArray a, INDArray b) {
        return DoubleStream.concat(DoubleStream.of(Arena.toDoubles(a)), DoubleStream.of(Arena.toDoubles(b)))
                .toArray();
    }
}
