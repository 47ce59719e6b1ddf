package dev.ravine.spark;

import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Data sets as data frames. */
final class Frames {
    /** A kind of row that this class sends to executors, and no user needs. */
    static final String ROWS = "org.apache.spark.sql.catalyst.expressions.GenericRow";

    private Frames() {}

    /** {@return the session of this process's tests, with two threads} */
    static SparkSession session() {
        return SparkSession.builder()
                .master("local[2]")
                .appName("ravine tests")
                .config("spark.ui.enabled", "false")
                .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .config("spark.kryo.registrator", RavineKryo.class.getName())
                .config("spark.sql.shuffle.partitions", "4")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }

    /** Stops the session of this process, if there is one. */
    static void stop() {
        SparkSession.getDefaultSession().foreach(session -> {
            session.stop();
            return null;
        });
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
    }

    /** {@return columns features (array of doubles), label (a number or an array) and weight} */
    static Dataset<Row> of(SparkSession spark, DataSet data, int partitions) {
        Elements x = Elements.of(data.features());
        Elements y = Elements.of(data.targets());
        int width = x.size() / data.size();
        int targets = y.size() / data.size();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            Object target = data.hasLabels() ? (Object) (int) y.get(i) : doubles(y, i, targets);
            rows.add(RowFactory.create(doubles(x, i, width), target, data.weight(i)));
        }
        StructType schema = new StructType()
                .add("features", DataTypes.createArrayType(DataTypes.DoubleType))
                .add(
                        "label",
                        data.hasLabels() ? DataTypes.IntegerType : DataTypes.createArrayType(DataTypes.DoubleType))
                .add("weight", DataTypes.DoubleType);
        return spark.createDataFrame(
                new org.apache.spark.api.java.JavaSparkContext(spark.sparkContext()).parallelize(rows, partitions),
                schema);
    }

    private static double[] doubles(Elements all, int row, int width) {
        double[] numbers = new double[width];
        all.read(row * width, width, numbers);
        return numbers;
    }
}
