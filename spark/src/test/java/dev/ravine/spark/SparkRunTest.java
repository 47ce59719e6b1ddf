package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.Trainer;
import dev.ravine.spark.data.SparkData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs, and what changes in the middle of one. */
class SparkRunTest {
    private static final DataSet SPIRALS = Generators.spirals(90, 3, 0.1, 1);
    private static final SparkModel MODEL = new SparkModel(
            () -> new Sequential(new Linear(2, 6), Activation.tanh(), new Dropout(0.25), new Linear(6, 3)),
            Loss::softmaxCrossEntropy,
            DType.FLOAT32,
            2);

    private final SparkSession spark = Frames.session();

    private SparkObjective onCluster(DataSet data) {
        return SparkObjective.builder(spark.sparkContext(), MODEL, SparkData.of(Frames.of(spark, data, 3)))
                .shardSize(25)
                .build();
    }

    private static SupervisedObjective onMachine(Module net, DataSet data) {
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data.as(DType.FLOAT32))
                .shardSize(25)
                .build();
    }

    private static double[] train(Module net, ModelObjective objective, int steps, Path folder) throws IOException {
        return train(net, objective, steps, new CheckpointFolder(folder, 2));
    }

    private static double[] train(Module net, ModelObjective objective, int steps, CheckpointFolder folder)
            throws IOException {
        try (Optimizer adam = Adam.builder().batchSize(40).build()) {
            Trainer.builder(net, objective)
                    .optimizer(adam)
                    .budget(Budget.steps(steps))
                    .checkpoints(folder, 2)
                    .build()
                    .train();
        }
        return Arena.toDoubles(objective.theta());
    }

    @Test
    void aRunGoesOnFromACheckpointOfEitherKind(@TempDir Path folder) throws IOException {
        Module net = MODEL.initialized();
        double[] straight;
        try (SupervisedObjective machine = onMachine(net, SPIRALS)) {
            straight = train(net, machine, 6, folder.resolve("straight"));
        }
        try (SparkObjective cluster = onCluster(SPIRALS)) {
            train(cluster.module(), cluster, 2, folder.resolve("parts"));
        }
        Module other = MODEL.initialized();
        try (SupervisedObjective machine = onMachine(other, SPIRALS)) {
            train(other, machine, 4, folder.resolve("parts"));
        }
        try (SparkObjective cluster = onCluster(SPIRALS)) {
            assertThat(train(cluster.module(), cluster, 6, folder.resolve("parts")))
                    .isEqualTo(straight);
        }
    }

    /** Three drivers after one another, each of which has lost the disk of the one before. */
    @Test
    void aRunGoesOnFromAFolderOfHadoop(@TempDir Path folder) throws IOException {
        double[] straight;
        try (SparkObjective cluster = onCluster(SPIRALS)) {
            straight = train(cluster.module(), cluster, 6, folder.resolve("straight"));
        }
        String address = "file:" + folder.resolve("hadoop/run");
        for (int steps : new int[] {2, 5, 6}) {
            try (SparkObjective cluster = onCluster(SPIRALS)) {
                CheckpointFolder checkpoints = HadoopCheckpoints.at(spark.sparkContext(), address, 2);
                double[] theta = train(cluster.module(), cluster, steps, checkpoints);
                assertThat(steps < 6 || Arrays.equals(theta, straight)).isTrue();
            }
        }
        try (Stream<Path> files = Files.list(folder.resolve("hadoop/run"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".crc")))
                    .containsExactlyInAnyOrder("step-000000005.safetensors", "step-000000006.safetensors");
        }
    }

    @Test
    void aFileSystemThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> HadoopCheckpoints.at(spark.sparkContext(), "nofs://host/run", 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("nofs://host/run: no file system of Hadoop there (")
                .hasMessageEndingWith("expected an address such as hdfs://HOST/runs/digits or file:/runs/digits");
    }

    @Test
    void executorsFollowModesAndFrozenParameters() {
        Module twin = MODEL.initialized();
        try (SparkObjective cluster = onCluster(SPIRALS);
                SupervisedObjective machine = onMachine(twin, SPIRALS)) {
            Scope scope = Scope.all().withNoise(4);
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), scope);
            for (Module net : new Module[] {cluster.module(), twin}) {
                net.namedParameters().get("0.weight").freeze();
            }
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), scope);
            cluster.module().eval();
            twin.eval();
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), scope);
            assertThat(cluster.trainable()).isEqualTo(machine.trainable());
        }
    }

    @Test
    void theFirstNumberThatIsNotFiniteIsNamedAlike() {
        double[] numbers = Arena.toDoubles(SPIRALS.as(DType.FLOAT64).features());
        numbers[2 * 71] = 3e38;
        numbers[2 * 71 + 1] = 3e38;
        DataSet wild = DataSet.of(Arena.of(DType.FLOAT32, dev.ravine.core.Shape.of(90, 2), numbers), SPIRALS.targets());
        Module twin = MODEL.initialized();
        twin.eval();
        try (SparkObjective cluster = onCluster(wild);
                SupervisedObjective machine = onMachine(twin, wild)) {
            cluster.module().eval();
            dev.ravine.core.kernels.Vectors.fill(machine.theta(), 3);
            for (Scope scope : new Scope[] {Scope.all(), Scope.of(5, 80, 71, 2)}) {
                Optional<String> expected = machine.firstNonFinite(machine.theta(), scope);
                assertThat(expected.orElseThrow()).contains("row 71 of the data");
                assertThat(cluster.firstNonFinite(machine.theta(), scope)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aStepThatSparkDominatesSaysSoOnce() {
        try (SparkObjective cluster = onCluster(SPIRALS)) {
            assertThat(cluster.roundTimes().overhead()).isNaN();
            for (int i = 0; i < 30; i++) {
                cluster.value(cluster.theta(), Scope.all());
            }
            assertThat(cluster.roundTimes().overhead()).isPositive();
            assertThat(cluster.roundTimes().arithmetic()).isPositive();
            assertThat(cluster.roundTimes().hasWarned())
                    .isEqualTo(cluster.roundTimes().overhead()
                            > cluster.roundTimes().arithmetic());
        }
    }

    @Test
    void jobsAreNamedByOptimizerAndStep() throws Exception {
        Set<String> groups = ConcurrentHashMap.newKeySet();
        SparkListener listener = new SparkListener() {
            @Override
            public void onJobStart(SparkListenerJobStart job) {
                groups.add(String.valueOf(job.properties().getProperty("spark.jobGroup.id")));
            }
        };
        spark.sparkContext().addSparkListener(listener);
        try (SparkObjective cluster = onCluster(SPIRALS);
                Optimizer hf =
                        dev.ravine.optim.newton.HessianFree.builder().damping(1).build()) {
            Trainer.builder(cluster.module(), cluster)
                    .optimizer(hf)
                    .budget(Budget.steps(2))
                    .listener(cluster.jobNames())
                    .build()
                    .train();
            for (int i = 0; i < 100 && !groups.contains(hf.name() + " step 2, product 2"); i++) {
                Thread.sleep(50);
            }
            assertThat(groups)
                    .contains(
                            hf.name() + " step 1, product 1",
                            hf.name() + " step 2, product 2",
                            hf.name() + " step 1, value");
        } finally {
            spark.sparkContext().removeSparkListener(listener);
        }
        assertThat(spark.sparkContext().getLocalProperty("spark.jobGroup.id")).isNull();
    }

    @Test
    void aClosedObjectiveLeavesNothingOnExecutors() {
        SparkObjective cluster = onCluster(SPIRALS);
        cluster.value(cluster.theta(), Scope.all());
        assertThat(cluster.bytesOnExecutors()).isPositive();
        int before = Engines.count();
        cluster.close();
        assertThat(before).isPositive();
        assertThat(Engines.count()).isZero();
        assertThat(spark.sparkContext().getPersistentRDDs().size()).isZero();
        assertThatThrownBy(() -> cluster.value(cluster.theta(), Scope.all())).isInstanceOf(IllegalStateException.class);
    }
}
