package dev.ravine.cli.command;

import dev.ravine.cli.report.Origin;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** The command line that makes a report again. */
final class Origins {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");

    private Origins() {}

    /** The command line that is running, and the machine. */
    static Origin of(CommandSpec command) {
        return of(command, Map.of());
    }

    /** With other words for some arguments, which mean the same now and later. */
    static Origin of(CommandSpec command, Map<String, String> lasting) {
        return Origin.of(line(command, lasting), Map.of());
    }

    /** As a person would type it. */
    private static String line(CommandSpec command, Map<String, String> lasting) {
        List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
        return Stream.concat(Stream.of("./ravine"), arguments.stream().map(a -> lasting.getOrDefault(a, a)))
                .map(Origins::quoted)
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
