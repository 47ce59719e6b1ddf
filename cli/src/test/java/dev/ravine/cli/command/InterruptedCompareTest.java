package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ravine.cli.RavineProcess;
import dev.ravine.cli.reliability.Interrupts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, in a process of its own. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class InterruptedCompareTest {
    @TempDir
    Path folder;

    @Test
    void anInterruptWritesTheReportOfWhatWasDone() throws Exception {
        Interrupts.assumeHeard();
        Path out = folder.resolve("out");
        Process process = RavineProcess.with(List.of(
                        "compare",
                        "--problem",
                        "regress",
                        "--epochs",
                        "1e6",
                        "--optimizer",
                        "sgd",
                        "--optimizer",
                        "hf",
                        "--out",
                        out.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.txt").toFile())
                .start();
        Path steps = out.resolve("steps.csv");
        while (process.isAlive() && !(Files.exists(steps) && Files.size(steps) > 10_000)) {
            Thread.sleep(10);
        }
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(folder.resolve("console.txt"))
                .content()
                .contains("ending after this step", "ended early: interrupted", "report: " + out.resolve("index.html"))
                .contains("Interrupted before every optimizer had its whole budget");
        assertThat(out.resolve("results.csv")).content().contains("SGD").doesNotContain("Hessian-free");
        assertThat(Files.readString(steps)).endsWith("\n");
    }

    /** What draws a progress bar must leave the signal alone. */
    @Test
    void controlCOnATerminalWithAProgressBarWritesTheReportToo() throws Exception {
        Path out = folder.resolve("out");
        Process terminal = terminal("--problem regress --epochs 1e6 --optimizer sgd --optimizer hf", out);
        await(terminal, "steps/s");
        try (OutputStream keys = terminal.getOutputStream()) {
            controlC(keys);
            assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(terminal.exitValue()).isEqualTo(130);
        assertThat(console())
                .content()
                .contains("% [", "report: " + out.resolve("index.html"))
                .containsPattern("\\Rravine: ending after this step \\(Ctrl-C again");
        assertThat(out.resolve("results.csv")).content().contains("SGD").doesNotContain("Hessian-free");
    }

    /** A step of exact Newton on 1,291 parameters takes seconds, so it is the second Ctrl-C that ends the process. */
    @Test
    void aSecondControlCEndsAtOnce() throws Exception {
        Path out = folder.resolve("out");
        Process terminal = terminal("--problem regress --hidden 30,30 --epochs 1e6 --optimizer newton", out);
        await(terminal, "% [");
        try (OutputStream keys = terminal.getOutputStream()) {
            controlC(keys);
            await(terminal, "ending after this step");
            assertThat(terminal.isAlive()).isTrue();
            controlC(keys);
            assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(terminal.exitValue()).isEqualTo(130);
        assertThat(console()).content().doesNotContain("report: ");
        assertThat(out.resolve("index.html")).doesNotExist();
    }

    private Path console() {
        return folder.resolve("console.txt");
    }

    private static void controlC(OutputStream keys) throws IOException {
        keys.write(3);
        keys.flush();
    }

    private void await(Process terminal, String text) throws Exception {
        while (terminal.isAlive() && !Files.readString(console()).contains(text)) {
            Thread.sleep(10);
        }
    }

    /** Starts a comparison in a pseudo-terminal. */
    private Process terminal(String arguments, Path out) throws IOException {
        Interrupts.assumeHeard();
        assumeThat(Path.of("/usr/bin/script")).as("makes a pseudo-terminal").isExecutable();
        Path command = folder.resolve("command.sh");
        Files.writeString(
                command,
                String.join(
                        " ",
                        "exec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "'",
                        "-cp '" + System.getProperty("java.class.path") + "' -Xmx512m -XX:TieredStopAtLevel=1",
                        Ravine.class.getName(),
                        "compare",
                        arguments,
                        "--out '" + out + "'\n"));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", "sh " + command, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(console().toFile());
        builder.environment().put("TERM", "xterm");
        return builder.start();
    }
}
