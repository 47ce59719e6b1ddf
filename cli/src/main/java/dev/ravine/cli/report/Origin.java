package dev.ravine.cli.report;

import dev.ravine.core.NativeRuntime;
import dev.ravine.core.kernels.KernelSets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * How to reproduce a report.
 *
 * @param command the exact command line
 * @param time when the command ended
 * @param facts versions and machine, by name
 */
public record Origin(String command, Instant time, Map<String, String> facts) {
    /**
     * The origin of a command that ends now in this process: the versions of everything that computes, the processor,
     * and the environment variables that change threads or kernels. Nothing names the user or the host.
     *
     * @param command the exact command line
     * @param extra further facts, placed first
     * @return an origin with the current time
     */
    public static Origin of(String command, Map<String, String> extra) {
        Map<String, String> facts = new LinkedHashMap<>(extra);
        facts.put("Ravine", version());
        facts.putAll(NativeRuntime.versions());
        facts.put("Kernels", KernelSets.name());
        facts.put(
                "Java",
                System.getProperty("java.vm.name") + " " + Runtime.version() + ", "
                        + System.getProperty("java.vendor"));
        facts.put(
                "System",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        Runtime runtime = Runtime.getRuntime();
        facts.put(
                "Processor",
                NativeRuntime.processor().orElse("unknown") + ", " + runtime.availableProcessors() + " available");
        facts.put("Heap", "at most " + (runtime.maxMemory() >> 20) + " MiB");
        Map<String, String> set = NativeRuntime.environment();
        if (!set.isEmpty()) {
            facts.put(
                    "Environment",
                    set.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(", ")));
        }
        return new Origin(command, Instant.now(), facts);
    }

    /**
     * The version of Ravine, as it was built.
     *
     * @return such as 0.1.0
     */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Origin.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read version.properties on the class path", e);
        }
        return properties.getProperty("version");
    }
}
