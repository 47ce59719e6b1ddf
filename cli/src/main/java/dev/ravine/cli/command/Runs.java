package dev.ravine.cli.command;

import dev.ravine.cli.report.Lines;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.cli.runs.SavedRun;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine runs}: what earlier commands have left in the folder {@code runs}. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description =
                "Lists earlier runs, shows or deletes them. Each command that writes a report has a folder of its own"
                        + " in runs/, unless --out names another; runs/latest leads to the last one, runs/index.html lists"
                        + " all.",
        footer = {
            "",
            "A run is named by its folder, by a part of that name that no other has, or as latest.",
            "",
            "Examples:",
            "  ravine runs                      all of them, the newest first",
            "  ravine runs show latest --open",
            "  ravine runs overlay 1343 1402    two runs in one report",
            "  ravine runs delete 2026-11-27-1343"
        })
final class Runs implements Callable<Integer> {
    private static final String INDENT = "    ";

    private final RunFolders folders;

    @Spec
    private CommandSpec spec;

    Runs(RunFolders folders) {
        this.folders = folders;
    }

    @Override
    public Integer call() throws IOException {
        return list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all runs, the newest first.")
    int list() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<SavedRun> all = folders.all();
        if (all.isEmpty()) {
            out.println("no runs yet in " + folders.root() + "; ./ravine compare makes one");
        }
        Path latest = folders.root().resolve(RunFolders.LATEST);
        for (SavedRun run : all) {
            boolean isLatest = Files.exists(latest) && Files.isSameFile(latest, run.folder());
            out.println(run.name() + (isLatest ? " (latest)" : ""));
            String text = run.summary().map(SavedRun.Summary::sentence).orElse("It has not ended, or was killed.");
            out.println(INDENT + Lines.cut(text, Lines.width() - INDENT.length()));
        }
        out.flush();
        return 0;
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints the outcome of a run.")
    int show(
            @Parameters(paramLabel = "RUN", description = "Such as latest.") String name,
            @Option(names = "--open", description = "Opens its report in a browser.") boolean open)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        SavedRun run = folders.find(name);
        SavedRun.Summary summary = run.finished();
        out.println(run.name());
        for (String text : List.of(summary.title(), summary.verdict(), summary.command())) {
            out.println();
            Lines.wrap(text, Lines.width(), "").forEach(out::println);
        }
        out.println();
        out.println("report: " + run.page());
        out.flush();
        if (open) {
            Browser.open(run.page().toAbsolutePath().toUri());
        }
        return 0;
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes runs with all their files.")
    int delete(
            @Parameters(paramLabel = "RUN", arity = "1..*", description = "One or more.") List<String> names,
            @Option(names = "--yes", description = "Does not ask first.") boolean isSure)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<SavedRun> meant = new ArrayList<>();
        for (String name : names) {
            meant.add(folders.find(name));
        }
        for (SavedRun run : meant.stream().distinct().toList()) {
            if (!isSure && !isConfirmed(run)) {
                out.println(run.name() + " stays");
                continue;
            }
            folders.delete(run);
            out.println("deleted " + run.name());
        }
        out.flush();
        return 0;
    }

    /** Asks at the terminal; where there is none, nothing is deleted without the option. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isConfirmed(SavedRun run) throws IOException {
        Console console = System.console();
        if (console == null) {
            throw new IOException("there is no terminal to ask at; to delete without a question, add --yes");
        }
        String answer = console.readLine("delete %s? (y/n) ", run.name());
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
