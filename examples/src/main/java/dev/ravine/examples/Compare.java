package dev.ravine.examples;

import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Idx;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Activation;
import dev.ravine.nn.Linear;
import dev.ravine.nn.Module;
import dev.ravine.nn.Sequential;
import dev.ravine.optim.Adam;
import dev.ravine.optim.HessianFree;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Sgd;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ravine compare}: one net, one start, one budget of seconds for each of SGD, Adam and Hessian-free, one after the
 * other. Time spent on measuring is not counted.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description =
                "Trains the same net from the same start with SGD, Adam and Hessian-free, each for the same time.",
        footer = {
            "",
            "Examples:",
            "  ravine compare                     8,000 digits of MNIST that come along",
            "  ravine compare --data DIR          full MNIST or Fashion-MNIST, from a folder of IDX files",
            "  ravine compare --seconds 5 --csv runs/short.csv"
        })
final class Compare implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
                    + " t10k-labels-idx1-ubyte, each plain or .gz.")
    private Path data;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "20",
            description = "Training time of each optimizer (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            split = ",",
            defaultValue = "32,16",
            description = "Widths of the hidden tanh layers (default: ${DEFAULT-VALUE}).")
    private List<Integer> hidden;

    @Option(
            names = "--l2",
            paramLabel = "W",
            defaultValue = "5e-4",
            description = "Weight of L2, the same for all (default: ${DEFAULT-VALUE}).")
    private double l2;

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
        require(seconds > 0 && seconds < 1e6, "--seconds must be positive, found " + seconds);
        require(hidden.stream().allMatch(n -> n >= 1), "--hidden widths must be at least 1, found " + hidden);
        require(l2 >= 0 && l2 < 1e6, "--l2 must not be negative, found " + l2);
        PrintWriter out = spec.commandLine().getOut();
        TrainTest set = data == null ? MnistSubset.load() : Idx.folder(data);
        Module net = net(set.train());
        INDArray start = Arena.copyOf(net.initialize(seed).array());
        out.printf(
                Locale.ROOT,
                "%s, net %s (%,d parameters), %,d training and %,d test examples, %s seconds each, seed %d%n",
                data == null ? "MNIST subset" : data,
                widths(set.train()).stream().map(String::valueOf).collect(Collectors.joining("-")),
                start.length(),
                set.train().size(),
                set.test().size(),
                seconds,
                seed);
        List<TrainingRun.Result> results = new ArrayList<>();
        try (StepLog log = StepLog.create(csv)) {
            for (Optimizer optimizer : optimizers()) {
                try (optimizer) {
                    net.parameterVector().set(start);
                    results.add(new TrainingRun(net, set, l2, optimizer).run(seconds, log, out));
                }
            }
        }
        printTable(results, out);
        out.println("every step: " + csv);
        out.flush();
        return 0;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private List<Integer> widths(DataSet train) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.add(0, (int) train.featureShape().count());
        widths.add(train.classes());
        return widths;
    }

    private Module net(DataSet train) {
        List<Integer> widths = widths(train);
        List<Module> layers = new ArrayList<>();
        for (int i = 0; i + 1 < widths.size(); i++) {
            if (i > 0) {
                layers.add(Activation.tanh());
            }
            layers.add(new Linear(widths.get(i), widths.get(i + 1)));
        }
        return new Sequential(layers.toArray(new Module[0]));
    }

    /** Each with the best of three settings, by the objective reached on the MNIST subset; see docs/comparison.md. */
    private List<Optimizer> optimizers() {
        return List.of(
                Sgd.builder().learningRate(0.03).momentum(0.9).seed(seed).build(),
                Adam.builder().learningRate(3e-4).seed(seed).build(),
                HessianFree.builder().damping(10).seed(seed).build());
    }

    private static void printTable(List<TrainingRun.Result> results, PrintWriter out) {
        out.println();
        out.printf(
                "%-28s %13s %13s %13s %9s %9s %10s%n",
                "optimizer", "training loss", "training acc.", "test accuracy", "seconds", "epochs", "gradients");
        for (TrainingRun.Result r : results) {
            out.printf(
                    Locale.ROOT,
                    "%-28s %13.6f %12.2f%% %12.2f%% %9.1f %9.1f %10.1f%n",
                    r.optimizer(),
                    r.trainingLoss(),
                    100 * r.trainingAccuracy(),
                    100 * r.testAccuracy(),
                    r.seconds(),
                    r.epochs(),
                    r.gradients());
        }
        out.println("training loss without L2; gradients: work in units of one gradient over all training examples");
    }
}
