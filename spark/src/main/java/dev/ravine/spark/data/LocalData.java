package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** Examples of the driver's memory. */
final class LocalData extends SparkData {
    private final JavaSparkContext spark;
    private final DataSet data;

    LocalData(JavaSparkContext spark, DataSet data) {
        this.spark = spark;
        this.data = Objects.requireNonNull(data, "data");
    }

    @Override
    Numbered examples(DType dtype) {
        DataSet converted = data.as(dtype);
        List<Example> rows = new ArrayList<>(data.size());
        Iterator<Example> all = PartData.examples(converted);
        all.forEachRemaining(rows::add);
        return new Numbered(
                spark.parallelize(rows),
                PartData.format(converted, dtype),
                data.hasLabels() ? Optional.of(data.classes()) : Optional.empty());
    }
}
