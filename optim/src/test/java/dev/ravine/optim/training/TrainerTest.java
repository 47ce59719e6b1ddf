package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Averaged;
import dev.ravine.optim.Averaging;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class TrainerTest extends ClosesOptimizers {
    private static final DataSet TRAIN = Generators.twoMoons(200, 0.1, 1).as(DType.FLOAT64);
    private static final DataSet TEST = Generators.twoMoons(100, 0.1, 2).as(DType.FLOAT64);

    @TempDir
    Path folder;

    private final Sequential net = net();
    private final Watcher watcher = new Watcher();

    private static Sequential net() {
        Sequential net = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    private Sgd sgd(int batchSize) {
        return opened(Sgd.builder().learningRate(0.5).batchSize(batchSize).build());
    }

    private Trainer.Builder trainer(Optimizer optimizer, Budget budget) {
        return trainer(net, TRAIN, optimizer, budget);
    }

    private Trainer.Builder trainer(Sequential model, DataSet data, Optimizer optimizer, Budget budget) {
        return Trainer.builder(model, Loss.softmaxCrossEntropy(), data)
                .optimizer(optimizer)
                .budget(budget)
                .listener(watcher);
    }

    private static double[] parameters(Sequential model) {
        return Arena.toDoubles(model.parameterVector().array());
    }

    /** Twenty moons to a batch, and the one at a place is not a number. */
    private static DataSet spoiled(int... rows) {
        INDArray features = Arena.copyOf(TRAIN.features());
        for (int row : rows) {
            Elements.of(features).set(2 * row, Double.NaN);
        }
        return DataSet.of(features, TRAIN.targets());
    }

    private static final class Watcher implements TrainingListener {
        final List<String> events = new ArrayList<>();
        final List<Long> measuredAt = new ArrayList<>();
        final List<StepReport> steps = new ArrayList<>();
        final List<String> warnings = new ArrayList<>();

        @Override
        public void onStart(String optimizer, Budget budget, Progress progress) {
            events.add("start " + progress.steps());
        }

        @Override
        public void onStep(StepReport step, Progress progress) {
            steps.add(step);
        }

        @Override
        public void onMeasured(Map<String, Double> figures, Progress progress) {
            measuredAt.add(progress.steps());
        }

        @Override
        public void onWarning(String what, Progress progress) {
            warnings.add(what);
        }

        @Override
        public void onEnd(TrainingResult result) {
            events.add("end " + result.end());
        }

        @Override
        public void onFailure(Throwable failure, Progress progress) {
            events.add("failure " + failure.getClass().getSimpleName());
        }
    }

    /** Rejects each step, and keeps nothing that could make the next one another. */
    private static final class Stuck extends SecondOrder {
        @Override
        protected Attempt attempt(Point at) {
            return Attempt.notFinite(at, Double.NaN, "Hessian");
        }

        @Override
        public String name() {
            return "stuck";
        }
    }

    @Test
    void aStepThatWouldBeRejectedAgainEndsTheRun() throws IOException {
        try (Optimizer optimizer = new Stuck()) {
            TrainingResult result =
                    trainer(optimizer, Budget.epochs(30)).build().train();
            assertThat(result.end()).isEqualTo(TrainingResult.End.STALLED);
            assertThat(result.progress().steps()).isEqualTo(1);
        }
    }

    @Test
    void trainsUntilTheBudgetIsSpent() throws IOException {
        TrainingResult result = trainer(sgd(20), Budget.epochs(30))
                .validation(TEST, Metric.accuracy(), Metric.loss(Loss.softmaxCrossEntropy()))
                .build()
                .train();
        assertThat(result.end()).isEqualTo(TrainingResult.End.BUDGET);
        assertThat(result.progress().steps()).isEqualTo(300);
        assertThat(result.progress().epochs()).isEqualTo(30);
        assertThat(result.progress().spent()).isEqualTo(1);
        assertThat(result.progress().seconds()).isPositive();
        assertThat(result.figures()).containsOnlyKeys("validation accuracy", "validation loss");
        assertThat(result.figures().get("validation accuracy")).isGreaterThan(0.85);
        assertThat(watcher.measuredAt).hasSize(30).doesNotHaveDuplicates().startsWith(10L, 20L);
        assertThat(watcher.events).containsExactly("start 0", "end BUDGET");
    }

    @Test
    void gradientsOfBatchesAddUpToTheirBudget() throws IOException {
        TrainingResult result = trainer(sgd(20), Budget.gradients(3)).build().train();
        assertThat(result.progress().steps()).isEqualTo(30);
    }

    @Test
    void aStepMayOvershoot() throws IOException {
        TrainingResult result = trainer(opened(HessianFree.builder().build()), Budget.gradients(1))
                .validation(TEST, Metric.accuracy())
                .build()
                .train();
        assertThat(result.progress().steps()).isEqualTo(1);
        assertThat(result.progress().spent()).isGreaterThan(1);
        assertThat(watcher.measuredAt).containsExactly(1L);
    }

    @Test
    void stepsThatDoNotDivideAnEpochAreMeasuredOnce() throws IOException {
        HessianFree optimizer = opened(HessianFree.builder()
                .gradientExamples(150)
                .curvatureExamples(50)
                .build());
        trainer(optimizer, Budget.steps(4))
                .validation(TEST, Metric.accuracy())
                .build()
                .train();
        assertThat(watcher.measuredAt).containsExactly(2L, 3L, 4L);
    }

    @Test
    void batchesMayBeLargerThanTheData() throws IOException {
        TrainingResult result = trainer(sgd(1000), Budget.epochs(2)).build().train();
        assertThat(result.progress().steps()).isEqualTo(2);
        assertThat(result.figures()).isEmpty();
    }

    @Test
    void secondsEnd() throws IOException {
        TrainingResult result = trainer(sgd(20), Budget.seconds(0.05)).build().train();
        assertThat(result.progress().seconds()).isGreaterThanOrEqualTo(0.05);
    }

    @Test
    void accumulationChangesRoundingOnly() throws IOException {
        Sequential other = net();
        trainer(sgd(100), Budget.steps(5)).examplesAtOnce(100).build().train();
        trainer(other, TRAIN, sgd(100), Budget.steps(5))
                .examplesAtOnce(7)
                .build()
                .train();
        double[] expected = parameters(net);
        double[] found = parameters(other);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-13));
        }
    }

    @Test
    void stopsEarlyAndKeepsTheBest() throws IOException {
        Metric risesThenFalls = new Metric("wave", true, new ToDoubleBiFunction<>() {
            private int calls;

            @Override
            public double applyAsDouble(INDArray outputs, DataSet data) {
                calls++;
                return calls <= 3 ? calls : -calls;
            }
        });
        double[][] atBest = new double[1][];
        TrainingListener remember = new TrainingListener() {
            @Override
            public void onMeasured(Map<String, Double> figures, Progress progress) {
                if (progress.steps() == 30) {
                    atBest[0] = parameters(net);
                }
            }
        };
        TrainingResult result = trainer(sgd(20), Budget.epochs(50))
                .validation(TEST, risesThenFalls)
                .earlyStopping(2, 0)
                .keepBest()
                .listener(remember)
                .build()
                .train();
        assertThat(result.end()).isEqualTo(TrainingResult.End.EARLY_STOPPING);
        assertThat(result.progress().steps()).isEqualTo(50);
        assertThat(result.best()).contains(new TrainingResult.Best("validation wave", 3, 30));
        assertThat(result.restoredBest()).isTrue();
        assertThat(parameters(net)).isEqualTo(atBest[0]);
    }

    @Test
    void goesOnWithALargerBudget() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        trainer(sgd(20), Budget.steps(7)).checkpoints(checkpoints, 3).build().train();
        Sequential other = net();
        trainer(other, TRAIN, sgd(20), Budget.steps(25))
                .checkpoints(checkpoints, 3)
                .build()
                .train();
        Sequential whole = net();
        trainer(whole, TRAIN, sgd(20), Budget.steps(25)).build().train();
        assertThat(parameters(other)).isEqualTo(parameters(whole));
        assertThat(watcher.events)
                .containsExactly("start 0", "end BUDGET", "start 7", "end BUDGET", "start 0", "end BUDGET");
    }

    @Test
    void aStoppedRunEqualsOneThatWasNot() throws IOException {
        CheckpointFolder whole = new CheckpointFolder(folder.resolve("whole"), 2);
        CheckpointFolder parts = new CheckpointFolder(folder.resolve("parts"), 2);
        run(net, whole, -1);
        assertThat(run(net(), parts, 14).end()).isEqualTo(TrainingResult.End.STOPPED);
        assertThat(run(net(), parts, 33).progress().steps()).isEqualTo(33);
        assertThat(run(net(), parts, -1).progress().steps()).isEqualTo(50);
        Checkpoint expected = whole.latest().orElseThrow();
        Checkpoint found = parts.latest().orElseThrow();
        assertThat(found.model()).isEqualTo(expected.model());
        assertThat(found.arrays()).isEqualTo(expected.arrays()).containsKey("history.step");
        assertThat(found.number("waited")).isEqualTo(expected.number("waited"));
        assertThat(found.number("best_step")).isEqualTo(expected.number("best_step"));
    }

    private TrainingResult run(Sequential model, CheckpointFolder checkpoints, long stopAfter) throws IOException {
        Trainer[] made = new Trainer[1];
        made[0] = trainer(model, TRAIN, opened(Adam.builder().batchSize(20).build()), Budget.epochs(5))
                .validation(TEST, Metric.loss(Loss.softmaxCrossEntropy()))
                .keepBest()
                .earlyStopping(100, 0)
                .checkpoints(checkpoints, 4)
                .listener(new TrainingListener() {
                    @Override
                    public void onStep(StepReport step, Progress progress) {
                        if (progress.steps() == stopAfter) {
                            made[0].stop();
                        }
                    }
                })
                .build();
        return made[0].train();
    }

    @Test
    void anEndedRunStaysEnded() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        Metric worse = new Metric("constant", false, (outputs, data) -> 1);
        for (int i = 0; i < 2; i++) {
            TrainingResult result = trainer(sgd(20), Budget.epochs(50))
                    .validation(TEST, worse)
                    .earlyStopping(2, 0)
                    .checkpoints(checkpoints, 100)
                    .build()
                    .train();
            assertThat(result.end()).isEqualTo(TrainingResult.End.EARLY_STOPPING);
            assertThat(result.progress().steps()).isEqualTo(30);
            assertThat(result.figures()).containsEntry("validation constant", 1.0);
        }
        assertThat(watcher.measuredAt).containsExactly(10L, 20L, 30L);
        assertThat(watcher.steps).hasSize(30);
    }

    @Test
    void refusesToGoOnFromAnotherRun() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        trainer(sgd(20), Budget.steps(2)).checkpoints(checkpoints, 1).build().train();
        assertThatThrownBy(() -> trainer(opened(Adam.builder().build()), Budget.steps(3))
                        .checkpoints(checkpoints, 1)
                        .build()
                        .train())
                .hasMessageContaining("a run with sgd(lr=0.5), this one uses adam(lr=0.001)");
        assertThatThrownBy(() -> trainer(net, TEST, sgd(20), Budget.steps(3))
                        .checkpoints(checkpoints, 1)
                        .build()
                        .train())
                .hasMessageContaining("training_examples 200, this one has 100");
        assertThatThrownBy(() -> trainer(sgd(20), Budget.steps(3))
                        .l2(0.1)
                        .checkpoints(checkpoints, 1)
                        .build()
                        .train())
                .hasMessageContaining("l2 0, this one has 0.1");
    }

    @Test
    void makesOneRun() throws IOException {
        Trainer trainer = trainer(sgd(20), Budget.steps(1)).build();
        trainer.train();
        assertThatThrownBy(trainer::train).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListenerThatFailsDoesNotDisturb() throws IOException {
        int[] calls = new int[1];
        TrainingListener bad = new TrainingListener() {
            @Override
            public void onStep(StepReport step, Progress progress) {
                calls[0]++;
                throw new AssertionError("mine");
            }

            @Override
            public String toString() {
                throw new IllegalStateException("this one too");
            }
        };
        TrainingResult result = Trainer.builder(net, Loss.softmaxCrossEntropy(), TRAIN)
                .optimizer(sgd(20))
                .budget(Budget.steps(5))
                .listener(bad)
                .listener(watcher)
                .build()
                .train();
        assertThat(result.progress().steps()).isEqualTo(5);
        assertThat(calls[0]).isEqualTo(1);
        assertThat(watcher.steps).hasSize(5);
    }

    @Test
    void aMetricThatFailsEndsTheRunAndKeepsWhatWasSaved() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 3);
        Metric bad = new Metric("bad", true, (outputs, data) -> {
            throw new IllegalStateException("no disk");
        });
        assertThatThrownBy(() -> trainer(sgd(20), Budget.epochs(2))
                        .validation(TEST, bad)
                        .checkpoints(checkpoints, 4)
                        .build()
                        .train())
                .hasMessage("no disk");
        assertThat(checkpoints.latest().orElseThrow().state().steps()).isEqualTo(8);
        assertThat(watcher.events).containsExactly("start 0", "failure IllegalStateException");
    }

    @Test
    void stopsAtABadExampleAndSaysWhere() {
        Throwable failure = catchThrowable(() ->
                trainer(net, spoiled(77), sgd(20), Budget.epochs(2)).build().train());
        int made = watcher.steps.size();
        assertThat(made).isLessThan(10);
        assertThat(failure)
                .isInstanceOf(NonFiniteLossException.class)
                .hasMessageContaining("step " + (made + 1))
                .hasMessageContaining("batch " + made + " of epoch 0")
                .hasMessageContaining("row 77 of the data, example ");
        assertThat(parameters(net)).doesNotContain(Double.NaN);
        assertThat(watcher.events).containsExactly("start 0", "failure NonFiniteLossException");
    }

    @Test
    void leavesABadBatchOut() throws IOException {
        TrainingResult result = trainer(net, spoiled(77), sgd(20), Budget.epochs(1.8))
                .nonFinite(NonFinitePolicy.SKIP_BATCH, 1)
                .build()
                .train();
        assertThat(result.progress().steps()).isEqualTo(18);
        assertThat(watcher.warnings).hasSize(2).allMatch(w -> w.endsWith("its examples are left out"));
        assertThat(watcher.warnings.get(1)).contains("of epoch 1");
        assertThat(parameters(net)).doesNotContain(Double.NaN);
    }

    @Test
    void givesUpWhenNothingIsFinite() {
        int[] all = IntStream.range(0, 200).toArray();
        double[] start = parameters(net);
        assertThatThrownBy(() -> trainer(net, spoiled(all), sgd(20), Budget.epochs(2))
                        .nonFinite(NonFinitePolicy.SKIP_BATCH, 4)
                        .build()
                        .train())
                .isInstanceOf(NonFiniteLossException.class)
                .hasMessageContaining("more than 4 steps in a row");
        assertThat(watcher.warnings).hasSize(4);
        assertThat(parameters(net)).isEqualTo(start);
    }

    @Test
    void anOptimizerThatCannotLeaveOutStops() {
        assertThatThrownBy(() -> trainer(
                                net, spoiled(77), opened(HessianFree.builder().build()), Budget.steps(3))
                        .nonFinite(NonFinitePolicy.SKIP_BATCH, 4)
                        .build()
                        .train())
                .isInstanceOf(NonFiniteLossException.class)
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("cannot leave out examples"));
    }

    @Test
    void takesHalfAStepBackUntilTheLossIsFinite() throws IOException {
        // The square of an output overflows after a step of this length.
        DataSet line = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(2, 1), 1, 2), Arena.of(DType.FLOAT64, Shape.of(2, 1), 1, 2));
        Sequential model = new Sequential(new Linear(1, 1));
        model.initialize(DType.FLOAT64, 1);
        TrainingResult result = Trainer.builder(model, Loss.meanSquaredError(), line)
                .optimizer(opened(Sgd.builder().learningRate(1e160).batchSize(2).build()))
                .budget(Budget.steps(2))
                .nonFinite(NonFinitePolicy.SHRINK_STEP, 60)
                .listener(watcher)
                .build()
                .train();
        assertThat(result.progress().steps()).isEqualTo(2);
        assertThat(watcher.warnings).isNotEmpty();
        assertThat(watcher.warnings.get(0))
                .endsWith("half of the step before is taken back, and steps are half as long from now on");
        assertThat(watcher.steps.get(1).loss()).isFinite();
        double rate = watcher.steps.get(1).telemetry().get("learning_rate");
        assertThat(rate).isEqualTo(1e160 * Math.pow(0.5, watcher.warnings.size()));
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> Trainer.builder(net, Loss.softmaxCrossEntropy(), TRAIN)
                        .budget(Budget.steps(1))
                        .build())
                .hasMessageContaining("optimizer(...)");
        assertThatThrownBy(() -> Trainer.builder(net, Loss.softmaxCrossEntropy(), TRAIN)
                        .optimizer(sgd(1))
                        .build())
                .hasMessageContaining("budget(...)");
        assertThatThrownBy(() ->
                        trainer(sgd(1), Budget.steps(1)).earlyStopping(1, 0).build())
                .hasMessageContaining("validation(...)");
        assertThatThrownBy(
                        () -> trainer(sgd(1), Budget.steps(1)).validation(TEST, Metric.accuracy(), Metric.accuracy()))
                .hasMessageContaining("[accuracy, accuracy]");
    }

    @Test
    void anObjectiveOfTheCallerTrainsTheSame() throws IOException {
        Sequential other = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        Sequential same = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        other.initialize(DType.FLOAT64, 4);
        same.initialize(DType.FLOAT64, 4);
        Trainer.builder(other, Loss.softmaxCrossEntropy(), TRAIN)
                .l2(0.01)
                .examplesAtOnce(30)
                .optimizer(sgd(50))
                .budget(Budget.steps(20))
                .build()
                .train();
        try (SupervisedObjective objective = SupervisedObjective.builder(same, Loss.softmaxCrossEntropy(), TRAIN)
                .l2(0.01)
                .shardSize(30)
                .build()) {
            TrainingResult result = Trainer.builder(same, objective)
                    .optimizer(sgd(50))
                    .budget(Budget.steps(20))
                    .validation(TRAIN, Metric.accuracy())
                    .build()
                    .train();
            assertThat(parameters(same)).containsExactly(parameters(other));
            assertThat(result.figures()).containsKey("validation accuracy");
            assertThat(objective.value(objective.theta(), Scope.all()))
                    .as("it stays open")
                    .isPositive();
        }
    }

    @Test
    void anObjectiveOfTheCallerHasItsOwnSettingsAndTrainsThisNet() {
        Sequential other = new Sequential(new Linear(2, 2));
        other.initialize(DType.FLOAT64, 4);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), TRAIN)) {
            assertThatThrownBy(() -> Trainer.builder(other, objective))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not the parameter vector of this net");
            assertThatThrownBy(() -> Trainer.builder(net, objective).l2(0.1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("settings of the objective");
        }
    }

    // ---- averaged parameters ------------------------------------------------------------------------------------

    /** Measured beside the model's own, which stay as they are, bit for bit. */
    @Test
    void averagedParametersAreMeasuredToo() throws IOException {
        Sequential plain = net();
        trainer(plain, TRAIN, sgd(20), Budget.epochs(3))
                .validation(TEST, Metric.accuracy(), Metric.loss(Loss.softmaxCrossEntropy()))
                .build()
                .train();
        Averaged optimizer = opened(new Averaged(sgd(20), Averaging.uniform(10)));
        TrainingResult result = trainer(optimizer, Budget.epochs(3))
                .validation(TEST, Metric.accuracy(), Metric.loss(Loss.softmaxCrossEntropy()))
                .build()
                .train();
        assertThat(parameters(net)).isEqualTo(parameters(plain));
        assertThat(result.figures())
                .containsOnlyKeys(
                        "validation accuracy",
                        "validation loss",
                        "averaged validation accuracy",
                        "averaged validation loss");
        net.parameterVector().set(optimizer.averaged().orElseThrow());
        try (SupervisedObjective test = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), TEST)) {
            double expected = test.value(test.theta(), Scope.all());
            assertThat(result.figures().get("averaged validation loss")).isCloseTo(expected, within(1e-12));
            assertThat(result.figures().get("validation loss")).isNotCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void aRunWithAnotherAveragingIsRefused() throws IOException {
        CheckpointFolder runs = new CheckpointFolder(folder, 1);
        trainer(opened(new Averaged(sgd(20), Averaging.exponential(0.9))), Budget.steps(5))
                .checkpoints(runs, 100)
                .build()
                .train();
        Trainer other = trainer(opened(new Averaged(sgd(20), Averaging.exponential(0.8))), Budget.steps(9))
                .checkpoints(runs, 100)
                .build();
        assertThatThrownBy(other::train)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("averaging")
                .hasMessageContaining("ema:0.9");
    }
}
