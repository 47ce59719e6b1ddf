package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.spark.data.SparkData;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.ndarray.INDArray;
import scala.jdk.javaapi.CollectionConverters;

/** Interrupts, sessions that stop, objectives that are closed, and errors that would end an executor. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {
    private static final DataSet SPIRALS = Generators.spirals(60, 3, 0.1, 1);

    private static final AtomicInteger READINGS = new AtomicInteger();

    private final SparkSession spark = Frames.session();

    private static SparkModel model(SparkModel.Maker<Module> net) {
        return new SparkModel(net, Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
    }

    private static Module net() {
        return new Sequential(new Linear(2, 3));
    }

    private SparkObjective objective(SparkModel.Maker<Module> net) {
        return SparkObjective.builder(spark.sparkContext(), model(net), SparkData.of(spark.sparkContext(), SPIRALS))
                .shardSize(20)
                .build();
    }

    private static INDArray ones() {
        return Arena.create(DType.FLOAT32, Shape.of(9)).addi(1);
    }

    /** A net for executors which says that it is being made, and waits until it may be. */
    private static final class Gate {
        private static volatile CountDownLatch begun;
        private static volatile CountDownLatch open;

        static Module net() {
            if (TaskContext.get() != null) {
                begun.countDown();
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("the task was interrupted", e);
                }
            }
            return FaultsTest.net();
        }
    }

    @Test
    void anInterruptLeavesJobsWholeAndIsKept() throws Exception {
        double expected;
        try (SparkObjective objective = objective(FaultsTest::net)) {
            expected = objective.value(objective.theta(), Scope.all());
        }
        Gate.begun = new CountDownLatch(1);
        Gate.open = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        Thread other = new Thread(() -> {
            try {
                Gate.begun.await();
                caller.interrupt();
                while (caller.isInterrupted()) { // until the wait has seen it
                    Thread.sleep(1);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                Gate.open.countDown();
            }
        });
        try (SparkObjective objective = objective(Gate::net)) {
            other.start();
            assertThat(objective.value(objective.theta(), Scope.all())).isEqualTo(expected);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            // The rest of the step, with the interrupt set.
            INDArray out = ones();
            assertThat(objective.gradient(objective.theta(), Scope.of(41, 3, 7), out))
                    .isPositive();
            try (Linearization linearization = objective.linearize(objective.theta(), Scope.all())) {
                linearization.product(Curvature.GAUSS_NEWTON, ones(), out);
            }
            assertThat(Thread.interrupted()).isTrue();
        }
        other.join();
        assertThat(spark.sparkContext().statusTracker().getActiveJobIds()).isEmpty();
    }

    @Test
    void aClosedObjectiveComputesNoProducts() {
        SparkObjective objective = objective(FaultsTest::net);
        Linearization linearization = objective.linearize(objective.theta(), Scope.all());
        objective.close();
        objective.close();
        INDArray out = ones();
        assertThatThrownBy(() -> linearization.product(Curvature.GAUSS_NEWTON, ones(), out))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the objective is closed; use it before it is closed, or make another one");
        linearization.close();
        assertThat(Engines.count()).isZero();
        assertThat(spark.sparkContext().getPersistentRDDs().size()).isZero();
    }

    @Test
    void aSessionThatWasStoppedIsNamedAndNothingElseFails() {
        SparkObjective objective = objective(FaultsTest::net);
        INDArray theta = objective.theta();
        objective.value(theta, Scope.of(50, 2));
        Linearization linearization = objective.linearize(theta, Scope.all());
        Frames.stop();
        INDArray out = ones();
        for (Runnable use : new Runnable[] {
            () -> objective.value(theta, Scope.all()),
            () -> linearization.product(Curvature.GAUSS_NEWTON, ones(), out),
            () -> objective.linearize(theta, Scope.all())
        }) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Spark's session has been stopped; expected one that runs until the objective is"
                            + " closed; start a session and make another objective, which may go on from a checkpoint");
        }
        linearization.close();
        objective.close();
    }

    private void requireFailure(Supplier<Error> error, String message) {
        SparkModel.Maker<Module> failing = failing(error.get());
        try (SparkObjective objective = objective(failing)) {
            assertThatThrownBy(() -> objective.value(objective.theta(), Scope.all()))
                    .isInstanceOf(ExecutorException.class)
                    .hasMessage("executor driver at 127.0.0.1: " + message);
        }
    }

    private static SparkModel.Maker<Module> failing(Error error) {
        return () -> {
            if (TaskContext.get() != null) {
                throw error;
            }
            return net();
        };
    }

    @Test
    void errorsThatWouldEndAnExecutorComeBack() {
        requireFailure(
                () -> new OutOfMemoryError("Physical memory usage is too high"),
                "no memory is left (Physical memory usage is too high); expected room for the activations of a shard,"
                        + " and of all shards of a linearization: take smaller shards with shardSize(n) or curvature"
                        + " from fewer examples, or give executors more, by spark.executor.memory for Java's heap and"
                        + " spark.executor.memoryOverhead for native memory");
        requireFailure(
                () -> new NoClassDefFoundError("com/example/MyLayer"),
                "a class cannot be loaded or initialized on the executor (java.lang.NoClassDefFoundError:"
                        + " com/example/MyLayer); expected the driver's classes there, and initializers that need"
                        + " nothing of the driver; give executors the jar of this class, with spark-submit --jars or in"
                        + " a jar of all dependencies");
        requireFailure(
                () -> new ExceptionInInitializerError(new IllegalStateException("no file")),
                "a class cannot be loaded or initialized on the executor (java.lang.ExceptionInInitializerError,"
                        + " because of java.lang.IllegalStateException: no file); expected the driver's classes there,"
                        + " and initializers that need nothing of the driver; give executors the jar of this class,"
                        + " with spark-submit --jars or in a jar of all dependencies");
        requireFailure(() -> new AssertionError("odd"), "java.lang.AssertionError: odd");
    }

    @Test
    void aMakerThatReturnsNullOrAnotherNetIsNamed() {
        assertThatThrownBy(() -> objective(() -> null))
                .hasMessage("SparkModel's code for the net returned null; expected a new net each time");
        Module wide = new Sequential(new Linear(2, 4));
        wide.initialize(DType.FLOAT32, 1);
        SparkObjective.Builder builder = SparkObjective.builder(
                        spark.sparkContext(), model(FaultsTest::net), SparkData.of(spark.sparkContext(), SPIRALS))
                .module(wide);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the net of module(net) has the parameters [0.weight [2, 4], 0.bias [4]] of FLOAT32;"
                        + " expected [0.weight [2, 3], 0.bias [3]] of FLOAT32, which the code of SparkModel makes; give"
                        + " a net that the same code has made");
    }

    /** Executors lose what they kept, so the source is read again, and is another one. */
    @Test
    void aSourceThatChangesIsRefused() {
        READINGS.set(0);
        SparkData data = SparkData.of(
                new JavaSparkContext(spark.sparkContext()).parallelize(List.of(0, 30), 2),
                from -> READINGS.get() == 0
                        ? SPIRALS.range(from, from + 30)
                        : Generators.spirals(60, 3, 0.1, 2).range(from, from + 30));
        try (SparkObjective objective = SparkObjective.builder(spark.sparkContext(), model(FaultsTest::net), data)
                .shardSize(20)
                .build()) {
            double expected = objective.value(objective.theta(), Scope.all());
            loseAll();
            assertThat(objective.value(objective.theta(), Scope.all())).isEqualTo(expected);
            READINGS.set(1);
            loseAll();
            for (Scope scope : new Scope[] {Scope.all(), Scope.of(50, 2)}) {
                assertThatThrownBy(() -> objective.value(objective.theta(), scope))
                        .isInstanceOf(ExecutorException.class)
                        .hasMessageMatching("rows [0-9]+ to [0-9]+ of the data have other numbers than before: the"
                                + " source gave other rows when it was read again; store it first, or order it by a"
                                + " unique key");
            }
        }
    }

    /** What an executor keeps: blocks, and the files of shuffles. */
    private void loseAll() {
        for (Object rdd : CollectionConverters.asJava(spark.sparkContext().getPersistentRDDs())
                .values()) {
            SparkEnv.get().blockManager().removeRdd(((RDD<?>) rdd).id());
        }
        MapOutputTrackerMaster outputs = (MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker();
        for (Object shuffle :
                CollectionConverters.asJava(outputs.shuffleStatuses().keys().toSeq())) {
            outputs.unregisterAllMapAndMergeOutput((Integer) shuffle);
        }
    }

    @Test
    void aRowThatIsNotThereIsNamed() {
        try (SparkObjective objective = objective(FaultsTest::net)) {
            assertThatThrownBy(() -> objective.value(objective.theta(), Scope.of(3, 60)))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("data set: row 60 at position 1 is outside of 0..59");
        }
    }
}
