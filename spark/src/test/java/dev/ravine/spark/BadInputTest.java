package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.spark.data.BadRowException;
import dev.ravine.spark.data.SparkData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Each error says where, what was expected, what was found, and what to do. */
class BadInputTest {
    private static final SparkModel MODEL =
            model(() -> new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 3)));

    private final SparkSession spark = Frames.session();

    private static SparkModel model(SparkModel.Maker<Sequential> net) {
        return new SparkModel(net, Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
    }

    private Dataset<Row> frame(DataType features, List<Row> rows) {
        StructType schema = new StructType().add("features", features).add("label", DataTypes.IntegerType);
        return spark.createDataFrame(new JavaSparkContext(spark.sparkContext()).parallelize(rows, 3), schema);
    }

    /** Twelve good rows; one of them is replaced. */
    private Dataset<Row> frameWith(int row, Row other) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add(i == row ? other : RowFactory.create(new double[] {i, 1}, i % 3));
        }
        return frame(DataTypes.createArrayType(DataTypes.DoubleType), rows);
    }

    private void build(SparkModel model, SparkData data) {
        SparkObjective objective = SparkObjective.of(spark.sparkContext(), model, data);
        try (objective) {
            objective.value(objective.theta(), Scope.all());
        }
    }

    private void requireError(SparkData data, Class<?> type, String message) {
        assertThatThrownBy(() -> build(MODEL, data)).isInstanceOf(type).hasMessage(message);
    }

    @Test
    void aColumnOfAnotherTypeIsNamed() {
        Dataset<Row> texts = frame(DataTypes.StringType, List.of(RowFactory.create("1,2", 0)));
        requireError(
                SparkData.of(texts),
                IllegalArgumentException.class,
                "column 'features' of the data frame is string; expected an array of numbers, an ML vector, or a"
                        + " number; convert it in Spark, for example with cast, StringIndexer or VectorAssembler");
    }

    @Test
    void aColumnThatIsNotThereIsNamed() {
        requireError(
                SparkData.of(frameWith(-1, null)).features("pixels"),
                IllegalArgumentException.class,
                "the data frame has no column 'pixels'; its columns are [features, label]; name others with"
                        + " features(...), target(...), labels(...) and weight(...)");
    }

    @Test
    void aShortRowIsNamed() {
        requireError(
                SparkData.of(frameWith(7, RowFactory.create(new double[] {1}, 0))),
                BadRowException.class,
                "row 7 of the data: column 'features' has 1 numbers; expected 2, as in row 0; pad, cut or drop such"
                        + " rows in Spark");
    }

    @Test
    void aNumberThatIsNotFiniteIsNamed() {
        requireError(
                SparkData.of(frameWith(10, RowFactory.create(new double[] {1, Double.NaN}, 0))),
                BadRowException.class,
                "row 10 of the data: column 'features' element 1 is NaN; expected a finite number; fill or drop it in"
                        + " Spark");
        requireError(
                SparkData.of(frameWith(0, RowFactory.create(new double[] {1e300, 0}, 0))),
                BadRowException.class,
                "row 0 of the data: column 'features' element 0 is 1.0E300, beyond FLOAT32; use FLOAT64, or scale the"
                        + " column in Spark");
    }

    private Dataset<Row> vectors(Vector... features) {
        List<Row> rows = new ArrayList<>();
        for (Vector each : features) {
            rows.add(RowFactory.create(each, 0));
        }
        return frame(SQLDataTypes.VectorType(), rows);
    }

    @Test
    void aVectorOfAnotherLengthOrWithNaNIsNamed() {
        requireError(
                SparkData.of(vectors(Vectors.dense(1, 2), Vectors.sparse(3, new int[] {1}, new double[] {4}))),
                BadRowException.class,
                "row 1 of the data: column 'features' has 3 numbers; expected 2, as in row 0; pad, cut or drop such"
                        + " rows in Spark");
        requireError(
                SparkData.of(vectors(Vectors.dense(1, 2), Vectors.dense(Double.NEGATIVE_INFINITY, 2))),
                BadRowException.class,
                "row 1 of the data: column 'features' element 0 is -Infinity; expected a finite number; fill or drop it"
                        + " in Spark");
    }

    @Test
    void aNumberOfAPartThatIsNotFiniteIsNamed() {
        SparkData parts = SparkData.of(
                new JavaSparkContext(spark.sparkContext()).parallelize(List.of("a.npy", "b.npy"), 2),
                part -> DataSet.of(
                        Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, 3, part.startsWith("b") ? Double.NaN : 4),
                        Arena.ofIntegers(0, 1)));
        requireError(
                parts,
                BadRowException.class,
                "row 1 of part b.npy of the data: element 1 of the features is NaN; expected a finite number; fill or"
                        + " drop it in the reader");
    }

    @Test
    void partsOfDifferentWidthAndPartsThatCannotBeReadAreNamed() {
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        SparkData wider = SparkData.of(
                context.parallelize(List.of(2, 3), 2),
                width -> DataSet.of(Arena.create(DType.FLOAT32, Shape.of(4, width)), Arena.ofIntegers(0, 1, 2, 0)));
        requireError(
                wider,
                IllegalArgumentException.class,
                "part 1 of the data has examples like FLOAT32 [3] with labels; expected FLOAT32 [2] with labels, as in"
                        + " part 0");
        SparkData missing = SparkData.of(context.parallelize(List.of("gone.npy"), 1), part -> {
            throw new java.nio.file.NoSuchFileException(part);
        });
        requireError(missing, ExecutorException.class, "part gone.npy of the data cannot be read: gone.npy");
        SparkData none = SparkData.of(context.parallelize(List.<String>of(), 1), part -> null);
        requireError(
                none,
                IllegalArgumentException.class,
                "there are no parts to read, so there is nothing to minimise; expected at least one");
    }

    @Test
    void aStatisticThatHoldsTensorsIsNamed() {
        Tensor held = Tensor.constant(DType.FLOAT32, Shape.of(1), 1);
        Statistic statistic = graph -> List.of(held);
        try (SparkObjective objective =
                SparkObjective.of(spark.sparkContext(), MODEL, SparkData.of(frameWith(-1, null)))) {
            INDArray mean = Arena.create(DType.FLOAT32, Shape.of(1));
            assertThatThrownBy(() -> objective.statistic(objective.theta(), Scope.all(), statistic, mean))
                    .isInstanceOf(ExecutorException.class)
                    .hasMessage("a task cannot be sent to executors, because dev.ravine.autodiff.Tensor is not"
                            + " serializable; expected a model, a reader or a statistic that captures what is:"
                            + " a statistic names tensors of its own in variables() and takes others in"
                            + " with(...)");
        }
    }

    @Test
    void anEmptyCellIsNamed() {
        requireError(
                SparkData.of(frameWith(5, RowFactory.create(null, 0))),
                BadRowException.class,
                "row 5 of the data: column 'features' is null; expected numbers; fill or drop it in Spark");
    }

    @Test
    void aLabelOutOfRangeIsNamed() {
        requireError(
                SparkData.of(frameWith(4, RowFactory.create(new double[] {1, 2}, 3)))
                        .labels("label", 3),
                BadRowException.class,
                "row 4 of the data: column 'label' is 3.0; expected a class number from 0 to 2; number the classes"
                        + " from 0, for example with StringIndexer");
        requireError(
                SparkData.of(frameWith(4, RowFactory.create(new double[] {1, 2}, -1))),
                BadRowException.class,
                "row 4 of the data: column 'label' is -1.0; expected a class number from 0 on; number the classes from"
                        + " 0, for example with StringIndexer");
    }

    private SparkData weighted(Double... weights) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            rows.add(RowFactory.create(new double[] {i, 1}, i % 3, weights[i]));
        }
        StructType schema = new StructType()
                .add("features", DataTypes.createArrayType(DataTypes.DoubleType))
                .add("label", DataTypes.IntegerType)
                .add("weight", DataTypes.DoubleType);
        return SparkData.of(spark.createDataFrame(rows, schema)).weight("weight");
    }

    @Test
    void weightsThatCannotBeUsedAreNamed() {
        for (double wild : new double[] {1e300, 1e-300}) {
            requireError(
                    weighted(1.0, 1.0, wild),
                    BadRowException.class,
                    "row 2 of the data: column 'weight' is " + wild
                            + ", beyond FLOAT32; use FLOAT64, or multiply all weights by one number");
        }
        for (double wild : new double[] {-1, Double.NaN}) {
            requireError(
                    weighted(1.0, wild),
                    BadRowException.class,
                    "row 1 of the data: column 'weight' is " + wild
                            + "; expected a weight that is finite and not negative");
        }
        requireError(
                weighted(0.0, 0.0, 0.0),
                IllegalArgumentException.class,
                "all 3 examples have the weight 0, so there is nothing to minimise");
    }

    @Test
    void aShapeWithoutNumbersIsRefused() {
        assertThatThrownBy(() -> SparkData.of(frameWith(-1, null)).shape(2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the size of an axis of each example must be at least 1, found -1");
    }

    @Test
    void aReaderThatFailsSaysWhy() {
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        requireError(
                SparkData.of(context.parallelize(List.of("a.npy"), 1), part -> null),
                ExecutorException.class,
                "part a.npy of the data: the reader returned null; expected a DataSet; leave parts without examples out"
                        + " of the parts");
        requireError(
                SparkData.of(context.parallelize(List.of("a.npy"), 1), part -> {
                    throw new java.io.EOFException();
                }),
                ExecutorException.class,
                "part a.npy of the data cannot be read: java.io.EOFException");
    }

    @Test
    void moreClassesThanOutputsAreRefused() {
        assertThatThrownBy(() -> build(MODEL, SparkData.of(frameWith(4, RowFactory.create(new double[] {1, 2}, 9)))))
                .hasMessageContaining("the labels run from 0 to 9, but the model has only 3 outputs");
    }

    @Test
    void noRowsAreRefused() {
        requireError(
                SparkData.of(frameWith(-1, null).filter("label > 7")),
                IllegalArgumentException.class,
                "the data frame has no rows, so there is nothing to minimise; expected at least one; look at its"
                        + " filters and its path");
    }

    @Test
    void aNetWhoseRowsMixIsRefused() {
        SparkModel mixing = model(() -> new Sequential(new Linear(2, 4), new BatchNorm(4), new Linear(4, 3)));
        assertThatThrownBy(() -> build(mixing, SparkData.of(frameWith(-1, null))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "an example's output depends on the other examples of its batch, in Sequential.1, so a batch"
                                + " cannot be cut into shards on executors; expected a net whose rows do not mix: use"
                                + " eval(), a normalization of single examples such as GroupNorm, or SupervisedObjective"
                                + " on one machine");
    }

    @Test
    void anotherBuildOnAnExecutorIsNamed() {
        BuildId driver = new BuildId(Map.of("ravine-core", "1a", "ravine-spark", "2b"));
        BuildId executor = new BuildId(Map.of("ravine-core", "1a", "ravine-spark", "3c"));
        assertThatThrownBy(() -> driver.requireSame(executor))
                .hasMessage("ravine-spark differs: the executor has 3c, expected 2b, as on the driver; give"
                        + " executors the driver's jars, with spark-submit --jars, and remove others from"
                        + " spark.executor.extraClassPath");
        BuildId.here().requireSame(BuildId.here());
    }

    @Test
    void missingNativesAreNamed() {
        SparkModel without = model(() -> {
            if (TaskContext.get() != null) {
                throw new UnsatisfiedLinkError("no jnind4jcpu in java.library.path");
            }
            return new Sequential(new Linear(2, 3));
        });
        assertThatThrownBy(() -> build(without, SparkData.of(frameWith(-1, null))))
                .isInstanceOf(ExecutorException.class)
                .hasMessageStartingWith("executor driver at 127.0.0.1: Ravine's native libraries cannot be loaded for ")
                .hasMessageContaining("no jnind4jcpu in java.library.path")
                .hasMessageContaining(
                        "expected nd4j-native, openblas and javacpp with the classifier of this platform");
    }

    @Test
    void aNetThatIsMadeOtherwiseOnExecutorsIsNamed() {
        SparkModel wider = model(() -> new Sequential(new Linear(2, TaskContext.get() == null ? 3 : 4)));
        assertThatThrownBy(() -> build(wider, SparkData.of(frameWith(-1, null))))
                .hasMessage("executor driver at 127.0.0.1: the net that was made on the executor has the parameters"
                        + " [0.weight [2, 4], 0.bias [4]]; expected [0.weight [2, 3], 0.bias [3]], as on the driver;"
                        + " SparkModel must make the same net each time, from what it captures alone");
        SparkModel other = model(() ->
                new Sequential(new Linear(2, 3), TaskContext.get() == null ? Activation.tanh() : Activation.relu()));
        assertThatThrownBy(() -> build(other, SparkData.of(frameWith(-1, null))))
                .hasMessageContaining("computes other operations than the driver's");
    }
}
