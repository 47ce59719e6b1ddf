package dev.ravine.examples.command;

import dev.ravine.core.Arena;
import dev.ravine.core.data.Idx;
import dev.ravine.core.data.TrainTest;
import dev.ravine.examples.MnistSubset;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ravine compare}: one net, one start, one budget of seconds for each optimizer, one after the other. Time spent on
 * measuring is not counted.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Trains the same net from the same start with several optimizers, each for the same time.",
        footer = {
            "",
            "Examples:",
            "  ravine compare                     8,000 digits of MNIST that come along",
            "  ravine compare --problem autoencode --seconds 200",
            "                                     a deep autoencoder of the same digits",
            "  ravine compare --optimizer adam:lr=1e-3 --optimizer hf:lambda=10,chunk=2000",
            "  ravine compare --data DIR          full MNIST or Fashion-MNIST, from a folder of IDX files",
            "  ravine compare --seconds 5 --csv runs/short.csv"
        })
final class Compare implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--problem",
            paramLabel = "NAME",
            defaultValue = "classify",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Problem problem;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            description =
                    "A name, and settings after a colon; may be given several times (default: one of each kind, with"
                            + " settings chosen for the problem).")
    private List<String> optimizers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
                    + " t10k-labels-idx1-ubyte, each plain or .gz.")
    private Path data;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Training time of each optimizer (default: 20 for classify, 200 for autoencode).")
    private Double seconds;

    @Option(
            names = "--gradients",
            paramLabel = "G",
            description = "Instead of seconds: work in units of one gradient over all training examples.")
    private Double gradients;

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Instead of seconds: passes of gradients over the training examples.")
    private Double epochs;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            split = ",",
            description =
                    "Widths of the hidden layers; of an autoencoder those that lead to the code (default: 32,16 for"
                            + " classify, 250,100,30 for autoencode).")
    private List<Integer> hidden;

    @Option(
            names = "--l2",
            paramLabel = "W",
            description = "Weight of L2, the same for all (default: 5e-4 for classify, 0 for autoencode).")
    private Double l2;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the start and of the order of examples (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            defaultValue = "runs/compare.csv",
            description = "Where every step is recorded (default: ${DEFAULT-VALUE}).")
    private Path csv;

    @Override
    public Integer call() throws IOException {
        Budget budget = budget();
        hidden = hidden == null ? problem.hidden() : hidden;
        l2 = l2 == null ? problem.l2() : l2;
        require(hidden.stream().allMatch(n -> n >= 1), "--hidden widths must be at least 1, found " + hidden);
        require(l2 >= 0 && l2 < 1e6, "--l2 must not be negative, found " + l2);
        List<OptimizerSpec> specs = (optimizers == null ? problem.optimizers() : optimizers)
                .stream().map(this::parse).toList();
        PrintWriter out = spec.commandLine().getOut();
        TrainTest images = data == null ? MnistSubset.load() : Idx.folder(data);
        List<Integer> widths = problem.widths(images, hidden);
        TrainTest set = problem.data(images);
        Module net = problem.net(widths);
        INDArray start = Arena.copyOf(net.initialize(seed).array());
        out.printf(
                Locale.ROOT,
                "%s: %s, net %s (%,d parameters), %,d training and %,d test examples, %s each, seed %d%n",
                problem,
                data == null ? "MNIST subset" : data,
                widths.stream().map(String::valueOf).collect(Collectors.joining("-")),
                start.length(),
                set.train().size(),
                set.test().size(),
                budget,
                seed);
        List<TrainingRun.Result> results = new ArrayList<>();
        try (StepLog log = StepLog.create(csv)) {
            for (OptimizerSpec each : specs) {
                try (Optimizer optimizer = each.build(net, seed)) {
                    net.parameterVector().set(start);
                    results.add(new TrainingRun(problem, net, set, l2, each.text(), optimizer).run(budget, log, out));
                }
            }
        }
        printTable(results, out);
        out.println("every step: " + csv);
        out.flush();
        return 0;
    }

    private Budget budget() {
        Map<Budget.Unit, Double> given = new EnumMap<>(Budget.Unit.class);
        given.put(Budget.Unit.SECONDS, seconds);
        given.put(Budget.Unit.GRADIENTS, gradients);
        given.put(Budget.Unit.EPOCHS, epochs);
        given.values().removeIf(Objects::isNull);
        require(given.size() <= 1, "only one of --seconds, --gradients and --epochs can be given");
        if (given.isEmpty()) {
            return new Budget(Budget.Unit.SECONDS, problem.seconds());
        }
        Map.Entry<Budget.Unit, Double> only = given.entrySet().iterator().next();
        double amount = only.getValue();
        String name = "--" + only.getKey().name().toLowerCase(Locale.ROOT);
        require(amount > 0 && amount < 1e9, name + " must be positive, found " + amount);
        return new Budget(only.getKey(), amount);
    }

    private OptimizerSpec parse(String text) {
        try {
            return OptimizerSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--optimizer " + text + ": " + e.getMessage(), e);
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private static void printTable(List<TrainingRun.Result> results, PrintWriter out) {
        out.println();
        out.printf("%-44s", "optimizer");
        results.get(0).figures().keySet().forEach(name -> out.printf(" %15s", name));
        out.printf(" %9s %9s %10s%n", "seconds", "epochs", "gradients");
        for (TrainingRun.Result r : results) {
            out.printf("%-44s", r.optimizer());
            r.figures().values().forEach(value -> out.printf(Locale.ROOT, " %15.6g", value));
            out.printf(
                    Locale.ROOT,
                    " %9.1f %9.1f %10.1f%s%n",
                    r.seconds(),
                    r.epochs(),
                    r.gradients(),
                    r.end().isEmpty() ? "" : "  (ended)");
        }
        out.println("training loss without L2; gradients: work in units of one gradient over all training examples");
    }
}
