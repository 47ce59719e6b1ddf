package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.RavineProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command whose standard output is full fails, and says so. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class FullOutputTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "compare --json --quiet --gradients 1 --optimizer sgd --hidden 2", "compare --help"})
    void isAnError(String arguments) throws Exception {
        Path errors = folder.resolve("errors");
        Process process = RavineProcess.with(List.of(arguments.split(" ", -1)))
                .directory(folder.toFile())
                .redirectOutput(new File("/dev/full"))
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(errors)).contains("standard output could not be written to the end");
    }
}
