package dev.ravine.examples.command;

import dev.ravine.examples.report.Origin;
import java.io.IOException;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code ravine} command. */
@Command(
        name = "ravine",
        mixinStandardHelpOptions = true,
        versionProvider = Ravine.Version.class,
        description = "Deep learning with exact curvature.",
        subcommands = {Compare.class, Study.class, Spectrum.class, GenerateCompletion.class})
public final class Ravine {
    /** For {@code --version}. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"ravine " + Origin.version()};
        }
    }

    private final Interruption interruption = new Interruption();

    private Ravine() {}

    /**
     * Runs the command and exits with 0 if all went well, 1 if it failed, 2 if it was called wrongly, 130 if it was interrupted.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Ravine ravine = new Ravine();
        ravine.interruption.listen();
        int exit;
        try {
            exit = ravine.command().execute(args);
        } finally {
            ravine.interruption.ended();
        }
        System.exit(exit);
    }

    /** Whether the command is to end, asked by its parts after each step. */
    Interruption interruption() {
        return interruption;
    }

    static CommandLine commandLine() {
        return new Ravine().command();
    }

    /** What the user can mend is said in one line; anything else keeps its stack trace. */
    private CommandLine command() {
        return new CommandLine(this)
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
