package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.KernelSets;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.DampingRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run goes on only with what it began with; what differs is named, and may be changed on purpose. */
class RunIdentityTest extends ClosesOptimizers {
    private static final DataSet MOONS = Generators.twoMoons(60, 0.1, 1).as(DType.FLOAT64);
    private static final DataSet HELD = Generators.twoMoons(30, 0.1, 2).as(DType.FLOAT64);

    @TempDir
    Path folder;

    private static Sequential net(Activation activation, double dropout) {
        var net = new Sequential(new Linear(2, 5), activation, new Dropout(dropout), new Linear(5, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    private Trainer.Builder trainer(Module net, Loss loss, Optimizer optimizer, int steps) {
        return Trainer.builder(net, loss, MOONS)
                .optimizer(opened(optimizer))
                .budget(Budget.steps(steps))
                .checkpoints(new CheckpointFolder(folder, 2), 100);
    }

    private Trainer.Builder trainer(Optimizer optimizer, int steps) {
        return trainer(net(Activation.tanh(), 0.1), Loss.softmaxCrossEntropy(), optimizer, steps);
    }

    private static void assertRefused(Trainer.Builder builder, String message) {
        assertThatThrownBy(() -> builder.build().train())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("another folder");
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of(
                        adam(b -> b.betas(0.9, 0.99)), adam(b -> b.betas(0.8, 0.99)), "beta1 0.9, this one has 0.8"),
                Arguments.of(adam(b -> b), adam(b -> b.epsilon(1e-6)), "epsilon 1.0E-8, this one has 1.0E-6"),
                Arguments.of(adam(b -> b), adam(b -> b.weightDecay(0.1)), "weight_decay 0, this one has 0.1"),
                Arguments.of(adam(b -> b), adam(b -> b.clipNorm(1)), "clip_norm Infinity, this one has 1"),
                Arguments.of(
                        adam(b -> b.learningRate(0.01)),
                        adam(b -> b.learningRate(t -> 0.01 / (1 + t))),
                        "learning_rate 0.01, this one has 0.01, 0.005, "),
                Arguments.of(
                        supplied(() -> RmsProp.builder().momentum(0.9).build()),
                        supplied(() ->
                                RmsProp.builder().momentum(t -> 0.9).alpha(0.9).build()),
                        "alpha 0.99, this one has 0.9"),
                Arguments.of(
                        supplied(() -> Sgd.builder().nesterov(0.9).build()),
                        supplied(() -> Sgd.builder().momentum(0.9).build()),
                        "nesterov true, this one has false"),
                Arguments.of(hf(b -> b), hf(b -> b.maxIterations(30)), "max_iterations 250, this one has 30"),
                Arguments.of(
                        hf(b -> b),
                        hf(b -> b.curvature(Curvature.HESSIAN)),
                        "curvature GAUSS_NEWTON, this one has HESSIAN"),
                Arguments.of(hf(b -> b), hf(b -> b.preconditioner(0)), "preconditioner 0.75, this one has 0"),
                Arguments.of(hf(b -> b), hf(b -> b.warmStart(0.5)), "warm_start 0.95, this one has 0.5"),
                Arguments.of(hf(b -> b), hf(b -> b.dampingRule(DampingRule.fixed())), "damping_rule values "),
                Arguments.of(
                        hf(b -> b),
                        hf(b -> b.dampingRule((damping, ratio) -> ratio < 0.5 ? 2 * damping : damping / 2)),
                        "damping_rule values "),
                Arguments.of(
                        hf(b -> b),
                        hf(b -> b.stopRule(StopRule.relativeProgress(1e-3))),
                        "relativeProgress(5.0E-4), rule"),
                Arguments.of(
                        hf(b -> b),
                        hf(b -> b.lineSearch(Acceptance.lineSearch(0.5, 0.01, 60))),
                        "lineSearch(0.8, 0.01, 60)"),
                Arguments.of(
                        supplied(() -> LineSearchNewton.builder().build()),
                        supplied(() -> LineSearchNewton.builder().forcing(0.5).build()),
                        "largest_forcing 0.1, this one has 0.5"));
    }

    private static Supplier<Optimizer> supplied(Supplier<Optimizer> optimizer) {
        return optimizer;
    }

    private static Supplier<Optimizer> adam(UnaryOperator<Adam.Builder> settings) {
        return () -> settings.apply(Adam.builder().batchSize(20)).build();
    }

    private static Supplier<Optimizer> hf(UnaryOperator<HessianFree.Builder> settings) {
        return () -> settings.apply(HessianFree.builder()).build();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void otherSettingsOfTheOptimizerAreRefused(Supplier<Optimizer> first, Supplier<Optimizer> second, String message)
            throws IOException {
        trainer(first.get(), 2).build().train();
        assertRefused(trainer(second.get(), 4), message);
        trainer(first.get(), 4).build().train();
    }

    @Test
    void aScheduleIsKnownByItsValues() throws IOException {
        trainer(Sgd.builder().learningRate(t -> 0.1 / (1 + 0.01 * t)).build(), 2)
                .build()
                .train();
        trainer(Sgd.builder().learningRate(step -> 0.1 / (1 + 0.01 * step)).build(), 4)
                .build()
                .train();
        assertRefused(
                trainer(Sgd.builder().learningRate(t -> 0.1 / (1 + 0.02 * t)).build(), 6), "learning_rate 0.1, 0.09");
        assertRefused(
                trainer(Sgd.builder().learningRate(Schedule.cosine(0.1, 0, 9)).build(), 6), "learning_rate 0.1, 0.09");
    }

    @Test
    void aScheduleThatEndsWithTheRunIsKnownToo() throws IOException {
        double[] rates = {0.1, 0.2, 0.3, 0.4};
        trainer(Sgd.builder().learningRate(t -> rates[(int) t]).build(), 2)
                .build()
                .train();
        trainer(Sgd.builder().learningRate(t -> rates[(int) t]).build(), 4)
                .build()
                .train();
        rates[3] = 0.5;
        assertRefused(trainer(Sgd.builder().learningRate(t -> rates[(int) t]).build(), 4), "learning_rate 0.1, 0.2");
    }

    @Test
    void namesForPeopleHaveNoAddresses() {
        assertThat(opened(Sgd.builder()
                                .learningRate(t -> 0.1)
                                .momentum(t -> 0.9)
                                .build())
                        .name())
                .isEqualTo("momentum(lr=a schedule, mu=a schedule)");
    }

    private void assertNetRefused(Sequential net, String part) {
        assertRefused(trainer(net, Loss.softmaxCrossEntropy(), Adam.builder().build(), 4), part);
    }

    @Test
    void anotherModelOrLossIsRefused() throws IOException {
        trainer(Adam.builder().build(), 2).build().train();
        assertNetRefused(net(Activation.relu(), 0.1), "tanh of ");
        assertNetRefused(net(Activation.tanh(), 0.2), "noise 'dropout mask'");
        assertNetRefused(net(Activation.tanh(), 0), "noise 'dropout mask'");
        Sequential frozen = net(Activation.tanh(), 0.1);
        frozen.namedParameters().get("0.weight").freeze();
        assertNetRefused(frozen, "loss_graph");
        var seeded = net(Activation.tanh(), 0.1);
        seeded.initialize(DType.FLOAT64, 2);
        assertNetRefused(seeded, "of seed ");
    }

    @Test
    void anotherLossIsRefused() throws IOException {
        DataSet line = DataSet.of(Arena.copyOf(MOONS.features()), Arena.copyOf(MOONS.features()));
        for (Loss loss : new Loss[] {Loss.huber(1), Loss.huber(2), Loss.meanSquaredError()}) {
            Trainer.Builder builder = Trainer.builder(net(Activation.tanh(), 0), loss, line)
                    .optimizer(opened(Sgd.builder().build()))
                    .budget(Budget.steps(2))
                    .checkpoints(new CheckpointFolder(folder, 1), 1);
            if (loss.equals(Loss.huber(1))) {
                builder.build().train();
            } else {
                assertRefused(builder, "loss_graph");
            }
        }
    }

    @Test
    void otherMeasurementsAreRefused() throws IOException {
        Supplier<Trainer.Builder> same = () -> trainer(Adam.builder().build(), 4);
        same.get()
                .budget(Budget.steps(2))
                .validation(HELD, Metric.loss(Loss.softmaxCrossEntropy()))
                .build()
                .train();
        assertRefused(same.get().validation(HELD, Metric.accuracy()), "validation_metrics ");
        assertRefused(
                same.get().validation(MOONS, Metric.loss(Loss.softmaxCrossEntropy())),
                "validation_data 30 examples, checksum " + HELD.checksum());
        assertRefused(same.get().validation(HELD, Metric.loss(Loss.meanSquaredError())), "validation_metrics ");
        assertRefused(same.get(), "validation_data 30 examples");
        assertRefused(
                same.get()
                        .validation(HELD, Metric.loss(Loss.softmaxCrossEntropy()))
                        .keepBest(),
                "keep_best false, this one has true");
    }

    @Test
    void aSettingThatOneSideDoesNotHaveCounts() throws IOException {
        Supplier<Trainer.Builder> watched =
                () -> trainer(Adam.builder().build(), 4).validation(HELD, Metric.accuracy());
        watched.get().budget(Budget.steps(2)).earlyStopping(3, 0.5).build().train();
        assertRefused(watched.get(), "early_stopping {gain=0.5, patience=3}, this one has none");
        watched.get().allowChanged("early_stopping").build().train();
        assertRefused(watched.get().earlyStopping(3, 0.5), "early_stopping none, this one has {gain=0.5, patience=3}");
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        Checkpoint saved = checkpoints.latest().orElseThrow();
        checkpoints.write(with(saved, "objective.anchor_weight", "0.5"));
        assertRefused(watched.get(), "anchor_weight 0.5, this one has none");
    }

    /** Other kernels add in another order, so the run would not have the bits of an uninterrupted one. */
    @Test
    void otherKernelsAreRefusedUnlessNamed() throws IOException {
        Supplier<Trainer.Builder> run = () -> trainer(Adam.builder().build(), 4);
        run.get().budget(Budget.steps(2)).build().train();
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        Checkpoint saved = checkpoints.latest().orElseThrow();
        assertThat(saved.settings()).containsEntry("runtime.kernels", KernelSets.name());
        checkpoints.write(with(saved, "runtime.kernels", "others 3.4"));
        assertRefused(run.get(), "kernels others 3.4, this one has " + KernelSets.name());
        run.get().budget(Budget.steps(3)).allowChanged("kernels").build().train();
        Map<String, String> earlier = new HashMap<>(saved.settings());
        earlier.remove("runtime.kernels");
        checkpoints.write(new Checkpoint(
                saved.model(), saved.optimizer(), saved.state(), saved.numbers(), saved.arrays(), earlier));
        assertThat(run.get().build().train().progress().steps()).isEqualTo(4);
    }

    private static Checkpoint with(Checkpoint saved, String name, String value) {
        Map<String, String> settings = new HashMap<>(saved.settings());
        settings.put(name, value);
        return new Checkpoint(
                saved.model(), saved.optimizer(), saved.state(), saved.numbers(), saved.arrays(), settings);
    }

    @Test
    void whatIsNamedMayChange() throws IOException {
        trainer(adam(b -> b.learningRate(0.1)).get(), 2).build().train();
        assertRefused(
                trainer(adam(b -> b.learningRate(0.01)).get(), 4),
                "learning_rate 0.1, this one has 0.01; use the same data and settings, or another folder, or name in"
                        + " Trainer.Builder.allowChanged what you change on purpose");
        trainer(adam(b -> b.learningRate(0.01)).get(), 4)
                .allowChanged("learning_rate")
                .build()
                .train();
        trainer(adam(b -> b.learningRate(0.01)).get(), 6).build().train();
        assertThatThrownBy(() -> trainer(adam(b -> b).get(), 6)
                        .allowChanged("lr")
                        .build()
                        .train())
                .hasMessageContaining("[lr]")
                .hasMessageContaining("learning_rate");
        assertThatThrownBy(() -> trainer(
                                net(Activation.relu(), 0),
                                Loss.softmaxCrossEntropy(),
                                adam(b -> b).get(),
                                6)
                        .allowChanged("loss_graph")
                        .build()
                        .train())
                .hasMessageContaining("[loss_graph]");
    }

    @Test
    void checkpointsOfTheFirstVersionsGoOn() throws IOException {
        trainer(Adam.builder().build(), 2).build().train();
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        Checkpoint now = checkpoints.latest().orElseThrow();
        var numbers = new HashMap<>(now.numbers());
        numbers.keySet().removeIf(name -> name.startsWith("operations"));
        numbers.put("training_examples", 60.0);
        numbers.put("data_checksum", (double) MOONS.checksum());
        numbers.put("l2", 0.0);
        checkpoints.write(new Checkpoint(now.model(), now.optimizer(), now.state(), numbers, now.arrays()));
        assertRefused(trainer(Adam.builder().build(), 4).l2(0.1), "l2 0, this one has 0.1");
        assertRefused(
                trainer(Adam.builder().learningRate(0.1).build(), 4), "adam(lr=0.001), this one uses adam(lr=0.1)");
        TrainingResult result = trainer(Adam.builder().build(), 4).build().train();
        assertThat(result.progress().gradients()).isEqualTo(4.0);
    }
}
