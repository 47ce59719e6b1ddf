package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Examples on a cluster. Rows are numbered in the order in which Spark lists them: row 0 is the first row of the first
 * partition. A source must give the same rows in the same order each time that it is read; {@code orderBy} with a
 * unique key makes that sure.
 */
public abstract class SparkData {
    /** For this package: {@link #of}. */
    SparkData() {}

    /**
     * {@return the examples and what they look like} Called once for each objective.
     *
     * @param dtype of all numbers that are not integers
     */
    abstract Numbered examples(DType dtype);

    /**
     * Examples in order.
     *
     * @param rows whose order is that of row numbers
     * @param format of each
     * @param classes of labels; 0 for the largest label plus 1, empty if the targets are not labels
     */
    record Numbered(JavaRDD<Example> rows, RowFormat format, Optional<Integer> classes) {}

    /**
     * {@return examples of a data frame; the result says which columns are used}
     *
     * @param frame Parquet, CSV, LIBSVM or anything else that Spark reads
     */
    public static FrameData of(Dataset<Row> frame) {
        return new FrameData(frame);
    }

    /**
     * {@return examples that executors read from parts, such as the names of IDX or npy files}
     *
     * @param parts one element for each part of the data, in the order of rows
     * @param reader reads a part on an executor
     * @param <P> of parts
     */
    public static <P> SparkData of(JavaRDD<P> parts, Reader<P> reader) {
        return new PartData<>(parts, reader);
    }

    /**
     * {@return examples that the driver has in memory, to be sent to executors}
     *
     * @param spark which sends them
     * @param data fits into the driver's memory twice
     */
    public static SparkData of(SparkContext spark, DataSet data) {
        return new LocalData(JavaSparkContext.fromSparkContext(spark), data);
    }

    /**
     * Reads a part of the data.
     *
     * @param <P> what names a part
     */
    @FunctionalInterface
    public interface Reader<P> extends Serializable {
        /**
         * {@return the examples of a part}
         *
         * @param part its name
         * @throws Exception if it cannot be read
         */
        DataSet read(P part) throws Exception;
    }
}
