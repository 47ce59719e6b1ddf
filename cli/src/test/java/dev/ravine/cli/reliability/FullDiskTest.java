package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose checkpoint does not fit: in the build by a limit on the size of files, in the long tests on a small disk. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class FullDiskTest {
    private static final int STEPS = 40;

    /** Of 512 or 1,024 bytes, as the shell likes: more than the log and less than a checkpoint. */
    private static final List<String> SMALL_FILES_ONLY = List.of("sh", "-c", "ulimit -f 300; exec \"$@\"", "sh");

    @TempDir
    Path folder;

    @Test
    void aCheckpointThatDoesNotFitLosesNothing() throws Exception {
        Path killed = folder.resolve("limited");
        assertThat(RunInProcess.start(ShortTraining.class, STEPS / 2, killed).finish(60))
                .isZero();
        byte[] good = Files.readAllBytes(killed.resolve(RunInProcess.newest(killed)));

        RunInProcess limited = RunInProcess.start(SMALL_FILES_ONLY, ShortTraining.class, STEPS, killed);
        assertThat(limited.finish(60)).isEqualTo(1);
        assertThat(limited.printed())
                .contains("step-000000024.safetensors: cannot save the checkpoint (IOException: ")
                .contains("earlier ones are as they were: make room or allow writing");
        assertThat(killed.resolve("step-000000020.safetensors")).hasBinaryContent(good);
        assertThat(killed.resolve("step-000000024.safetensors")).doesNotExist();
        assertThat(killed).isDirectoryNotContaining("glob:**.tmp");

        assertThat(RunInProcess.start(ShortTraining.class, STEPS, killed).finish(60))
                .isZero();
        Path whole = folder.resolve("whole");
        assertThat(RunInProcess.start(ShortTraining.class, STEPS, whole).finish(60))
                .isZero();
        RunInProcess.assertSameEnd(killed, whole);
    }
}
