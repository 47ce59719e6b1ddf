package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Rng;
import dev.ravine.examples.TrainWithCheckpoints;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own that are killed or interrupted, and go on; {@link KilledRunLongTest} kills more. */
@Timeout(120)
class KilledRunTest {
    private static final int STEPS = 200;

    @TempDir
    Path folder;

    @Test
    void threeKillsChangeNothing() throws Exception {
        Path whole = folder.resolve("whole");
        RunInProcess undisturbed = RunInProcess.start(TrainWithCheckpoints.class, STEPS, whole);
        Path killed = folder.resolve("killed");
        Rng rng = new Rng(1);
        for (int i = 0; i < 3; i++) {
            RunInProcess run = RunInProcess.start(TrainWithCheckpoints.class, STEPS, killed);
            run.awaitCheckpointAfter(RunInProcess.newest(killed));
            Thread.sleep(rng.nextInt(100));
            run.kill();
        }
        assertThat(RunInProcess.latest(killed).state().steps()).isBetween(20L, STEPS - 1L);
        assertThat(RunInProcess.start(TrainWithCheckpoints.class, STEPS, killed).finish(60))
                .isZero();
        assertThat(undisturbed.finish(60)).isZero();
        assertThat(RunInProcess.latest(killed).state().steps()).isEqualTo(STEPS);
        RunInProcess.assertSameEnd(killed, whole);
    }

    @Test
    void aSecondRunIsToldWhoHasTheFolder() throws Exception {
        Path shared = folder.resolve("shared");
        RunInProcess first = RunInProcess.start(TrainWithCheckpoints.class, 1_000_000, shared);
        first.awaitCheckpointAfter("");
        assertThatThrownBy(() -> TrainWithCheckpoints.main(new String[] {"200", shared.toString()}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(shared + ": in use by process " + first.id() + " since 2");
        first.kill();
        assertThat(RunInProcess.latest(shared).state().steps()).isPositive();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anInterruptFinishesTheStepAndSaves() throws Exception {
        Interrupts.assumeHeard();
        Path folderOfRun = folder.resolve("interrupted");
        RunInProcess run = RunInProcess.start(TrainWithCheckpoints.class, STEPS, folderOfRun);
        run.awaitCheckpointAfter("");
        new ProcessBuilder("kill", "-INT", Long.toString(run.id())).start().waitFor();
        assertThat(run.finish(60)).isEqualTo(130);
        assertThat(run.printed())
                .contains("ended after "
                        + RunInProcess.latest(folderOfRun).state().steps() + " steps")
                .contains(": it was asked to stop");
    }
}
