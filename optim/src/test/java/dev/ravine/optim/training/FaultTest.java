package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.ForwardingOptimizer;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import java.io.IOError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs in which something fails: what it says, what is left, and that a run that goes on ends as if nothing had been. */
class FaultTest extends ClosesOptimizers {
    private static final DataSet MOONS = Generators.twoMoons(200, 0.1, 1).as(DType.FLOAT64);
    private static final int STEPS = 24;

    @TempDir
    Path folder;

    private final Sequential net = net();
    private final List<Throwable> failures = new ArrayList<>();

    private static Sequential net() {
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Dropout(0.1), new Linear(8, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    private Adam adam() {
        return opened(Adam.builder().batchSize(20).build());
    }

    private Trainer.Builder trainer(Sequential model, DataSet data, Optimizer optimizer, int steps) {
        return Trainer.builder(model, Loss.softmaxCrossEntropy(), data)
                .optimizer(optimizer)
                .budget(Budget.steps(steps))
                .checkpoints(new CheckpointFolder(folder.resolve("run"), 3), 4)
                .listener(new TrainingListener() {
                    @Override
                    public void onFailure(Throwable failure, Progress progress) {
                        failures.add(failure);
                    }
                });
    }

    private static double[] parameters(Sequential model) {
        return Arena.toDoubles(model.parameterVector().array());
    }

    private double[] undisturbed(int steps) throws IOException {
        Sequential model = net();
        Trainer.builder(model, Loss.softmaxCrossEntropy(), MOONS)
                .optimizer(adam())
                .budget(Budget.steps(steps))
                .build()
                .train();
        return parameters(model);
    }

    private Checkpoint latest() throws IOException {
        return new CheckpointFolder(folder.resolve("run"), 3).latest().orElseThrow();
    }

    private void assertGoesOnToTheSameEnd() throws IOException {
        Sequential model = net();
        trainer(model, MOONS, adam(), STEPS).build().train();
        assertThat(parameters(model)).isEqualTo(undisturbed(STEPS));
    }

    private static DataSet spoiled(int row) {
        INDArray features = Arena.copyOf(MOONS.features());
        Elements.of(features).set(2 * row, Double.NaN);
        return DataSet.of(features, MOONS.targets());
    }

    // ---- saving fails -----------------------------------------------------------------------------------------

    @Test
    void aCheckpointThatCannotBeWrittenEndsTheRunAndLosesNothingSaved() throws IOException {
        Path obstacle = Files.createDirectories(folder.resolve("run/step-000000012.safetensors"));
        assertThatThrownBy(() -> trainer(net, MOONS, adam(), STEPS).build().train())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(obstacle + ": cannot save the checkpoint (FileSystemException: ")
                .hasMessageContaining("is a folder")
                .hasMessageContaining("earlier ones are as they were: make room or allow writing");
        assertThat(failures).hasSize(1);
        assertThat(latest().state().steps()).isEqualTo(8);
        assertThat(parameters(net)).isEqualTo(undisturbed(12));
        Files.delete(obstacle);
        assertGoesOnToTheSameEnd();
    }

    /** Hours of work would have no place to be saved in. */
    @Test
    void aRunWhoseFolderCannotBeMadeEndsBeforeItsFirstStep() throws IOException {
        Path file = Files.writeString(folder.resolve("run"), "");
        double[] before = parameters(net);
        assertThatThrownBy(() -> trainer(net, MOONS, adam(), STEPS).build().train())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": cannot make a folder for checkpoints there (FileAlreadyExists");
        assertThat(parameters(net)).isEqualTo(before);
        Files.delete(file);
        assertGoesOnToTheSameEnd();
    }

    @Test
    void aFolderThatRefusesFilesEndsTheRunAndLosesNothingSaved() throws IOException {
        trainer(net, MOONS, adam(), 8).build().train();
        Path closed = folder.resolve("run");
        assumeFalse(!closed.toFile().setWritable(false) || Files.isWritable(closed), "this user may write anywhere");
        try {
            assertThatThrownBy(
                            () -> trainer(net(), MOONS, adam(), STEPS).build().train())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot save the checkpoint")
                    .hasMessageContaining("cannot make a file in " + closed);
            assertThat(latest().state().steps()).isEqualTo(8);
        } finally {
            assertThat(closed.toFile().setWritable(true)).isTrue();
        }
        assertGoesOnToTheSameEnd();
    }

    @Test
    void whatAKilledRunHadBegunToWriteIsDeleted() throws IOException {
        Path leftover = Files.createDirectories(folder.resolve("run")).resolve(".ravine-0123456789abcdef.tmp");
        Files.write(leftover, new byte[1000]);
        trainer(net, MOONS, adam(), 4).build().train();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void whatCannotBeDeletedStaysAndTheRunGoesOn() throws IOException {
        Path stuck = Files.createDirectories(folder.resolve("run/.ravine-0123456789abcdef.tmp"));
        Files.write(stuck.resolve("inside"), new byte[1]);
        trainer(net, MOONS, adam(), STEPS).build().train();
        assertThat(latest().state().steps()).isEqualTo(STEPS);
        assertThat(stuck).isDirectory();
        assertThat(failures).isEmpty();
    }

    @Test
    void anInterruptFinishesTheStepSavesAndStops() throws IOException {
        for (int at : new int[] {10, 12}) {
            TrainingListener interrupting = new TrainingListener() {
                @Override
                public void onStep(StepReport step, Progress progress) {
                    if (progress.steps() == at) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
            CsvListener lines = new CsvListener(folder.resolve("lines"));
            TrainingResult result = trainer(net(), MOONS, adam(), STEPS)
                    .listener(interrupting)
                    .listener(lines)
                    .build()
                    .train();
            assertThat(Thread.interrupted()).as("it stays set").isTrue();
            assertThat(result.end()).isEqualTo(TrainingResult.End.STOPPED);
            assertThat(result.progress().steps()).isEqualTo(at);
            assertThat(latest().state().steps()).isEqualTo(at);
            assertThat(Files.readAllLines(folder.resolve("lines/steps.csv"))).hasSize(at + 1);
        }
        assertThat(failures).isEmpty();
        assertGoesOnToTheSameEnd();
    }

    @Test
    void anInterruptBeforeAFileIsWrittenOrReadWaits() throws IOException {
        Checkpoint checkpoint = CheckpointTest.checkpoint(3);
        CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("run"), 1);
        for (int i = 0; i < 3; i++) {
            Thread.currentThread().interrupt();
            checkpoints.write(checkpoint);
            assertThat(checkpoints.latest()).isPresent();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aFolderIsForOneRunAtATime() throws IOException {
        TrainingListener second = new TrainingListener() {
            @Override
            public void onStep(StepReport step, Progress progress) {
                if (progress.steps() == 6 || progress.steps() == 7) {
                    failures.add(catchThrowable(() -> Trainer.builder(net(), Loss.softmaxCrossEntropy(), MOONS)
                            .optimizer(adam())
                            .budget(Budget.steps(STEPS))
                            .checkpoints(new CheckpointFolder(folder.resolve("run/../run"), 3), 4)
                            .build()
                            .train()));
                }
            }
        };
        trainer(net, MOONS, adam(), STEPS).listener(second).build().train();
        assertThat(failures)
                .hasSize(2)
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("in use by another run of this process since 2")
                        .hasMessageContaining("take another folder"));
        assertThat(parameters(net)).isEqualTo(undisturbed(STEPS));
        trainer(net(), MOONS, adam(), STEPS + 1).build().train();
    }

    // ---- others' code fails -----------------------------------------------------------------------------------

    @Test
    void listenersThatThrowAtAnyEventChangeNothing() throws IOException {
        TrainingListener bad = new TrainingListener() {
            @Override
            public void onStart(String optimizer, Budget budget, Progress progress) {
                throw new IllegalStateException("start");
            }
        };
        TrainingListener worse = new TrainingListener() {
            @Override
            public void onStep(StepReport step, Progress progress) {
                throw new UncheckedIOException(new IOException("no space left"));
            }
        };
        TrainingListener atMeasuring = new TrainingListener() {
            @Override
            public void onMeasured(Map<String, Double> figures, Progress progress) {
                throw new AssertionError("measured");
            }
        };
        TrainingListener atEnd = new TrainingListener() {
            @Override
            public void onEnd(TrainingResult result) {
                throw new StackOverflowError();
            }
        };
        List<TrainingListener> withErrors = Stream.of(
                        new ServiceConfigurationError("a provider"),
                        new IOError(new IOException("the console is gone")),
                        new OutOfMemoryError("mine"),
                        new ExceptionInInitializerError("a constant"))
                .<TrainingListener>map(error -> new TrainingListener() {
                    @Override
                    public void onStep(StepReport step, Progress progress) {
                        throw error;
                    }
                })
                .toList();
        Trainer.Builder builder = trainer(net, MOONS, adam(), STEPS);
        withErrors.forEach(builder::listener);
        builder.listener(bad)
                .listener(worse)
                .listener(atMeasuring)
                .listener(atEnd)
                .validation(MOONS, Metric.accuracy())
                .build()
                .train();
        assertThat(parameters(net)).isEqualTo(undisturbed(STEPS));
        assertThat(failures).isEmpty();
    }

    @Test
    void aListenerThatThrowsAtAFailureDoesNotHideIt() {
        TrainingListener bad = new TrainingListener() {
            @Override
            public void onFailure(Throwable failure, Progress progress) {
                throw new IllegalStateException("another");
            }
        };
        assertThatThrownBy(() -> trainer(net, spoiled(3), adam(), STEPS)
                        .listener(bad)
                        .build()
                        .train())
                .isInstanceOf(NonFiniteLossException.class);
    }

    @Test
    void aStepThatThrowsEndsTheRunAndLosesNothingSaved() throws IOException {
        UncheckedIOException unplugged = new UncheckedIOException(new IOException("the drive is gone"));
        Optimizer failing = new ForwardingOptimizer(adam()) {
            @Override
            public StepReport step(Objective objective, INDArray theta) {
                if (state().steps() == 10) {
                    throw unplugged;
                }
                return super.step(objective, theta);
            }
        };
        assertThatThrownBy(() -> trainer(net, MOONS, failing, STEPS).build().train())
                .isSameAs(unplugged);
        assertThat(failures).containsExactly(unplugged);
        assertThat(latest().state().steps()).isEqualTo(8);
        assertThat(parameters(net)).isEqualTo(undisturbed(10));
        assertGoesOnToTheSameEnd();
    }

    // ---- numbers that are not finite --------------------------------------------------------------------------

    @Test
    void stoppingAtABadBatchSavesTheStateBeforeIt() throws IOException {
        DataSet bad = spoiled(77);
        Throwable failure =
                catchThrowable(() -> trainer(net, bad, adam(), STEPS).build().train());
        assertThat(failure).isInstanceOf(NonFiniteLossException.class).hasNoSuppressedExceptions();
        Checkpoint saved = latest();
        long made = saved.state().steps();
        assertThat(failure)
                .hasMessageContaining("step " + (made + 1) + ", batch " + made + " of epoch 0")
                .hasMessageContaining("row 77 of the data")
                .hasMessageContaining("input 'features' [1, 2] FLOAT64 is not finite at element 0");
        assertThat(made).isBetween(1L, 9L);
        assertThat(parameters(net)).doesNotContain(Double.NaN);

        Sequential resumed = net();
        trainer(resumed, bad, adam(), STEPS)
                .nonFinite(NonFinitePolicy.SKIP_BATCH, 1)
                .build()
                .train();
        Sequential whole = net();
        Trainer.builder(whole, Loss.softmaxCrossEntropy(), bad)
                .optimizer(adam())
                .budget(Budget.steps(STEPS))
                .nonFinite(NonFinitePolicy.SKIP_BATCH, 1)
                .build()
                .train();
        assertThat(parameters(resumed)).isEqualTo(parameters(whole));
    }

    @Test
    void aSecondOrderRunThatStoppedMeetsTheSameExamplesAgain() {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            HessianFree optimizer = opened(HessianFree.builder()
                    .gradientExamples(60)
                    .curvatureExamples(30)
                    .build());
            messages.add(catchThrowable(() -> trainer(net(), spoiled(77), optimizer, STEPS)
                            .build()
                            .train())
                    .getMessage());
        }
        assertThat(messages.get(0)).contains("step 2").contains("row 77 of the data");
        assertThat(messages.get(1)).isEqualTo(messages.get(0));
    }

    @Test
    void whenTheOptimizersVectorsAreLostTheLastRegularCheckpointIsTheLast() {
        Sgd tooFast = opened(
                Sgd.builder().learningRate(1e308).momentum(0.9).batchSize(20).build());
        Sequential linear = new Sequential(new Linear(2, 2));
        linear.initialize(DType.FLOAT64, 1);
        INDArray large = Arena.copyOf(MOONS.features());
        Vectors.scale(100, large);
        DataSet data = DataSet.of(large, MOONS.targets());
        Throwable failure = catchThrowable(
                () -> trainer(linear, data, tooFast, STEPS).build().train());
        assertThat(failure).isInstanceOf(NonFiniteLossException.class).hasMessageContaining("the update is not");
        assertThat(failure.getSuppressed()[0]).hasMessageContaining("there is no state");
    }

    // ---- resuming under other settings ------------------------------------------------------------------------

    @Test
    void goingOnWithOtherSettingsSaysWhich() throws IOException {
        trainer(net, MOONS, adam(), 4).build().train();
        Sequential model = net();
        double[] before = parameters(model);
        assertRefused(
                model,
                MOONS,
                opened(Adam.builder().batchSize(25).build()),
                "batch_size 20.0, this optimizer has 25.0; build it with the settings of the saved run");
        assertRefused(
                model, MOONS, opened(Adam.builder().batchSize(20).seed(7).build()), "seed 0.0, this optimizer has 7.0");
        DataSet other = Generators.twoMoons(200, 0.1, 2).as(DType.FLOAT64);
        assertRefused(
                model,
                other,
                adam(),
                "data_checksum " + MOONS.checksum() + ", this one has " + other.checksum() + "; use the same data");
        assertThat(parameters(model)).isEqualTo(before);
    }

    @Test
    void goingOnWithOtherChunksSaysWhich() throws IOException {
        trainer(net, MOONS, hf(100, 50, 0), 2).build().train();
        assertRefused(net(), MOONS, hf(120, 50, 0), "gradient_examples 100.0, this optimizer has 120.0");
        assertRefused(net(), MOONS, hf(100, 40, 0), "curvature_examples 50.0, this optimizer has 40.0");
        assertRefused(net(), MOONS, hf(100, 50, 3), "seed 0.0, this optimizer has 3.0");
    }

    private HessianFree hf(int gradientExamples, int curvatureExamples, long seed) {
        return opened(HessianFree.builder()
                .gradientExamples(gradientExamples)
                .curvatureExamples(curvatureExamples)
                .seed(seed)
                .build());
    }

    private void assertRefused(Sequential model, DataSet data, Optimizer optimizer, String message) {
        assertThatThrownBy(() -> trainer(model, data, optimizer, STEPS).build().train())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
