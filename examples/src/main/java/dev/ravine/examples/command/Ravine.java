package dev.ravine.examples.command;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code ravine} command. */
@Command(
        name = "ravine",
        mixinStandardHelpOptions = true,
        version = "ravine 0.1.0-SNAPSHOT",
        description = "Deep learning with exact curvature.",
        subcommands = Compare.class)
public final class Ravine {
    private Ravine() {}

    /**
     * Runs the command and exits with 0 if all went well, 1 if it failed, 2 if it was called wrongly.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** What the user can mend is said in one line; anything else keeps its stack trace. */
    static CommandLine commandLine() {
        return new CommandLine(new Ravine())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof IOException || e instanceof IllegalArgumentException) {
                        command.getErr().println("ravine: " + e.getMessage());
                        command.getErr().flush();
                        return 1;
                    }
                    throw e;
                });
    }
}
