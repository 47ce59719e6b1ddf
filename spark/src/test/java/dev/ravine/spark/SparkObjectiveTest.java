package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.leastsquares.BayesianRegularization;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SquaredErrors;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.spark.data.SparkData;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every number of an objective on a cluster is that of one machine, to the bit. */
class SparkObjectiveTest {
    private static final DataSet SPIRALS = Generators.spirals(270, 3, 0.1, 1);

    private final SparkSession spark = Frames.session();

    private static SparkModel model(DType dtype) {
        return new SparkModel(
                () -> new Sequential(new Linear(2, 7), Activation.tanh(), new Dropout(0.2), new Linear(7, 3)),
                Loss::softmaxCrossEntropy,
                dtype,
                5);
    }

    private SparkObjective.Builder cluster(SparkModel model, DataSet data, int partitions) {
        return SparkObjective.builder(spark.sparkContext(), model, SparkData.of(Frames.of(spark, data, partitions)));
    }

    @EachFloatType
    void numbersOfAFullPassAreThoseOfOneMachine(DType dtype) {
        SparkModel model = model(dtype);
        try (SparkObjective cluster =
                        cluster(model, SPIRALS, 3).shardSize(40).l2(0.01).build();
                SupervisedObjective machine = SupervisedObjective.builder(
                                Pairs.twin(model), Loss.softmaxCrossEntropy(), SPIRALS.as(dtype))
                        .shardSize(40)
                        .l2(0.01)
                        .build()) {
            Pairs.requireSameNumbers(
                    cluster, machine, machine.theta(), Scope.all().withNoise(3));
            assertThat(cluster.cost()).isEqualTo(machine.cost());
            assertThat(cluster.settings()).isEqualTo(machine.settings());
            assertThat(cluster.graphText()).isEqualTo(machine.graphText());
        }
    }

    /** The noise of squared errors, which Bayesian regularization weighs against L2, is known on the cluster, too. */
    @EachFloatType
    void bayesianRegularizationIsThatOfOneMachine(DType dtype) {
        double[] sums = new double[SPIRALS.size()];
        Arrays.setAll(sums, i -> Math.sin(0.1 * i));
        DataSet curve = DataSet.of(
                SPIRALS.as(DType.FLOAT64).features(), Arena.of(DType.FLOAT64, Shape.of(SPIRALS.size(), 1), sums));
        SparkModel model = new SparkModel(
                () -> new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 1)),
                Loss::meanSquaredError,
                dtype,
                2);
        try (SparkObjective cluster = cluster(model, curve, 3).shardSize(100).build();
                SupervisedObjective machine = SupervisedObjective.builder(
                                Pairs.twin(model), Loss.meanSquaredError(), curve.as(dtype))
                        .shardSize(100)
                        .build()) {
            assertThat(cluster.squaredErrors()).contains(new SquaredErrors(270, 1.0 / 270));
            Pairs.requireSameSteps(() -> BayesianRegularization.builder().build(), cluster, machine, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 50})
    void numbersDoNotDependOnPartitions(int partitions) {
        SparkModel model = model(DType.FLOAT64);
        try (SparkObjective cluster = cluster(model, SPIRALS, 7)
                        .shardSize(20)
                        .partitions(partitions)
                        .build();
                SupervisedObjective machine = SupervisedObjective.builder(
                                Pairs.twin(model), Loss.softmaxCrossEntropy(), SPIRALS.as(DType.FLOAT64))
                        .shardSize(20)
                        .build()) {
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), Scope.all());
            // Shuffled, with a repeated row; then a chunk that wraps around.
            Scope some = Scope.of(200, 3, 17, 88, 3, 269, 0, 41).withNoise(9);
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), some);
            Scope chunk = Scope.all().part(230, 130, 270);
            Pairs.requireSameNumbers(cluster, machine, machine.theta(), chunk);
        }
    }

    private static final Map<String, Supplier<Optimizer>> OPTIMIZERS = Map.of(
            "sgd",
                    () -> Sgd.builder()
                            .learningRate(0.1)
                            .momentum(0.9)
                            .batchSize(32)
                            .build(),
            "adam", () -> Adam.builder().batchSize(16).build(),
            "hf", () -> HessianFree.builder().damping(1).build(),
            "lbfgs", () -> Lbfgs.builder().build(),
            "exact-newton", () -> ExactNewton.builder().build(),
            "kfac", () -> Kfac.builder().build(),
            "ekfac", () -> Kfac.builder().correctEigenvalues().build());

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adam", "hf", "lbfgs", "exact-newton", "kfac", "ekfac"})
    void stepsAreThoseOfOneMachine(String optimizer) {
        SparkModel model = new SparkModel(
                () -> new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3)),
                Loss::softmaxCrossEntropy,
                DType.FLOAT32,
                2);
        try (SparkObjective cluster = cluster(model, SPIRALS, 3).shardSize(100).build();
                SupervisedObjective machine = SupervisedObjective.builder(
                                Pairs.twin(model), Loss.softmaxCrossEntropy(), SPIRALS.as(DType.FLOAT32))
                        .shardSize(100)
                        .build()) {
            Pairs.requireSameSteps(OPTIMIZERS.get(optimizer), cluster, machine, 3);
        }
    }
}
