package dev.ravine.spark;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.spark.data.SparkData;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kronecker factors from one, two and three executors, each a process of its own, have the bits of one machine. */
@Timeout(value = 6, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KroneckerTest {
    private static final DataSet SPIRALS =
            Generators.spirals(180, 3, 0.1, 1).as(DType.FLOAT32).withWeights(weights(180));
    private static final SparkModel MODEL = new SparkModel(
            () -> new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 3)),
            Loss::softmaxCrossEntropy,
            DType.FLOAT32,
            2);
    private static final List<Supplier<Optimizer>> OPTIMIZERS = List.of(
            () -> Kfac.builder().build(),
            () -> Kfac.builder().correctEigenvalues().build());

    @RegisterExtension
    static final LocalCluster CLUSTER = new LocalCluster(3);

    private static double[] weights(int count) {
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = 0.5 * (i % 4);
        }
        return weights;
    }

    @AfterEach
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void stopSession() {
        Frames.stop();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stepsAreThoseOfOneMachine(int executors) {
        SparkSession spark = CLUSTER.home().session(executors);
        SparkData data = SparkData.of(Frames.of(spark, SPIRALS, 3)).weight("weight");
        for (Supplier<Optimizer> optimizer : OPTIMIZERS) {
            try (SparkObjective far = SparkObjective.builder(spark.sparkContext(), MODEL, data)
                            .shardSize(50)
                            .build();
                    SupervisedObjective machine = SupervisedObjective.builder(
                                    Pairs.twin(MODEL), Loss.softmaxCrossEntropy(), SPIRALS)
                            .shardSize(50)
                            .build()) {
                Pairs.requireSameSteps(optimizer, far, machine, 4);
            }
        }
    }
}
