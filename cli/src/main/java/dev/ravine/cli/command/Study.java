package dev.ravine.cli.command;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.cli.study.Analysis;
import dev.ravine.cli.study.Answer;
import dev.ravine.cli.study.Effort;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ravine study}: analyses of optimizers, one after the other, in one report. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Compares what textbooks say about optimizers with measured runs: each analysis is a section with"
                + " figures, tables, and theory beside the measurements.",
        footer = {
            "",
            "Analyses:",
            "  conditioning    work to a tolerance against the condition number",
            "  convergence     the order of convergence near a minimum",
            "  sensitivity     final loss against the main setting and the scale of the start",
            "  architectures   first against second order on four kinds of nets",
            "  sequences       who makes a recurrent net remember (hours; only by name)",
            "  batch           progress of Hessian-free against the examples of its curvature",
            "  preconditioner  iterations of conjugate gradients for a deep autoencoder",
            "  scaling         time and memory of a step against parameters",
            "  saddle          who leaves a saddle, and by what",
            "",
            "Examples:",
            "  ravine study                     all but the long one, some minutes",
            "  ravine study conditioning saddle",
            "  ravine study --quick --out runs/look"
        })
final class Study extends ReportCommand {
    private static final int LONG_TABLE = 6;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            completionCandidates = Names.class,
            description = "${COMPLETION-CANDIDATES} (default: all but sequences).")
    private List<String> names;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of data, starts and orders (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--quick", description = "Small sizes, done in seconds: for a first look, not for conclusions.")
    private boolean quick;

    Study(Interruption interruption, RunFolders runs) {
        super(interruption, runs);
    }

    /** For help and completion. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Analysis.all().stream().map(Analysis::name).iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Analysis> analyses = chosen();
        report.prepare("study" + (analyses.size() == 1 ? "-" + analyses.get(0).name() : ""));
        PrintWriter messages = report.messages();
        Effort effort = new Effort(seed, quick);
        List<Answer> findings = new ArrayList<>();
        String cut = "";
        for (Analysis analysis : analyses) {
            messages.printf(Locale.ROOT, "%s: %s%n", analysis.name(), analysis.question());
            messages.flush();
            try {
                StudyProgress progress = new StudyProgress(analysis.name(), messages);
                findings.add(analysis.run(effort, (share, part) -> {
                    if (interruption.isRequested()) {
                        throw new CancellationException();
                    }
                    progress.show(share, part);
                }));
            } catch (CancellationException e) {
                cut = "It was interrupted during '" + analysis.name() + "', which is not shown.";
                break;
            }
        }
        String caution =
                quick ? "A first look at small sizes and few steps: what follows are figures, not conclusions." : "";
        String verdict = Stream.of(Stream.of(caution), findings.stream().map(Study::item), Stream.of(cut))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"));
        List<Report.Section> sections = findings.stream().map(Study::section).toList();
        report.write(new Report("Ravine: a study of optimizers", verdict.strip(), sections, Origins.of(spec)));
        return cut.isEmpty() ? 0 : Interruption.EXIT_CODE;
    }

    /** Begins with its result; long tables are folded, since charts beside them show the same. */
    private static Report.Section section(Answer finding) {
        Report.Section section = finding.section();
        boolean hasChart = section.elements().stream().anyMatch(Chart.class::isInstance);
        List<Report.Element> elements = section.elements().stream()
                .map(element -> hasChart
                                && element instanceof Table table
                                && table.rows().size() > LONG_TABLE
                        ? table.folded()
                        : element)
                .toList();
        return new Report.Section(section.title(), finding.verdict() + "\n" + section.text(), elements);
    }

    private static String item(Answer finding) {
        return "- " + finding.section().title() + ": " + finding.verdict();
    }

    /** The chosen analyses, each once, in their usual order. */
    private List<Analysis> chosen() {
        if (names == null) {
            return Analysis.all().stream().filter(a -> !a.isLong()).toList();
        }
        List<String> known = Analysis.all().stream().map(Analysis::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        String.format(
                                Locale.ROOT,
                                "there is no analysis '%s'; there are %s",
                                name,
                                String.join(", ", known)));
            }
        }
        return Analysis.all().stream().filter(a -> names.contains(a.name())).toList();
    }
}
