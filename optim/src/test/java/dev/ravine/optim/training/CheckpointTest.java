package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Safetensors;
import dev.ravine.optim.OptimizerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class CheckpointTest {
    private static final double[] ODD = {
        Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 0.1
    };

    private static final double[] ODD_IN_SINGLE_PRECISION = {
        Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Float.MIN_VALUE, Float.MAX_VALUE, 0.1
    };

    @TempDir
    Path folder;

    private static INDArray vector(DType dtype, double... values) {
        return Arena.of(dtype, Shape.of(values.length), values);
    }

    static Checkpoint checkpoint(long steps) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (int i = 0; i < ODD.length; i++) {
            numbers.put("odd" + i, ODD[i]);
        }
        return new Checkpoint(
                Map.of(
                        "0.weight",
                        Arena.of(DType.FLOAT32, Shape.of(2, 3), ODD_IN_SINGLE_PRECISION),
                        "0.bias",
                        vector(DType.FLOAT32, 1, 2)),
                "adam(lr=0.001)",
                new OptimizerState(steps, numbers, Map.of("m", vector(DType.FLOAT64, ODD))),
                numbers,
                Map.of("history.step", vector(DType.FLOAT64, 1, 2, 3)));
    }

    private static void assertSame(Checkpoint found, Checkpoint expected) {
        assertThat(found.optimizer()).isEqualTo(expected.optimizer());
        assertThat(found.state().steps()).isEqualTo(expected.state().steps());
        assertThat(found.numbers()).isEqualTo(expected.numbers());
        assertThat(found.state().numbers()).isEqualTo(expected.state().numbers());
        assertSame(found.model(), expected.model());
        assertSame(found.arrays(), expected.arrays());
        assertSame(found.state().vectors(), expected.state().vectors());
    }

    private static void assertSame(Map<String, INDArray> found, Map<String, INDArray> expected) {
        assertThat(found).containsOnlyKeys(expected.keySet());
        expected.forEach((name, array) -> {
            assertThat(Shape.of(found.get(name))).isEqualTo(Shape.of(array));
            assertThat(DType.of(found.get(name))).isEqualTo(DType.of(array));
            assertThat(bits(found.get(name))).isEqualTo(bits(array));
        });
    }

    private static long[] bits(INDArray array) {
        return Arrays.stream(Arena.toDoubles(array))
                .mapToLong(Double::doubleToRawLongBits)
                .toArray();
    }

    @Test
    void comesBackBitForBit() throws IOException {
        Path file = folder.resolve("a.safetensors");
        checkpoint(1234567890123L).write(file);
        assertSame(Checkpoint.read(file), checkpoint(1234567890123L));
    }

    @Test
    void equalCheckpointsAreEqualFiles() throws IOException {
        checkpoint(1).write(folder.resolve("a"));
        checkpoint(1).write(folder.resolve("b"));
        assertThat(folder.resolve("a")).hasSameBinaryContentAs(folder.resolve("b"));
    }

    @Test
    void isASafetensorsFileWithTheNamesOfTheModel() throws IOException {
        Path file = folder.resolve("a");
        checkpoint(7).write(file);
        Safetensors.Contents contents = Safetensors.read(file);
        assertThat(contents.arrays())
                .containsOnlyKeys("model.0.weight", "model.0.bias", "optimizer.m", "training.history.step");
        assertThat(contents.metadata())
                .containsEntry("steps", "7")
                .containsEntry("optimizer", "adam(lr=0.001)")
                .containsEntry("format", "ravine-checkpoint-1")
                .containsEntry("optimizer.odd2", "-0.0");
    }

    @Test
    void aChangedBitAnywhereIsFoundOrChangesNothing() throws IOException {
        Path file = folder.resolve("a");
        checkpoint(7).write(file);
        byte[] good = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            Path damaged = folder.resolve("bit" + at);
            Files.write(damaged, bad);
            try {
                assertSame(Checkpoint.read(damaged), checkpoint(7));
            } catch (MalformedFileException e) {
                assertThat(e).hasMessageContaining("bit" + at);
                refused++;
            }
            Files.delete(damaged);
        }
        // What changes nothing is space around the header.
        assertThat(refused).isGreaterThan(good.length - 16);
    }

    @Test
    void everyShorterFileIsRefused() throws IOException {
        Path file = folder.resolve("a");
        checkpoint(7).write(file);
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length += 7) {
            Path damaged = folder.resolve("length" + length);
            Files.write(damaged, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> Checkpoint.read(damaged)).isInstanceOf(MalformedFileException.class);
            Files.delete(damaged);
        }
    }

    @Test
    void everyFieldIsNeeded() throws IOException {
        Path file = folder.resolve("a");
        checkpoint(7).write(file);
        Safetensors.Contents contents = Safetensors.read(file);
        for (String field : contents.metadata().keySet()) {
            Map<String, String> metadata = new TreeMap<>(contents.metadata());
            metadata.remove(field);
            Safetensors.write(file, contents.arrays(), metadata);
            assertThatThrownBy(() -> Checkpoint.read(file))
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void weightsAloneAreNoCheckpoint() throws IOException {
        Path file = folder.resolve("weights");
        Safetensors.write(file, checkpoint(1).model(), Map.of());
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("'format': expected ravine-checkpoint-1, found none");
        Safetensors.write(file, Map.of("labels", Arena.ofIntegers(1, 2)), Map.of());
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("'labels'");
    }

    @Test
    void aNumberThatIsMissingIsNamed() {
        assertThatThrownBy(() -> checkpoint(1).number("examples"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no number 'examples'");
    }
}
