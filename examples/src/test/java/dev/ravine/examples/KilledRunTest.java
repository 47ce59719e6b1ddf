package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Rng;
import dev.ravine.optim.training.Checkpoint;
import dev.ravine.optim.training.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own that are killed or interrupted, and go on. */
@Timeout(120)
class KilledRunTest {
    private static final int STEPS = 200;

    @TempDir
    Path folder;

    private Process start(Path run) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        TrainWithCheckpoints.class.getName(),
                        Integer.toString(STEPS),
                        run.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(run.getFileName() + ".txt").toFile())
                .start();
    }

    private static int finished(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Of the last file there is, though it may be gone before it could be read. */
    private static String newest(Path run) throws IOException {
        var files = new CheckpointFolder(run, 3).files();
        return files.isEmpty() ? "" : files.get(files.size() - 1).getFileName().toString();
    }

    private static void awaitStepAfter(String file, Path run, Process process) throws Exception {
        while (process.isAlive() && newest(run).compareTo(file) <= 0) {
            Thread.sleep(1);
        }
    }

    private static Checkpoint latest(Path run) throws IOException {
        Optional<Checkpoint> latest = new CheckpointFolder(run, 3).latest();
        return latest.orElseThrow();
    }

    @Test
    void threeKillsChangeNothing() throws Exception {
        Path whole = folder.resolve("whole");
        Process undisturbed = start(whole);
        Path killed = folder.resolve("killed");
        Rng rng = new Rng(1);
        for (int i = 0; i < 3; i++) {
            Process process = start(killed);
            awaitStepAfter(newest(killed), killed, process);
            Thread.sleep(rng.nextInt(100));
            process.destroyForcibly();
            assertThat(finished(process)).isNotZero();
        }
        assertThat(latest(killed).state().steps()).isBetween(20L, STEPS - 1L);
        assertThat(finished(start(killed))).isZero();
        assertThat(finished(undisturbed)).isZero();
        Checkpoint expected = latest(whole);
        Checkpoint found = latest(killed);
        assertThat(found.state().steps()).isEqualTo(STEPS);
        assertThat(found.model()).isEqualTo(expected.model());
        assertThat(found.state().vectors()).isEqualTo(expected.state().vectors());
        assertThat(found.arrays()).isEqualTo(expected.arrays());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anInterruptFinishesTheStepAndSaves() throws Exception {
        Path run = folder.resolve("interrupted");
        Process process = start(run);
        awaitStepAfter("", run, process);
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(finished(process)).isEqualTo(130);
        assertThat(folder.resolve("interrupted.txt"))
                .content()
                .contains("ended by STOPPED after " + latest(run).state().steps() + " steps");
    }
}
