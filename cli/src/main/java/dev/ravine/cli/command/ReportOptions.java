package dev.ravine.cli.command;

import dev.ravine.cli.compare.StepLog;
import dev.ravine.cli.report.Lines;
import dev.ravine.cli.report.LiveServer;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.ReportJson;
import dev.ravine.cli.report.ReportWriter;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.cli.runs.SavedRun;
import dev.ravine.examples.ConsoleProgress;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the commands that write a report: a mixin. */
final class ReportOptions implements Closeable {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder of the report and its numbers, instead of a new one in runs/. An earlier report in it is"
                            + " replaced.")
    private Path out;

    @Option(names = "--open", description = "Opens the report in a browser.")
    private boolean open;

    @Option(names = "--quiet", description = "Prints the result and the place of the report, nothing else.")
    private boolean quiet;

    @Option(
            names = "--json",
            description =
                    "Prints one JSON document with all results and nothing else; progress goes to standard error.")
    private boolean json;

    private final RunFolders runs;
    private Path place;
    private LiveServer live;

    ReportOptions(RunFolders runs) {
        this.runs = runs;
    }

    /** The folder of the report, once it is made. */
    Path out() {
        return place;
    }

    /**
     * Makes the folder of the report before the work begins, whose results would be lost without it.
     *
     * @param label of the run, for the name of its folder
     */
    void prepare(String label) throws IOException {
        if (out == null) {
            place = runs.create(label, LocalDateTime.now(ZoneOffset.UTC));
            return;
        }
        Files.createDirectories(out);
        if (!Files.isWritable(out)) {
            throw new IOException(out + " cannot be written to; allow it, or name another folder with --out");
        }
        SavedRun.clear(out);
        Files.deleteIfExists(out.resolve(StepLog.FILE));
        place = out;
    }

    /** Takes lines on progress: standard error if standard output belongs to JSON, nowhere if quiet. */
    PrintWriter messages() {
        if (quiet) {
            return new PrintWriter(Writer.nullWriter());
        }
        return json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }

    /** Takes warnings. */
    PrintWriter warnings() {
        return spec.commandLine().getErr();
    }

    /** Serves the page while work goes on, until the report is written or this is closed; says where. */
    LiveServer serve() throws IOException {
        live = new LiveServer();
        PrintWriter console =
                quiet || json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        console.println("live: " + live.address());
        console.flush();
        if (open) {
            Browser.open(live.address());
        }
        return live;
    }

    @Override
    public void close() {
        if (live != null) {
            live.close();
        }
    }

    /** Whether to show no progress. */
    boolean isQuiet() {
        return quiet;
    }

    /** Whether standard output belongs to JSON. */
    boolean isJson() {
        return json;
    }

    /** A full disk or a closed pipe must not look like success. */
    private void requireWritten(PrintWriter console) throws IOException {
        if (console.checkError()) {
            throw new IOException(
                    "standard output could not be written to the end, as on a full disk; the report is in " + out());
        }
    }

    /** In lines for a person at a terminal; other programs get each paragraph whole. */
    static Stream<String> lines(String text) {
        return ConsoleProgress.isTerminal()
                ? text.lines()
                        .flatMap(line -> Lines.wrap(line, Lines.width(), line.startsWith("- ") ? "  " : "").stream())
                : text.lines();
    }

    /** Writes the report, prints its verdict and its place, and opens it with {@code --open}. */
    void write(Report report) throws IOException {
        Path page = ReportWriter.write(report, out());
        if (live != null) {
            live.finish(Files.readAllBytes(page));
        }
        PrintWriter console = spec.commandLine().getOut();
        if (json) {
            ReportJson.write(report, page.toString(), console);
        } else {
            console.println();
            lines(report.verdict()).forEach(console::println);
            console.println();
            console.println("report: " + page);
            console.flush();
        }
        requireWritten(console);
        if (runs.holds(out())) {
            runs.finish(out()).ifPresent(messages()::println);
            messages().flush();
        }
        if (open && live == null) {
            Browser.open(page.toAbsolutePath().toUri());
        }
    }
}
