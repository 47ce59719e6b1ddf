package dev.ravine.optim.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;

class MemoryLimitTest {
    private static final DataSet MOONS = Generators.twoMoons(3000, 0.1, 1).as(DType.FLOAT64);
    private static final Loss LOSS = Loss.softmaxCrossEntropy();

    private static Sequential net() {
        var net = new Sequential(
                new Linear(2, 64), new LayerNorm(64), Activation.tanh(), new Dropout(0.1), new Linear(64, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    private static long nativeBytes() {
        return Nd4jCpu.Environment.getInstance().getDeviceCounter(0);
    }

    private static INDArray vector(SupervisedObjective objective) {
        return Arena.create(DType.FLOAT64, Shape.of(objective.size()));
    }

    private static double[] gradient(long limit, int threads) {
        try (Workers workers = new Workers(threads);
                SupervisedObjective objective = SupervisedObjective.builder(net(), LOSS, MOONS)
                        .memoryLimit(limit)
                        .workers(workers)
                        .build()) {
            INDArray out = vector(objective);
            objective.gradient(objective.theta(), Scope.all(), out);
            assertThat(objective.bytes()).isLessThanOrEqualTo(limit);
            return Arena.toDoubles(out);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {500_000, 2_000_000, 20_000_000})
    void scopesAreSplitSoThatTheyFit(long limit) {
        double[] expected = gradient(Long.MAX_VALUE, 1);
        double[] found = gradient(limit, 1);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-13));
        }
        assertThat(gradient(limit, 3)).isEqualTo(found);
    }

    /** A tenth is what planning may find to share at one size and not at another, and ND4J's own small blocks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 1000})
    void whatGradientsTakeIsKnownToATenth(int rows) {
        Sequential net = net();
        ShardedModel source = new ShardedModel(net, LOSS, MOONS, net.parameterVector());
        ShardMemory memory = new ShardMemory(source);
        long expected = memory.ofInputs(rows) + memory.ofGradient(rows, null);
        INDArray theta = net.parameterVector().array();
        long before = nativeBytes();
        try (Shard shard = new Shard(source, Shard.Kind.plain(rows), theta, theta)) {
            shard.load(Scope.all().rows(MOONS.size()), 0, 0);
            assertThat(shard.gradient().size())
                    .isEqualTo((int) net.parameterVector().size());
            assertThat(shard.linearization().bytes()).isBetween((long) (expected * 0.9), (long) (expected * 1.1));
            // no lower bound: the counter is the process's, and falls when arrays of other tests are collected
            assertThat(nativeBytes() - before).isLessThan((long) (expected * 1.1) + 50_000);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Curvature.class, mode = EnumSource.Mode.EXCLUDE, names = "STRUCTURAL")
    void whatProductsTakeIsKnownToATenth(Curvature curvature) {
        Sequential net = net();
        ShardedModel source = new ShardedModel(net, LOSS, MOONS, net.parameterVector());
        ShardMemory memory = new ShardMemory(source);
        long expected = memory.ofInputs(1000) + memory.ofProduct(1000, curvature, false);
        INDArray theta = net.parameterVector().array();
        try (Shard shard = new Shard(source, Shard.Kind.plain(1000), theta, Arena.copyOf(theta))) {
            shard.load(Scope.all().rows(MOONS.size()), 0, 0);
            assertThat(shard.product(curvature, 0).size())
                    .isEqualTo((int) net.parameterVector().size());
            assertThat(shard.linearization().bytes()).isBetween((long) (expected * 0.9), (long) (expected * 1.1));
        }
    }

    /** With 60 shards of 50 examples; the small limit keeps a few of them, and the others are computed again. */
    @ParameterizedTest
    @EnumSource(value = Curvature.class, mode = EnumSource.Mode.EXCLUDE, names = "STRUCTURAL")
    void whatIsNotKeptIsComputedAgainWithTheSameBits(Curvature curvature) {
        Products all = products(curvature, Long.MAX_VALUE, 1);
        Products some = products(curvature, 4_000_000, 1);
        assertThat(Arrays.mismatch(some.numbers, all.numbers)).isEqualTo(-1);
        assertThat(some.bytes).isLessThanOrEqualTo(4_000_000).isLessThan(all.bytes / 3);
        assertThat(some.cost).isGreaterThan(all.cost * 5 / 4).isLessThan(all.cost * 2);
        assertThat(Arrays.equals(products(curvature, 4_000_000, 3).numbers, all.numbers))
                .isTrue();
    }

    /**
     * What a linearization says.
     *
     * @param bytes of the objective afterwards
     * @param cost of all work
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Products(double[] numbers, long bytes, double cost) {}

    /** Three products, two of which overwrite their vector, loss, gradient and forms; shards of 49 and of 50 examples. */
    private static Products products(Curvature curvature, long limit, int threads) {
        Scope scope = Scope.all().part(0, 2990, MOONS.size());
        try (Workers workers = new Workers(threads);
                SupervisedObjective objective = SupervisedObjective.builder(net(), LOSS, MOONS)
                        .shardSize(50)
                        .memoryLimit(limit)
                        .workers(workers)
                        .build();
                Linearization linearization = objective.linearize(objective.theta(), scope)) {
            INDArray out = vector(objective);
            DoubleStream.Builder numbers = DoubleStream.builder();
            linearization.product(curvature, objective.theta(), out);
            for (int i = 0; i < 2; i++) {
                linearization.product(curvature, out, out);
            }
            Arrays.stream(Arena.toDoubles(out)).forEach(numbers::add);
            numbers.add(linearization.value());
            linearization.gradient(out);
            Arrays.stream(Arena.toDoubles(out)).forEach(numbers::add);
            double[][] forms = linearization.forms(curvature, List.of(objective.theta(), out));
            Arrays.stream(forms).flatMapToDouble(Arrays::stream).forEach(numbers::add);
            return new Products(
                    numbers.build().toArray(),
                    objective.bytes(),
                    objective.work().gradients());
        }
    }

    @Test
    void whatIsNotKeptCannotBeComputedAgainAfterTheNetChanged() {
        Sequential net = net();
        try (SupervisedObjective objective = SupervisedObjective.builder(net, LOSS, MOONS)
                        .shardSize(50)
                        .memoryLimit(4_000_000)
                        .build();
                Linearization linearization = objective.linearize(objective.theta(), Scope.all())) {
            INDArray out = vector(objective);
            net.eval();
            objective.value(objective.theta(), Scope.all());
            assertThatThrownBy(() -> linearization.product(Curvature.GAUSS_NEWTON, objective.theta(), out))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("changed after this linearization was made")
                    .hasMessageContaining("make a new linearization");
            try (Linearization another = objective.linearize(objective.theta(), Scope.all())) {
                another.product(Curvature.GAUSS_NEWTON, objective.theta(), out);
            }
        }
    }

    @Test
    void aLinearizationOfWhichNotEvenOneShardFitsIsRefusedBeforeItTakesMemory() {
        long limit = 20_000;
        try (SupervisedObjective objective = SupervisedObjective.builder(net(), LOSS, MOONS)
                .memoryLimit(limit)
                .build()) {
            INDArray out = vector(objective);
            long before = nativeBytes();
            try (Linearization all = objective.linearize(objective.theta(), Scope.all())) {
                assertThatThrownBy(() -> all.product(Curvature.HESSIAN, objective.theta(), out))
                        .isInstanceOf(MemoryLimitException.class)
                        .hasMessageContaining("HESSIAN products of a linearization, ")
                        .hasMessageContaining("allowed are 20000, of which")
                        .hasMessageContaining("raise memoryLimit, or use a smaller model or fewer examples");
                assertThat(nativeBytes() - before).isLessThan(limit);
            }
            assertThat(objective.value(objective.theta(), Scope.all())).isFinite();
        }
    }

    @Test
    void aLimitThatIsTooSmallForOneExampleIsRefusedAtOnce() {
        assertThatThrownBy(() -> SupervisedObjective.builder(net(), LOSS, MOONS)
                        .memoryLimit(1000)
                        .build())
                .isInstanceOf(MemoryLimitException.class)
                .hasMessageContaining("value and gradient of 1 examples at once: needs ")
                .hasMessageContaining("allowed are 1000");
        assertThatThrownBy(() -> SupervisedObjective.builder(net(), LOSS, MOONS).memoryLimit(0))
                .hasMessageContaining("found 0");
    }

    @Test
    void trainingKeepsWithinTheLimit() throws IOException {
        try (HessianFree all = HessianFree.builder().build();
                HessianFree some = HessianFree.builder()
                        .gradientExamples(1000)
                        .curvatureExamples(100)
                        .build()) {
            assertThat(trainer(all).build().train().progress().steps()).isEqualTo(3);
            assertThat(trainer(some).build().train().progress().steps()).isEqualTo(3);
        }
    }

    private static Trainer.Builder trainer(Optimizer optimizer) {
        return Trainer.builder(net(), LOSS, MOONS)
                .optimizer(optimizer)
                .memoryLimit(2_000_000)
                .budget(Budget.steps(3));
    }
}
