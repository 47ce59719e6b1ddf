package dev.ravine.optim.training;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.io.Digest;
import dev.ravine.core.io.HostileFiles;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Weights;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.NonFiniteLossException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whatever bytes a checkpoint holds, it is read or refused, and a run that is to go on from it goes on or says why not.
 * {@code mvn -pl optim -am verify -Dtest=HostileCheckpointsTest -Dsurefire.failIfNoSpecifiedTests=false -Dravine.fuzz=200000}
 * tries as many files as said; a tenth of them where whole runs go on.
 */
class HostileCheckpointsTest {
    private static final DataSet MOONS = Generators.twoMoons(40, 0.1, 1).as(DType.FLOAT64);

    @TempDir
    Path folder;

    private static Sequential net() {
        Sequential net = new Sequential(new Linear(2, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    private static void train(Path run, int steps) throws IOException {
        try (Adam adam = Adam.builder().batchSize(10).build()) {
            Trainer.builder(net(), Loss.softmaxCrossEntropy(), MOONS)
                    .optimizer(adam)
                    .budget(Budget.steps(steps))
                    .validation(MOONS, Metric.accuracy())
                    .keepBest()
                    .checkpoints(new CheckpointFolder(run, 1), 100)
                    .build()
                    .train();
        }
    }

    /** Reads files that begin as good checkpoints, every third with a digest that fits what was changed. */
    private abstract class Reader implements HostileFiles.Reader {
        private final String name;

        Reader(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int constantBytes() {
            return 1 << 18;
        }

        @Override
        public int bytesPerByte() {
            return 128;
        }

        @Override
        public List<byte[]> corpus() throws IOException {
            Path run = folder.resolve("good");
            train(run, 5);
            return List.of(
                    Files.readAllBytes(new CheckpointFolder(run, 1).files().get(0)));
        }

        @Override
        public byte[] wrapped(byte[] bytes) throws IOException {
            Path file = Files.write(folder.resolve("unsigned"), bytes);
            try {
                Safetensors.Contents contents = Safetensors.read(file);
                Map<String, String> metadata = new TreeMap<>(contents.metadata());
                metadata.remove("sha256");
                metadata.put("sha256", Digest.of(contents.arrays(), metadata));
                Safetensors.write(file, contents.arrays(), metadata);
                return Files.readAllBytes(file);
            } catch (MalformedFileException e) {
                return bytes;
            } finally {
                Files.delete(file);
            }
        }
    }

    @Test
    void checkpointsAreReadOrRefused() throws IOException {
        HostileFiles.check(
                new Reader("CHECKPOINT") {
                    @Override
                    public List<byte[]> corpus() throws IOException {
                        Path other = folder.resolve("other");
                        CheckpointTest.checkpoint(7).write(other);
                        return Stream.concat(super.corpus().stream(), Stream.of(Files.readAllBytes(other)))
                                .toList();
                    }

                    @Override
                    public Collection<INDArray> read(Path file, int variant) throws IOException {
                        return Checkpoint.read(file).model().values();
                    }
                },
                HostileFiles.mutations(1),
                folder);
    }

    @Test
    void weightsAreLoadedOrRefused() throws IOException {
        Sequential net = net();
        HostileFiles.check(
                new Reader("WEIGHTS") {
                    @Override
                    public List<byte[]> corpus() throws IOException {
                        Path safetensors = folder.resolve("good.safetensors");
                        Weights.save(net, safetensors);
                        Path npz = folder.resolve("good.npz");
                        Weights.save(net, npz);
                        return List.of(Files.readAllBytes(safetensors), Files.readAllBytes(npz));
                    }

                    @Override
                    public int constantBytes() {
                        return 1 << 20;
                    }

                    @Override
                    public byte[] wrapped(byte[] bytes) {
                        return bytes;
                    }

                    @Override
                    public Collection<INDArray> read(Path file, int variant) throws IOException {
                        Path named = file.resolveSibling(variant % 2 == 0 ? "file.safetensors" : "file.npz");
                        Files.move(file, named);
                        try {
                            Weights.load(net, named);
                            return List.of(net.parameterVector().array());
                        } catch (MalformedFileException e) {
                            throw new MalformedFileException(file + " as " + e.getMessage(), e);
                        } catch (IllegalArgumentException e) {
                            throw new MalformedFileException(file + " does not fit: " + e.getMessage(), e);
                        } finally {
                            Files.move(named, file);
                        }
                    }
                },
                HostileFiles.mutations(1),
                folder);
    }

    @Test
    void runsGoOnOrSayWhyNot() throws IOException {
        HostileFiles.check(
                new Reader("RESUME") {
                    @Override
                    public int constantBytes() {
                        return 1 << 26;
                    }

                    @Override
                    public Collection<INDArray> read(Path file, int variant) throws IOException {
                        Path run = Files.createDirectories(folder.resolve("run"));
                        Path named = run.resolve("step-000000005.safetensors");
                        Files.copy(file, named);
                        try {
                            train(run, 7);
                            return List.of();
                        } catch (MalformedFileException | IllegalArgumentException | NonFiniteLossException e) {
                            throw new MalformedFileException(file + " does not go on: " + e.getMessage(), e);
                        } finally {
                            for (Path left : new CheckpointFolder(run, 1).files()) {
                                Files.delete(left);
                            }
                        }
                    }
                },
                HostileFiles.mutations(10),
                folder);
    }
}
