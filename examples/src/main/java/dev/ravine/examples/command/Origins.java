package dev.ravine.examples.command;

import dev.ravine.examples.report.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Model.CommandSpec;

/** How a command can be made again. */
final class Origins {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");

    private Origins() {}

    /** The command line that is running, and what it runs on. */
    static Origin of(CommandSpec command) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Ravine", command.root().version()[0]);
        facts.put("Java", System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vm.name"));
        String nd4j = INDArray.class.getPackage().getImplementationVersion();
        if (nd4j != null) {
            facts.put("ND4J", nd4j);
        }
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        facts.put("processor", processor());
        facts.put("memory for Java", Runtime.getRuntime().maxMemory() / (1 << 20) + " MB");
        return new Origin(line(command), Instant.now().truncatedTo(ChronoUnit.SECONDS), facts);
    }

    /** As a person would type it. */
    private static String line(CommandSpec command) {
        List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
        return Stream.concat(Stream.of("./ravine"), arguments.stream())
                .map(Origins::quoted)
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    private static String processor() {
        String count = Runtime.getRuntime().availableProcessors() + " processors";
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", " + count)
                    .findFirst()
                    .orElse(count);
        } catch (IOException e) {
            return count; // not Linux
        }
    }
}
