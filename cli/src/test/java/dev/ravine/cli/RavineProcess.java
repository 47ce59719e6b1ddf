package dev.ravine.cli;

import dev.ravine.cli.command.Ravine;
import java.nio.file.Path;
import java.util.List;

/** The tool in a process of its own, with the class path of this one. */
public final class RavineProcess {
    private RavineProcess() {}

    /** Not started yet, so that its output can be sent somewhere. */
    public static ProcessBuilder with(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                Ravine.class.getName());
        builder.command().addAll(arguments);
        return builder;
    }
}
