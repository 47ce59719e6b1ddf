package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.spark.data.SparkData;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A master and two workers, each a process of its own: the bits of one machine, also while executors are killed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterTest {
    private static final DataSet SPIRALS = Generators.spirals(240, 3, 0.1, 1);

    private static final Map<String, Supplier<Optimizer>> OPTIMIZERS = Map.of(
            "sgd",
                    () -> Sgd.builder()
                            .learningRate(0.1)
                            .momentum(0.9)
                            .batchSize(60)
                            .build(),
            "adam", () -> Adam.builder().batchSize(60).build(),
            "hf", () -> HessianFree.builder().damping(1).build(),
            "lbfgs", () -> Lbfgs.builder().build(),
            "exact-newton", () -> ExactNewton.builder().build());

    @RegisterExtension
    static final LocalCluster CLUSTER = new LocalCluster(2);

    private static SparkSession spark;

    @BeforeAll
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    static void start() {
        spark = CLUSTER.home().session(SparkHome.classPath(), "512m");
    }

    private static SparkModel model(DType dtype) {
        return new SparkModel(
                () -> new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 3)),
                Loss::softmaxCrossEntropy,
                dtype,
                2);
    }

    private static SparkObjective onCluster(SparkModel model) {
        return SparkObjective.builder(spark.sparkContext(), model, SparkData.of(Frames.of(spark, SPIRALS, 4)))
                .shardSize(60)
                .partitions(4)
                .build();
    }

    private static SupervisedObjective onMachine(SparkModel model) {
        return SupervisedObjective.builder(Pairs.twin(model), Loss.softmaxCrossEntropy(), SPIRALS.as(model.dtype()))
                .shardSize(60)
                .build();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void stepsOfEveryOptimizerAreThoseOfOneMachine(DType dtype) {
        SparkModel model = model(dtype);
        OPTIMIZERS.forEach((name, optimizer) -> {
            try (SparkObjective far = onCluster(model);
                    SupervisedObjective machine = onMachine(model)) {
                Pairs.requireSameSteps(optimizer, far, machine, 2);
            }
        });
    }

    @Test
    void killedExecutorsChangeNoBit() {
        requireSameBitsWithKills(3);
    }

    @Test
    @Tag("long")
    void tenKilledExecutorsChangeNoBit() {
        requireSameBitsWithKills(10);
    }

    /** In each step an executor is killed while a product is computed; Spark starts another one. */
    private static void requireSameBitsWithKills(int kills) {
        SparkModel model = model(DType.FLOAT64);
        Killer killer = new Killer(CLUSTER.home(), new Random(7));
        spark.sparkContext().addSparkListener(killer);
        try (SparkObjective far = onCluster(model);
                SupervisedObjective machine = onMachine(model);
                Optimizer one = HessianFree.builder().damping(1).build();
                Optimizer other = HessianFree.builder().damping(1).build()) {
            for (int step = 0; step < 3 * kills && killer.kills() < kills; step++) {
                killer.arm();
                double found = one.step(far, far.theta()).loss();
                assertThat(found)
                        .as("loss of step " + step)
                        .isEqualTo(other.step(machine, machine.theta()).loss());
                assertThat(dev.ravine.core.Arena.toDoubles(far.theta()))
                        .isEqualTo(dev.ravine.core.Arena.toDoubles(machine.theta()));
            }
        } finally {
            spark.sparkContext().removeSparkListener(killer);
        }
        assertThat(killer.kills()).isEqualTo(kills);
    }
}
