package dev.ravine.cli.command;

import dev.ravine.cli.compare.Audience;
import dev.ravine.cli.compare.Comparison;
import dev.ravine.cli.compare.ComparisonReport;
import dev.ravine.cli.compare.ComparisonRunner;
import dev.ravine.cli.compare.OptimizerSpec;
import dev.ravine.cli.compare.Place;
import dev.ravine.cli.compare.RunDisplay;
import dev.ravine.cli.compare.StepLog;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.examples.ConsoleProgress;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ravine compare}: the same net, starts and budget for each optimizer, one after another. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Trains the same net from the same start with several optimizers, and writes a report.",
        footer = {
            "",
            "Examples:",
            "  ravine compare --open",
            "                             the deep autoencoder of the digits, for a minute;",
            "                             opens the report in a browser",
            "  ravine compare --problem classify --seeds 3 --tune",
            "                             digits told apart, three starts, tuned settings",
            "  ravine compare --problem autoencode",
            "                             the deep autoencoder for 200 seconds each",
            "  ravine compare --problem conditioned --condition 1e6 --optimizer newton-cg",
            "  ravine compare --optimizer adam:lr=1e-3,batch=200 --optimizer kfac",
            "  ravine compare --data DIR  MNIST or Fashion-MNIST, from a folder of IDX files",
            "  ravine compare --data wine.csv --target quality",
            "                             a table of your own",
            "  ravine compare --master local[2]",
            "                             on Apache Spark; spark://HOST:PORT names a cluster"
        })
final class Compare extends ReportCommand {
    @Mixin
    private ProblemOptions chosen;

    @Mixin
    private TensorBoardOptions tensorBoard;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            completionCandidates = OptimizerNames.class,
            description = "A name, then settings after a colon; can be given several times (default: a choice for the"
                    + " problem). Names: ${COMPLETION-CANDIDATES}.")
    private List<String> optimizers;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Training time of each optimizer (default: 15 without --problem, 20 for classify, 200 for"
                    + " autoencode and curves, 5 for regress).")
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
            names = "--master",
            paramLabel = "MASTER",
            description = "Computes on an Apache Spark cluster, with the same numbers: spark://HOST:PORT, local[N], or"
                    + " local-cluster[EXECUTORS,CORES,MEGABYTES].")
    private String master;

    @Option(
            names = "--tune",
            description = "First spends one more budget of each optimizer on trials of its main setting, and takes the"
                    + " value with the lowest training objective.")
    private boolean tune;

    @Option(
            names = "--live",
            description = "Shows the page while training, to browsers of this machine; with --open at once.")
    private boolean isLive;

    Compare(Interruption interruption, RunFolders runs) {
        super(interruption, runs);
    }

    /** For help and completion. */
    static final class OptimizerNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return OptimizerSpec.names().iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        try (report) {
            return compare();
        }
    }

    private int compare() throws IOException {
        Problem problem = chosen.compared();
        Budget budget = budget(problem);
        errors().require(seeds >= 1 && seeds <= 1000, "--seeds must be from 1 to 1000, found " + seeds);
        Problem.Choices choices = chosen.choices(problem);
        List<OptimizerSpec> specs = specs(problem);
        Task task = errors().checked(() -> problem.task(choices));
        Map<Long, INDArray> starts = ComparisonRunner.starts(task, chosen.seed(), seeds);
        specs.forEach(s -> check(s, task));
        errors().require(
                        master == null || task.code().isPresent(),
                        "--master: executors cannot make the net of " + problem.name()
                                + " again; its task must be built with Task.builder(ModelCode, TrainTest)");
        Comparison comparison;
        try (Cluster cluster = Masters.connect(master, errors())) {
            Place place = new Place(Optional.ofNullable(cluster));
            PrintWriter messages = report.messages();
            ReportOptions.lines(subject(problem, task, budget, place)).forEach(messages::println);
            messages.flush();
            comparison = compare(problem, task, choices, starts, specs, place);
        }
        return written(comparison);
    }

    private int written(Comparison comparison) throws IOException {
        PrintWriter messages = report.messages();
        ComparisonReport page = new ComparisonReport(comparison);
        if (!report.isJson()) {
            PrintWriter out = spec.commandLine().getOut();
            out.println();
            ConsoleTable.print(page.table(), out);
        }
        messages.println();
        ReportOptions.lines(ComparisonReport.UNITS).forEach(messages::println);
        messages.println("every step: " + steps());
        messages.flush();
        report.write(page.of(Origins.of(spec)));
        return interruption.isRequested() ? Interruption.EXIT_CODE : 0;
    }

    private List<OptimizerSpec> specs(Problem problem) {
        List<OptimizerSpec> specs = (optimizers == null ? problem.optimizers() : optimizers)
                .stream().map(this::parse).toList();
        errors().require(
                        specs.stream().map(OptimizerSpec::text).distinct().count() == specs.size(),
                        "every --optimizer can be given once, found " + optimizers);
        return specs;
    }

    private Comparison compare(
            Problem problem,
            Task task,
            Problem.Choices choices,
            Map<Long, INDArray> starts,
            List<OptimizerSpec> specs,
            Place place)
            throws IOException {
        String label = "compare-" + chosen.label(problem);
        report.prepare(label);
        Function<String, TrainingListener> watchers = tensorBoard.begin(label);
        boolean isBar = ConsoleProgress.isTerminal() && !report.isQuiet();
        Budget budget = budget(problem);
        RunDisplay display = new RunDisplay(
                report.messages(),
                isBar ? new PrintWriter(System.err, false, Charset.defaultCharset()) : null,
                specs.size() * (seeds + (tune ? 1.0 : 0)));
        Audience audience =
                isLive ? new LiveComparison(report.serve(), Origins.of(spec), report.warnings()) : Audience.NONE;
        try (StepLog log = StepLog.create(steps())) {
            ComparisonRunner runner = new ComparisonRunner(
                    task,
                    () -> problem.task(choices),
                    budget,
                    starts,
                    interruption::isRequested,
                    display,
                    problem.name(),
                    audience,
                    place);
            List<Comparison.Contender> contenders = runner.run(specs, tune, log, watchers);
            long parameters = task.net().parameterVector().size();
            return new Comparison(
                    problem.name(), task, parameters, budget, List.copyOf(starts.keySet()), contenders, place.name());
        }
    }

    private Path steps() {
        return report.out().resolve(StepLog.FILE);
    }

    /** Problem, net, data, budget and seeds in a line. */
    private String subject(Problem problem, Task task, Budget budget, Place place) {
        int train = task.set().train().size();
        String examples = task.test().isEmpty()
                ? String.format(Locale.ROOT, "%,d training examples", train)
                : String.format(
                        Locale.ROOT,
                        "%,d training and %,d test examples",
                        train,
                        task.set().test().size());
        long seed = chosen.seed();
        return String.format(
                        Locale.ROOT,
                        "%s: %s, net %s (%,d parameters), %s, %s each, %s",
                        problem.name(),
                        task.data(),
                        task.shape(),
                        task.net().parameterVector().size(),
                        examples,
                        budget,
                        seeds == 1 ? "seed " + seed : "seeds " + seed + " to " + (seed + seeds - 1))
                + place.cluster().map(cluster -> ", on " + cluster.name()).orElse("");
    }

    private Budget budget(Problem problem) {
        Map<Budget.Unit, Double> given = new EnumMap<>(Budget.Unit.class);
        given.put(Budget.Unit.SECONDS, seconds);
        given.put(Budget.Unit.GRADIENTS, gradients);
        given.put(Budget.Unit.EPOCHS, epochs);
        given.values().removeIf(Objects::isNull);
        errors().require(given.size() <= 1, "only one of --seconds, --gradients and --epochs can be given");
        if (given.isEmpty()) {
            return problem.budget();
        }
        Map.Entry<Budget.Unit, Double> only = given.entrySet().iterator().next();
        double amount = only.getValue();
        String name = "--" + only.getKey().name().toLowerCase(Locale.ROOT);
        errors().require(amount > 0, name + " must be positive, found " + amount);
        errors().require(amount < 1e9, name + " must be below 1e9, found " + amount);
        return new Budget(only.getKey(), amount);
    }

    private OptimizerSpec parse(String text) {
        try {
            return OptimizerSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw errors().wrong("--optimizer " + text + ": " + e.getMessage(), e);
        }
    }

    /** Makes it once, so that wrong values are found before anything is trained. */
    private void check(OptimizerSpec optimizer, Task task) {
        try {
            optimizer.build(task.net(), chosen.seed()).close();
        } catch (IllegalArgumentException e) {
            throw errors().wrong("--optimizer " + optimizer.text() + ": " + e.getMessage(), e);
        }
    }

    private UsageErrors errors() {
        return new UsageErrors(spec);
    }
}
