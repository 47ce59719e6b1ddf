package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link KilledRunTest} with many kills, some four minutes on an idle machine, and up to ten times as long on a busy one:
 * {@code mvn -Plong -pl cli -am verify -Dtest=KilledRunLongTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("long")
class KilledRunLongTest {
    private static final Logger LOG = LoggerFactory.getLogger(KilledRunLongTest.class);
    private static final int KILLS = 200;
    private static final int WITHOUT_END = Integer.MAX_VALUE;
    private static final int STEPS_AFTER_THE_LAST = 100;
    /** From the start of the process on, or from its first checkpoint on. */
    private static final int START_MILLIS = 2000;

    private static final int SAVING_MICROS = 300_000;

    @TempDir
    Path folder;

    @Test
    void twoHundredKillsChangeNothing() throws Exception {
        Path killed = folder.resolve("killed");
        Rng rng = new Rng(1);
        int inTheMiddleOfAFile = 0;
        int withoutProgress = 0;
        for (int i = 0; i < KILLS; i++) {
            String before = RunInProcess.newest(killed);
            RunInProcess run = RunInProcess.start(ShortTraining.class, WITHOUT_END, killed);
            if (i % 4 == 0) {
                Thread.sleep(rng.nextInt(START_MILLIS));
            } else {
                run.awaitCheckpointAfter(before);
                long micros = rng.nextInt(SAVING_MICROS);
                Thread.sleep(micros / 1000, (int) (micros % 1000) * 1000);
            }
            run.kill();
            inTheMiddleOfAFile += hasLeftover(killed) ? 1 : 0;
            withoutProgress += RunInProcess.newest(killed).equals(before) ? 1 : 0;
            LOG.info("{} kills, {}", i + 1, RunInProcess.newest(killed));
        }
        int reached = (int) RunInProcess.latest(killed).state().steps();
        int steps = reached + STEPS_AFTER_THE_LAST;
        assertThat(RunInProcess.start(ShortTraining.class, steps, killed).finish(1200))
                .isZero();
        Path whole = folder.resolve("whole");
        assertThat(RunInProcess.start(ShortTraining.class, steps, whole).finish(1200))
                .isZero();
        LOG.info(
                "{} kills in {} steps: {} while a file was written, {} before the process had saved",
                KILLS,
                reached,
                inTheMiddleOfAFile,
                withoutProgress);
        RunInProcess.assertSameEnd(killed, whole);
        assertThat(names(killed)).isEqualTo(names(whole));
        assertThat(inTheMiddleOfAFile).isPositive();
    }

    private static boolean hasLeftover(Path killed) throws Exception {
        return Files.isDirectory(killed) && names(killed).stream().anyMatch(name -> name.endsWith(".tmp"));
    }

    private static List<String> names(Path run) throws Exception {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
