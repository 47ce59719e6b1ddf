package dev.ravine.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpiralsTest {
    /** The first program of the documentation, as a user's own, from another package. */
    @Test
    void theFirstProgramLearnsTheSpirals() {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Spirals.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        String line = printed.toString(StandardCharsets.UTF_8).strip();
        assertThat(line).startsWith("accuracy ");
        assertThat(Double.parseDouble(line.substring("accuracy ".length()))).isGreaterThan(0.99);
    }
}
