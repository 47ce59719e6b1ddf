package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether processes that a test starts can be interrupted. */
public final class Interrupts {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String IGNORED = "SigIgn:";
    private static final int SIGINT = 2;

    private Interrupts() {}

    /** Skips the test in a shell's background job without job control: SIGINT is ignored there, and children inherit that. */
    public static void assumeHeard() throws IOException {
        if (!Files.exists(STATUS)) {
            return;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(IGNORED)) {
                BigInteger ignored =
                        new BigInteger(line.substring(IGNORED.length()).strip(), 16);
                assumeThat(ignored.testBit(SIGINT - 1))
                        .as("SIGINT is ignored, as this is a background job")
                        .isFalse();
            }
        }
    }
}
