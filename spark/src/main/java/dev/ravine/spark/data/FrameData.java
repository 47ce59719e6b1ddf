package dev.ravine.spark.data;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/** Examples of a data frame: a column of features and a column of targets. */
public final class FrameData extends SparkData {
    private final Dataset<Row> frame;
    private String features = "features";
    private String target = "label";
    private String weight;
    private long[] shape;
    private int classes;
    private Boolean areLabels;

    FrameData(Dataset<Row> frame) {
        this.frame = Objects.requireNonNull(frame, "frame");
    }

    /**
     * Names the column of features.
     *
     * @param column an array of numbers, an ML vector, or a number; "features" without it
     * @return this
     */
    public FrameData features(String column) {
        this.features = Objects.requireNonNull(column, "column");
        return this;
    }

    /**
     * Gives each example a shape.
     *
     * @param sizes of its axes, such as 28, 28, 1, each at least 1; one axis without it
     * @return this
     */
    public FrameData shape(long... sizes) {
        for (long size : sizes) {
            Check.atLeastOne("the size of an axis of each example", size);
        }
        this.shape = sizes.clone();
        return this;
    }

    /**
     * Names the column of targets. Whole numbers (of an integer column) are class labels; other numbers, arrays and
     * vectors are what the net should return. The column of features makes examples their own targets.
     *
     * @param column "label" without it
     * @return this
     */
    public FrameData target(String column) {
        this.target = Objects.requireNonNull(column, "column");
        return this;
    }

    /**
     * Names a column of class labels, of any numeric type, such as the doubles of LIBSVM files.
     *
     * @param column of whole numbers, none negative
     * @param count the number of classes; 0 for the largest label plus 1
     * @return this
     */
    public FrameData labels(String column, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("the number of classes must not be negative, found " + count);
        }
        this.target = Objects.requireNonNull(column, "column");
        this.classes = count;
        this.areLabels = true;
        return this;
    }

    /**
     * Names a column of weights: how often each example counts.
     *
     * @param column of numbers, none negative
     * @return this
     */
    public FrameData weight(String column) {
        this.weight = Objects.requireNonNull(column, "column");
        return this;
    }

    @Override
    Numbered examples(DType dtype) {
        require(features, true);
        DataType ofTarget = require(target, true);
        if (weight != null) {
            require(weight, false);
        }
        boolean same = features.equals(target);
        boolean labels = areLabels == null ? !same && isWhole(ofTarget) : areLabels;
        boolean own = same && !labels;
        if (labels && !(ofTarget instanceof NumericType)) {
            throw new IllegalArgumentException("column '" + target + "' is " + ofTarget.catalogString()
                    + "; expected one number for each row, since labels are class numbers; use target(\"" + target
                    + "\") for targets with several numbers");
        }
        Dataset<Row> chosen = frame.select(column(features), column(target), weightColumn());
        Row first = first(chosen);
        RowReader probe = new RowReader(features, target, weight, dtype, labels, own, -1, -1);
        Example example = probe.read(first, 0);
        int width = Numbers.length(example.features);
        long[] featureShape = shaped(width);
        RowFormat format = new RowFormat(
                dtype,
                dtype,
                featureShape,
                labels ? DType.INT64 : dtype,
                labels ? new long[0] : new long[] {Numbers.length(example.targets)},
                labels ? Math.max(1, classes) : 0,
                weight != null);
        RowReader reader = new RowReader(
                features, target, weight, dtype, labels, own, width, labels ? classes : format.targetWidth());
        JavaRDD<Example> rows = chosen.toJavaRDD().zipWithIndex().map(row -> reader.read(row._1(), row._2()));
        return new Numbered(rows, format, labels ? Optional.of(classes) : Optional.empty());
    }

    private static Row first(Dataset<Row> rows) {
        Row[] head = (Row[]) rows.head(1);
        if (head.length == 0) {
            throw new IllegalArgumentException(
                    "the data frame has no rows, so there is nothing to minimise; expected at least one; look at its"
                            + " filters and its path");
        }
        return head[0];
    }

    private Column weightColumn() {
        return weight == null ? functions.lit(1.0) : column(weight);
    }

    private static Column column(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    private long[] shaped(int width) {
        if (shape == null) {
            return new long[] {width};
        }
        if (LongStream.of(shape).reduce(1, Math::multiplyExact) != width) {
            throw new ShapeException("column '" + features + "' has " + width + " numbers in row 0, which do not have"
                    + " the shape " + Arrays.toString(shape) + "; change shape(...)");
        }
        return shape.clone();
    }

    private DataType require(String column, boolean mayBeArray) {
        StructField field = Arrays.stream(frame.schema().fields())
                .filter(f -> f.name().equals(column))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the data frame has no column '" + column
                        + "'; its columns are " + Arrays.toString(frame.columns())
                        + "; name others with features(...), target(...), labels(...) and weight(...)"));
        DataType type = field.dataType();
        boolean isArray = (type instanceof ArrayType array && array.elementType() instanceof NumericType)
                || type.typeName().equals("vector")
                || type.getClass().getSimpleName().equals("VectorUDT");
        if (!(type instanceof NumericType) && !(mayBeArray && isArray)) {
            throw new IllegalArgumentException("column '" + column + "' of the data frame is " + type.catalogString()
                    + "; expected " + (mayBeArray ? "an array of numbers, an ML vector, or a number" : "a number")
                    + "; convert it in Spark, for example with cast, StringIndexer or VectorAssembler");
        }
        return type;
    }

    private static boolean isWhole(DataType type) {
        return switch (type.typeName()) {
            case "byte", "short", "integer", "long" -> true;
            default -> false;
        };
    }
}
