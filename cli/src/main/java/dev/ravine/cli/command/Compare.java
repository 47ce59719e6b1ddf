package dev.ravine.cli.command;

import dev.ravine.examples.ConsoleProgress;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code ravine compare}: one net, the same starts and the same budget for each optimizer, one after the other. Time spent on
 * measuring is not counted.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Trains the same net from the same start with several optimizers, and writes a report.",
        footer = {
            "",
            "Examples:",
            "  ravine compare --open              8,000 digits of MNIST that come along; the report in a browser",
            "  ravine compare --seeds 3 --tune    three starts, and settings that are looked for first",
            "  ravine compare --problem autoencode --seconds 200",
            "                                     a deep autoencoder of the same digits",
            "  ravine compare --problem conditioned --condition 1e6 --optimizer sgd:lr=1 --optimizer newton-cg",
            "  ravine compare --optimizer adam:lr=1e-3 --optimizer hf:lambda=10,chunk=2000 --gradients 500",
            "  ravine compare --data DIR          full MNIST or Fashion-MNIST, from a folder of IDX files",
            "  ravine compare --data wine.csv --target quality",
            "                                     your own table"
        })
final class Compare implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Ravine ravine;

    @Mixin
    private ProblemOptions chosen;

    @Mixin
    private ReportOptions report;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            completionCandidates = OptimizerNames.class,
            description =
                    "A name, and settings after a colon; may be given several times (default: a choice with settings for"
                            + " the problem). Names: ${COMPLETION-CANDIDATES}.")
    private List<String> optimizers;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "Training time of each optimizer (default: 20 for classify, 200 for autoencode, 5 for regress).")
    private Double seconds;

    @Option(
            names = "--gradients",
            paramLabel = "G",
            description =
                    "Instead of seconds: work in units of one gradient over all training examples (default: 1000 for"
                            + " conditioned).")
    private Double gradients;

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Instead of seconds: passes of gradients over the training examples.")
    private Double epochs;

    @Option(
            names = "--seeds",
            paramLabel = "K",
            defaultValue = "1",
            description = "How many starts, the same for all optimizers; each has the whole budget (default:"
                    + " ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--tune",
            description =
                    "First spends one more budget of each optimizer on values of its main setting, and takes the one"
                            + " with the lowest training objective.")
    private boolean tune;

    /** For help and completion. */
    static final class OptimizerNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return OptimizerSpec.names().iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        Problem problem = chosen.problem();
        Budget budget = budget(problem);
        long seed = chosen.seed();
        calls().require(seeds >= 1 && seeds <= 1000, "--seeds must be from 1 to 1000, found " + seeds);
        Problem.Choices choices = chosen.choices(problem);
        List<OptimizerSpec> specs = (optimizers == null ? problem.optimizers() : optimizers)
                .stream().map(this::parse).toList();
        calls().require(
                        specs.stream().map(OptimizerSpec::text).distinct().count() == specs.size(),
                        "every --optimizer can be given once, found " + optimizers);
        Task task = calls().checked(() -> problem.task(choices));
        Map<Long, INDArray> starts = Contest.starts(task, seed, seeds);
        specs.forEach(s -> check(s, task, seed));
        PrintWriter messages = report.messages();
        long parameters = task.net().parameterVector().size();
        messages.printf(
                Locale.ROOT,
                "%s: %s, net %s (%,d parameters), %,d training%s examples, %s each, %s%n",
                problem.name(),
                task.data(),
                task.shape(),
                parameters,
                task.set().train().size(),
                task.test().isEmpty()
                        ? ""
                        : String.format(
                                Locale.ROOT, " and %,d test", task.set().test().size()),
                budget,
                seeds == 1 ? "seed " + seed : "seeds " + seed + " to " + (seed + seeds - 1));
        messages.flush();
        Files.createDirectories(report.out());
        Path steps = report.out().resolve("steps.csv");
        boolean isBar = ConsoleProgress.isTerminal() && !report.isQuiet();
        RunDisplay display = new RunDisplay(messages, isBar, specs.size() * (seeds + (tune ? 1.0 : 0)));
        Comparison comparison;
        try (StepLog log = StepLog.create(steps)) {
            Contest contest = new Contest(task, budget, starts, ravine.interruption(), display);
            comparison = new Comparison(
                    problem.name(),
                    task,
                    parameters,
                    budget,
                    List.copyOf(starts.keySet()),
                    contest.run(specs, tune, log));
        }
        ComparisonReport page = new ComparisonReport(comparison);
        if (!report.isJson()) {
            PrintWriter out = spec.commandLine().getOut();
            out.println();
            ConsoleTable.print(page.table(), out);
        }
        messages.println(ComparisonReport.UNITS);
        messages.println("every step: " + steps);
        messages.flush();
        report.write(page.of(Origins.of(spec)));
        return ravine.interruption().isRequested() ? Interruption.EXIT_CODE : 0;
    }

    private Budget budget(Problem problem) {
        Map<Budget.Unit, Double> given = new EnumMap<>(Budget.Unit.class);
        given.put(Budget.Unit.SECONDS, seconds);
        given.put(Budget.Unit.GRADIENTS, gradients);
        given.put(Budget.Unit.EPOCHS, epochs);
        given.values().removeIf(Objects::isNull);
        calls().require(given.size() <= 1, "only one of --seconds, --gradients and --epochs can be given");
        if (given.isEmpty()) {
            return problem.budget();
        }
        Map.Entry<Budget.Unit, Double> only = given.entrySet().iterator().next();
        double amount = only.getValue();
        String name = "--" + only.getKey().name().toLowerCase(Locale.ROOT);
        calls().require(amount > 0 && amount < 1e9, name + " must be positive, found " + amount);
        return new Budget(only.getKey(), amount);
    }

    private OptimizerSpec parse(String text) {
        try {
            return OptimizerSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw calls().wrong("--optimizer " + text + ": " + e.getMessage(), e);
        }
    }

    /** Makes it once, so that wrong values are found before anything is trained. */
    private void check(OptimizerSpec optimizer, Task task, long seed) {
        try {
            optimizer.build(task.net(), seed).close();
        } catch (IllegalArgumentException e) {
            throw calls().wrong("--optimizer " + optimizer.text() + ": " + e.getMessage(), e);
        }
    }

    private Calls calls() {
        return new Calls(spec);
    }
}
