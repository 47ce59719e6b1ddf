package dev.ravine.cli.command;

import dev.ravine.cli.report.Lines;
import dev.ravine.cli.report.Origin;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.optim.catalogue.Setting;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code ravine} command. */
@Command(
        name = "ravine",
        mixinStandardHelpOptions = true,
        versionProvider = Ravine.Version.class,
        description = "Deep learning with exact curvature.",
        footer = {"", "A first run, with its report in a browser:", "  ravine compare --open"})
public final class Ravine implements Runnable {
    /** For {@code --version}. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"ravine " + Origin.version()};
        }
    }

    private final Interruption interruption = new Interruption();
    private final RunFolders runs;

    @Spec
    private CommandSpec spec;

    private Ravine(RunFolders runs) {
        this.runs = runs;
    }

    /** Without a subcommand. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /**
     * Runs the command and exits with 0 if all went well, 1 if it failed, 2 if it was called wrongly, 130 if it was
     * interrupted.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Ravine ravine = new Ravine(new RunFolders(Path.of("runs")));
        ravine.interruption.listen();
        int exit = 1;
        try {
            exit = ravine.command().execute(args);
            if (System.out.checkError() && exit == 0) {
                System.err.println("ravine: standard output could not be written to the end, as on a full disk");
                exit = 1;
            }
        } catch (IllegalArgumentException e) {
            System.err.println("ravine: " + e.getMessage());
        } finally {
            exit = ravine.interruption.ended(exit);
        }
        System.exit(exit);
    }

    /** {@return the flag that ends the running subcommand after its present step} */
    Interruption interruption() {
        return interruption;
    }

    static CommandLine commandLine(Path runs) {
        return new Ravine(new RunFolders(runs)).command();
    }

    /** In some errors the system names the file and nothing else. */
    private static String told(Exception e) {
        if (e instanceof FileSystemException f && f.getReason() == null) {
            if (e instanceof NoSuchFileException) {
                return "there is no file or folder " + f.getFile();
            }
            if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
                return f.getFile() + " is a file where a folder is needed; name another folder with --out, or move it";
            }
            String kind = e instanceof AccessDeniedException
                    ? "access was denied"
                    : e.getClass().getSimpleName().replace("Exception", "");
            return f.getFile() + ": " + kind;
        }
        return e instanceof MalformedFileException ? CsvAdvice.inOptions(e.getMessage()) : e.getMessage();
    }

    /** An error that the user can mend is one line; any other keeps its stack trace. */
    private CommandLine command() {
        CommandLine command = new CommandLine(this)
                .addSubcommand(new Compare(interruption, runs))
                .addSubcommand(new Train(interruption))
                .addSubcommand(new Predict())
                .addSubcommand(new Export())
                .addSubcommand(new Study(interruption, runs))
                .addSubcommand(new Spectrum(interruption, runs))
                .addSubcommand(new NetSummary())
                .addSubcommand(new CommandLine(new Runs(runs)).addSubcommand("overlay", new OverlayReport(runs)))
                .addSubcommand(new OverlayReport(runs))
                .addSubcommand(new Help())
                .addSubcommand(new Shell())
                .addSubcommand(new GenerateCompletion());
        OptimizerHelp.addTo(command.getSubcommands().get("compare"));
        return command.registerConverter(Double.class, Setting::parse)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, called, parsed) -> {
                    if (e instanceof IOException || e instanceof IllegalArgumentException) {
                        called.getErr().println(Lines.fitted("ravine: " + told(e)));
                        called.getErr().flush();
                        return 1;
                    }
                    throw e;
                })
                .setParameterExceptionHandler((e, args) -> {
                    CommandLine called = e.getCommandLine();
                    called.getErr().println(Lines.fitted("ravine: " + e.getMessage()));
                    UnmatchedArgumentException.printSuggestions(e, called.getErr());
                    called.getErr()
                            .println("for all options: "
                                    + called.getCommandSpec().qualifiedName() + " --help");
                    called.getErr().flush();
                    return called.getCommandSpec().exitCodeOnInvalidInput();
                });
    }
}
