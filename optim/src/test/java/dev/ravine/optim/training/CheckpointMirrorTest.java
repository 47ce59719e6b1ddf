package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of checkpoints and its copies elsewhere. */
class CheckpointMirrorTest {
    @TempDir
    private Path parent;

    /** Files of another place, in memory. */
    private static final class Elsewhere implements CheckpointMirror {
        private final Map<String, byte[]> files = new TreeMap<>();
        private boolean isFull;

        @Override
        public List<String> names() {
            return new ArrayList<>(files.keySet());
        }

        @Override
        public void put(Path file) throws IOException {
            if (isFull) {
                throw new IOException("no space");
            }
            files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }

        @Override
        public void get(String name, Path to) throws IOException {
            Files.write(to, files.get(name));
        }

        @Override
        public void delete(String name) {
            files.remove(name);
        }

        @Override
        public String toString() {
            return "elsewhere";
        }
    }

    private static long latest(CheckpointFolder folder) throws IOException {
        return folder.latest().orElseThrow().state().steps();
    }

    @Test
    void aRunGoesOnFromCopiesWhereItsMachineIsLost() throws IOException {
        Elsewhere elsewhere = new Elsewhere();
        elsewhere.files.put("notes.txt", new byte[3]);
        CheckpointFolder lost = new CheckpointFolder(parent.resolve("lost"), 2, elsewhere);
        for (long step = 1; step <= 4; step++) {
            lost.write(CheckpointTest.checkpoint(step));
        }
        assertThat(elsewhere.files)
                .containsOnlyKeys("notes.txt", "step-000000003.safetensors", "step-000000004.safetensors");
        CheckpointFolder other = new CheckpointFolder(parent.resolve("other"), 2, elsewhere);
        assertThat(latest(other)).isEqualTo(4);
        other.write(CheckpointTest.checkpoint(5));
        assertThat(elsewhere.files)
                .containsOnlyKeys("notes.txt", "step-000000004.safetensors", "step-000000005.safetensors");
        assertThat(other.files()).hasSize(2);
        assertThat(parent.resolve("other").toFile().list()).hasSize(2);
    }

    @Test
    void aDamagedCopyIsPassedOver() throws IOException {
        Elsewhere elsewhere = new Elsewhere();
        CheckpointFolder lost = new CheckpointFolder(parent.resolve("lost"), 2, elsewhere);
        lost.write(CheckpointTest.checkpoint(1));
        lost.write(CheckpointTest.checkpoint(2));
        elsewhere.files.put("step-000000002.safetensors", new byte[7]);
        assertThat(latest(new CheckpointFolder(parent.resolve("other"), 2, elsewhere)))
                .isEqualTo(1);
    }

    @Test
    void aCopyThatFailsIsAnErrorAndLosesNothing() throws IOException {
        Elsewhere elsewhere = new Elsewhere();
        CheckpointFolder folder = new CheckpointFolder(parent.resolve("run"), 1, elsewhere);
        folder.write(CheckpointTest.checkpoint(1));
        elsewhere.isFull = true;
        assertThatThrownBy(() -> folder.write(CheckpointTest.checkpoint(2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step-000000002.safetensors: saved, but it cannot be copied to elsewhere")
                .hasMessageContaining("no space");
        assertThat(elsewhere.files).containsOnlyKeys("step-000000001.safetensors");
        assertThat(latest(folder)).isEqualTo(2);
        assertThat(folder.toString()).endsWith("run, keeps 1, copies to elsewhere]");
    }

    @Test
    void withoutCopiesARunBegins() throws IOException {
        assertThat(new CheckpointFolder(parent.resolve("new"), 1, new Elsewhere()).latest())
                .isEmpty();
    }
}
