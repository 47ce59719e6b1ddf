package dev.ravine.cli.command;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.runs.Overlay;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.cli.runs.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine report}: runs of any day in one report. It is {@code ravine runs overlay} too. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Puts earlier runs into one report: their lines in the same charts, their figures in one table.",
        footer = {
            "",
            "A run is named by its folder, by a part of that name that no other has, or as latest; ravine runs lists all.",
            "",
            "Example:",
            "  ravine report 2026-11-26-0930 latest --open"
        })
final class OverlayReport implements Callable<Integer> {
    private final RunFolders folders;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final ReportOptions report;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Two or more; one makes its page anew.")
    private List<String> names;

    OverlayReport(RunFolders folders) {
        this.folders = folders;
        this.report = new ReportOptions(folders);
    }

    @Override
    public Integer call() throws IOException {
        List<SavedRun> runs = new ArrayList<>();
        Map<String, String> lasting = new HashMap<>();
        for (String name : names) {
            SavedRun run = folders.find(withoutLink(name));
            lasting.put(name, Files.isDirectory(Path.of(name)) ? withoutLink(name) : run.name());
            if (!runs.contains(run)) {
                runs.add(run);
            }
        }
        Report overlay = Overlay.of(runs, Origins.of(spec, lasting));
        report.prepare("report");
        report.write(overlay);
        return 0;
    }

    /** The folder to which a link such as runs/latest leads now. */
    private static String withoutLink(String name) throws IOException {
        Path path = Path.of(name);
        return Files.isSymbolicLink(path)
                ? path.resolveSibling(Files.readSymbolicLink(path)).toString()
                : name;
    }
}
