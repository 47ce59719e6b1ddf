package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = parent.resolve("runs/first");
    }

    private static void write(CheckpointFolder checkpoints, long... steps) throws IOException {
        for (long step : steps) {
            checkpoints.write(CheckpointTest.checkpoint(step));
        }
    }

    @Test
    void keepsTheLatest() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        assertThat(checkpoints.latest()).isEmpty();
        assertThat(checkpoints.files()).isEmpty();
        write(checkpoints, 1, 2, 3);
        assertThat(checkpoints.files())
                .containsExactly(
                        folder.resolve("step-000000002.safetensors"), folder.resolve("step-000000003.safetensors"));
        assertThat(checkpoints.latest().orElseThrow().state().steps()).isEqualTo(3);
    }

    @Test
    void ordersBySteps() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        write(checkpoints, 999_999_999, 1_000_000_000);
        assertThat(checkpoints.latest().orElseThrow().state().steps()).isEqualTo(1_000_000_000);
        assertThat(checkpoints.files()).hasSize(1);
    }

    @Test
    void passesOverDamagedOnes() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 5);
        write(checkpoints, 1, 2, 3);
        Files.write(checkpoints.files().get(2), new byte[100]);
        Files.write(checkpoints.files().get(1), new byte[0]);
        assertThat(checkpoints.latest().orElseThrow().state().steps()).isEqualTo(1);
    }

    @Test
    void aDamagedLaterOneDoesNotPushOutANewOne() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        write(checkpoints, 2);
        Files.write(folder.resolve("step-000000009.safetensors"), new byte[100]);
        write(checkpoints, 3);
        assertThat(checkpoints.latest().orElseThrow().state().steps()).isEqualTo(3);
    }

    @Test
    void onlyDamagedOnesAreAnError() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 5);
        write(checkpoints, 1);
        Files.write(checkpoints.files().get(0), new byte[100]);
        assertThatThrownBy(checkpoints::latest)
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("all of 1 checkpoints are damaged")
                .hasMessageContaining("move them away");
    }

    @Test
    void leavesOtherFilesAlone() throws IOException {
        Files.createDirectories(folder.resolve("step-000000000.safetensors"));
        Path notes = Files.writeString(folder.resolve("notes.txt"), "mine");
        Path similar = Files.writeString(folder.resolve("step-1.safetensors"), "mine");
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        write(checkpoints, 1, 2, 3);
        assertThat(notes).exists();
        assertThat(similar).exists();
        assertThat(folder.resolve("step-000000000.safetensors")).isDirectory();
        assertThat(checkpoints.files()).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeMadeIsAnErrorAndLosesNothing() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "mine");
        assertThatThrownBy(() -> write(new CheckpointFolder(file.resolve("run"), 1), 1))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("mine");
        assertThatThrownBy(() -> new CheckpointFolder(folder, 0)).hasMessageContaining("found 0");
    }
}
