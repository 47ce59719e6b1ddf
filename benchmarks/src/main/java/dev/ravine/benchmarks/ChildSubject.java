package dev.ravine.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A subject in a process of its own: what threads do is decided by the environment before libraries are loaded. */
final class ChildSubject implements Subject {
    private final String name;
    private final Path log;
    private final Process process;
    private final DataInputStream answers;
    private final PrintStream orders;
    private final Set<Quantity> quantities = EnumSet.noneOf(Quantity.class);

    ChildSubject(String kind, Net net, Map<String, String> environment, String... options) {
        name = kind + " " + environment;
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                kind,
                net.name(),
                "" + net.batch()));
        log = temporaryFile();
        ProcessBuilder builder = new ProcessBuilder(command);
        // Peers print what nobody wants to see; what they print before they fail is another matter.
        builder.redirectError(log.toFile());
        builder.environment().putAll(environment);
        try {
            process = builder.start();
            answers = new DataInputStream(process.getInputStream());
            orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            for (long i = answers.readLong(); i > 0; i--) {
                quantities.add(Quantity.valueOf(answers.readUTF()));
            }
        } catch (IOException e) {
            throw failure("did not start", e);
        }
    }

    @Override
    public Set<Quantity> quantities() {
        return quantities;
    }

    @Override
    public void run(Quantity quantity) {
        nanoseconds(quantity, 1);
    }

    /** The time of some runs in a row, taken in the child. */
    long nanoseconds(Quantity quantity, int runs) {
        orders.println("time " + quantity.name() + " " + runs);
        try {
            return answers.readLong();
        } catch (IOException e) {
            throw failure("ended while computing " + quantity, e);
        }
    }

    /** By how much the resident memory of the child has grown at most since its libraries were loaded, in bytes. */
    long memoryGrowth() {
        orders.println("memory GRADIENT");
        try {
            return answers.readLong();
        } catch (IOException e) {
            throw failure("ended while asked for its memory", e);
        }
    }

    @Override
    public float[] result(Quantity quantity) {
        orders.println("result " + quantity.name());
        try {
            float[] result = new float[(int) answers.readLong()];
            byte[] bytes = new byte[result.length * Float.BYTES];
            answers.readFully(bytes);
            ByteBuffer.wrap(bytes).asFloatBuffer().get(result);
            return result;
        } catch (IOException e) {
            throw failure("ended while sending " + quantity, e);
        }
    }

    private UncheckedIOException failure(String what, IOException cause) {
        String printed;
        try {
            printed = Files.readString(log);
        } catch (IOException e) {
            printed = "what it printed cannot be read";
        }
        return new UncheckedIOException(name + " " + what + "; it printed:\n" + printed, cause);
    }

    private static Path temporaryFile() {
        try {
            Path file = Files.createTempFile("benchmark", ".log");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("no place for a log", e);
        }
    }

    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
