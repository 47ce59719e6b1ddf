package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.Augmentation;
import dev.ravine.core.data.Augmented;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.StreamedExamples;
import dev.ravine.core.io.Npy;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Examples in files give the bits of the same examples in memory, and take little of it. */
class StreamedTrainingTest {
    private static final DataSet MEMORY = Generators.twoMoons(130, 0.1, 1);

    @TempDir
    Path folder;

    private StreamedExamples streamed;

    @BeforeEach
    void write() throws IOException {
        Npy.write(folder.resolve("x"), MEMORY.features());
        Npy.write(folder.resolve("y"), MEMORY.targets());
        streamed = StreamedExamples.npy(folder.resolve("x"), folder.resolve("y"));
    }

    private static Module net(Module... between) {
        var net = new Sequential(new Linear(2, 6), new Sequential(between), Activation.tanh(), new Linear(6, 2));
        net.initialize(MEMORY.dtype(), 1);
        return net;
    }

    private static double[] figures(ExampleSource data, int workers) {
        Module net = net();
        try (var objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                        .workers(new Workers(workers))
                        .shardSize(40)
                        .build();
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            Shape shape = Shape.of(objective.size());
            INDArray gradient = Arena.create(objective.dtype(), shape);
            objective.gradient(objective.theta(), Scope.of(7, 3, 4, 5, 129), gradient);
            INDArray product = Arena.create(objective.dtype(), shape);
            at.gaussNewton(gradient, product);
            double[] all = Arrays.copyOf(Arena.toDoubles(product), (int) objective.size() + 1);
            all[all.length - 1] = objective.value(objective.theta(), Scope.all());
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void sumsAndProductsHaveTheSameBits(int workers) {
        assertThat(figures(streamed, workers)).containsExactly(figures(MEMORY, 1));
    }

    private static double[] train(Module net, ExampleSource data, boolean isNewton, int steps, Path checkpoints)
            throws IOException {
        try (var optimizer = isNewton
                ? HessianFree.builder().preconditioner(0).gradientExamples(50).build()
                : Adam.builder().batchSize(20).build()) {
            var trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), data)
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps));
            if (checkpoints != null) {
                trainer.checkpoints(new CheckpointFolder(checkpoints, 2), 3);
            }
            trainer.build().train();
            return Arena.toDoubles(net.parameterVector().array());
        }
    }

    /** With blocks of one row the order is that of memory; batch normalization has the same running statistics. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trainingHasTheSameBits(boolean isNewton) throws IOException {
        Module ofFile = net(new BatchNorm(6));
        Module ofMemory = net(new BatchNorm(6));
        assertThat(train(ofFile, streamed.withBlocks(1), isNewton, 10, null))
                .containsExactly(train(ofMemory, MEMORY, isNewton, 10, null));
        ofMemory.stateDict()
                .forEach((name, array) -> assertThat(
                                Arena.toDoubles(ofFile.stateDict().get(name)))
                        .as(name)
                        .containsExactly(Arena.toDoubles(array)));
    }

    @Test
    void aResumedRunVisitsTheSameBlocks() throws IOException {
        StreamedExamples blocks = streamed.withBlocks(4);
        double[] whole = train(net(), blocks, false, 20, null);
        assertThat(whole).isNotEqualTo(train(net(), MEMORY, false, 20, null));
        Path checkpoints = Files.createDirectory(folder.resolve("run"));
        train(net(), blocks, false, 9, checkpoints);
        assertThat(train(net(), blocks, false, 20, checkpoints)).containsExactly(whole);
        assertThatThrownBy(() -> train(net(), streamed.withBlocks(5), false, 25, checkpoints))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("block_rows");
    }

    /** Changed anew at each step, and the same with more workers, on files, and after a resume. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void augmentationIsTheSameForAnyWorkersAndAfterAResume(boolean isNewton) throws IOException {
        var size = new Augmentation.Size(1, 2, 1);
        Augmented ofMemory = Augmented.of(MEMORY, size, Augmentation.noise(0.1), Augmentation.flip());
        Augmented ofFile = Augmented.of(streamed.withBlocks(1), size, Augmentation.noise(0.1), Augmentation.flip());
        double[] whole = train(net(), ofMemory, isNewton, 12, null);
        assertThat(whole).isNotEqualTo(train(net(), MEMORY, isNewton, 12, null));
        assertThat(train(net(), ofFile, isNewton, 12, null)).containsExactly(whole);
        Path checkpoints = Files.createDirectory(folder.resolve("augmented"));
        train(net(), ofMemory, isNewton, 5, checkpoints);
        assertThat(train(net(), ofMemory, isNewton, 12, checkpoints)).containsExactly(whole);
        Augmented other = Augmented.of(MEMORY, size, Augmentation.noise(0.2), Augmentation.flip());
        assertThatThrownBy(() -> train(net(), other, isNewton, 15, checkpoints))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(figures(ofMemory, 3)).containsExactly(figures(ofMemory, 1)).containsExactly(figures(MEMORY, 1));
        assertThat(noisyValue(ofMemory, 3)).isEqualTo(noisyValue(ofMemory, 1)).isNotEqualTo(noisyValue(MEMORY, 1));
    }

    private static double noisyValue(ExampleSource data, int workers) {
        Module net = net();
        try (var objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                .workers(new Workers(workers))
                .shardSize(40)
                .build()) {
            return objective.value(objective.theta(), Scope.all().withNoise(5));
        }
    }

    /** A run of its own over 1.9 GB of pixels as numbers, with 64 MB of heap and 100 MB of native arrays. */
    @Test
    void memoryDoesNotGrowWithTheData() throws Exception {
        int images = 600_000;
        Path pixels = folder.resolve("images");
        Files.write(
                pixels,
                ByteBuffer.allocate(16)
                        .putInt(0x803)
                        .putInt(images)
                        .putInt(28)
                        .putInt(28)
                        .array());
        try (RandomAccessFile file = new RandomAccessFile(pixels.toFile(), "rw")) {
            // A hole, which takes no room on most disks; a few images are not black.
            file.setLength(16 + 784L * images);
            for (int i = 0; i < 100; i++) {
                file.seek(16 + 784L * (images / 100) * i + 5L * i);
                file.write(200);
            }
        }
        byte[] labels = new byte[8 + images];
        ByteBuffer.wrap(labels).putInt(0x801).putInt(images);
        for (int i = 0; i < images; i++) {
            labels[8 + i] = (byte) (i % 3);
        }
        Path answers = Files.write(folder.resolve("labels"), labels);
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-Dorg.bytedeco.javacpp.maxbytes=100m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        pixels.toString(),
                        answers.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as(text).isZero();
        // Equal zeros for all classes: ln 3.
        assertThat(text).contains("value 1.0986");
        assertThat(text).contains("3 steps");
    }

    /** The process of {@link #memoryDoesNotGrowWithTheData}. */
    static final class Child {
        private Child() {}

        public static void main(String[] files) throws IOException {
            var net = new Sequential(new Linear(784, 3, Initializer.zeros(), true));
            net.initialize(DType.FLOAT32, 1);
            try (StreamedExamples data = StreamedExamples.idx(Path.of(files[0]), Path.of(files[1]));
                    var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data);
                    var optimizer = Adam.builder().build()) {
                System.out.println("value " + objective.value(objective.theta(), Scope.all()));
                for (int i = 0; i < 3; i++) {
                    optimizer.step(objective, objective.theta());
                }
                if (objective.bytes() > 64 << 20) {
                    throw new IllegalStateException(objective.bytes() + " bytes of shards");
                }
                System.out.println("3 steps");
            }
        }
    }
}
