package dev.ravine.cli.command;

import dev.ravine.autodiff.Curvature;
import dev.ravine.cli.report.Figure;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.spectrum.Eigenvalue;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ravine spectrum}: the curvature of a net, fresh and trained, by its products with vectors. */
@Command(
        name = "spectrum",
        mixinStandardHelpOptions = true,
        description =
                "Eigenvalues, trace, diagonal and spectral density of the Hessian and the Gauss-Newton matrix of a net,"
                        + " and a report of them.",
        footer = {
            "",
            "Examples:",
            "  ravine spectrum                    a fresh net on the digits that come along",
            "  ravine spectrum --train 10 --open  the same before and after 10 seconds of training",
            "  ravine spectrum --gradients 100 --optimizer adam:lr=1e-3 --matrix hessian",
            "  ravine spectrum --hidden 4 --data DIR --double --count 20",
            "  ravine spectrum --weights model.safetensors --examples 1000"
        })
final class Spectrum implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Ravine ravine;

    @Mixin
    private ProblemOptions chosen;

    @Mixin
    private ReportOptions report;

    /** Which matrices. */
    private enum Matrices {
        HESSIAN(List.of(Curvature.HESSIAN)),
        GAUSS_NEWTON(List.of(Curvature.GAUSS_NEWTON)),
        BOTH(List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON));

        @SuppressWarnings("ImmutableEnumChecker") // a list that cannot change
        private final List<Curvature> curvatures;

        Matrices(List<Curvature> curvatures) {
            this.curvatures = curvatures;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** For help and completion. */
    static final class MatrixNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Matrices.values()).map(Matrices::toString).iterator();
        }
    }

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "Begins with these weights instead of fresh ones: a safetensors file of the net's parameters, or a"
                            + " checkpoint.")
    private Path weights;

    @Option(names = "--train", paramLabel = "S", description = "Trains for so many seconds, and studies the net again.")
    private Double seconds;

    @Option(
            names = "--gradients",
            paramLabel = "G",
            description = "Trains with work of so many gradients over all training examples instead of seconds.")
    private Double gradients;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            defaultValue = "hf:lambda=10",
            description = "What to train with, as of ravine compare (default: ${DEFAULT-VALUE}).")
    private String optimizer;

    @Option(
            names = "--examples",
            paramLabel = "N",
            description = "Takes the curvature over the first N training examples (default: all).")
    private Integer examples;

    @Option(
            names = "--matrix",
            paramLabel = "NAME",
            defaultValue = "both",
            completionCandidates = MatrixNames.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private String matrix;

    @Option(
            names = "--count",
            paramLabel = "K",
            defaultValue = "10",
            description = "Eigenvalues at each end (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--steps",
            paramLabel = "M",
            defaultValue = "100",
            description =
                    "Lanczos steps, each a product and a vector in memory (default: ${DEFAULT-VALUE}); up to 2,000"
                            + " parameters the eigenvalues come from the matrix written out instead.")
    private int steps;

    @Option(
            names = "--probes",
            paramLabel = "P",
            defaultValue = "100",
            description =
                    "Random vectors for the diagonal and the trace, and as many products for another estimate of the"
                            + " trace (default: ${DEFAULT-VALUE}).")
    private int probes;

    @Option(
            names = "--density-probes",
            paramLabel = "Q",
            defaultValue = "4",
            description = "Random vectors for the density, each costing the Lanczos steps (default: ${DEFAULT-VALUE}).")
    private int densityProbes;

    @Option(
            names = "--double",
            description = "Computes in double precision: eigenvalues to 1e-15 of the largest instead of 1e-6.")
    private boolean isDouble;

    @Override
    public Integer call() throws IOException {
        Problem problem = chosen.problem();
        Problem.Choices choices = chosen.choices(problem);
        long seed = chosen.seed();
        List<Curvature> matrices = matrices();
        Budget budget = budget();
        OptimizerSpec trained = calls().checked(() -> OptimizerSpec.parse(optimizer));
        calls().require(
                        count >= 1 && count <= steps,
                        "--count must be from 1 to --steps " + steps + ", found " + count);
        calls().require(probes >= 6, "--probes must be at least 6, found " + probes);
        calls().require(densityProbes >= 1, "--density-probes must be at least 1, found " + densityProbes);
        Task task = calls().checked(() -> problem.task(choices));
        DType dtype = isDouble ? DType.FLOAT64 : DType.FLOAT32;
        DataSet set = task.set().train().as(dtype);
        int used = examples == null ? set.size() : examples;
        calls().require(
                        used >= 1 && used <= set.size(),
                        "--examples must be from 1 to " + set.size() + ", found " + used);
        Module net = task.net();
        net.initialize(dtype, seed);
        if (weights != null) {
            load(net, dtype);
        }
        PrintWriter messages = report.messages();
        String subject = String.format(
                Locale.ROOT,
                "%s: %s, net %s (%,d parameters), curvature over %,d of %,d training examples, L2 %s, %s, seed %d",
                problem.name(),
                task.data(),
                task.shape(),
                net.parameterVector().size(),
                used,
                set.size(),
                Numbers.chosen(choices.l2()),
                dtype,
                seed);
        messages.println(subject);
        messages.flush();
        SpectrumAnalysis analysis = new SpectrumAnalysis(
                new SpectrumAnalysis.Settings(matrices, count, steps, probes, densityProbes, used, seed),
                messages,
                ravine.interruption());
        study(weights == null ? "fresh" : "given", analysis, task, set, choices.l2());
        if (budget != null && !ravine.interruption().isRequested()) {
            train(task, set, choices.l2(), trained, budget, seed, messages);
            study("trained", analysis, task, set, choices.l2());
        }
        if (!report.isJson()) {
            analysis.findings().forEach(f -> print(f, spec.commandLine().getOut()));
        }
        report.write(new SpectrumReport(analysis.findings(), subject).of(Origins.of(spec)));
        return ravine.interruption().isRequested() ? Interruption.EXIT_CODE : 0;
    }

    private void load(Module net, DType dtype) throws IOException {
        Map<String, INDArray> state = read(weights, dtype);
        try {
            net.loadStateDict(state);
        } catch (IllegalArgumentException e) {
            throw calls().wrong("--weights " + weights + ": " + e.getMessage() + "; choose the net with --hidden", e);
        }
    }

    private static void study(String point, SpectrumAnalysis analysis, Task task, DataSet set, double weight) {
        try (SupervisedObjective objective = SupervisedObjective.builder(task.net(), task.loss(), set)
                .l2(weight)
                .build()) {
            analysis.study(point, objective, task.net().parameterVector());
        }
    }

    private void train(
            Task task, DataSet set, double weight, OptimizerSpec with, Budget budget, long seed, PrintWriter messages)
            throws IOException {
        try (Optimizer built = calls().checked(() -> with.build(task.net(), seed))) {
            Watch watch = new Watch(messages);
            Trainer trainer = Trainer.builder(task.net(), task.loss(), set)
                    .optimizer(built)
                    .budget(budget)
                    .l2(weight)
                    .listener(watch)
                    .build();
            watch.trainer = trainer;
            Progress end = trainer.train().progress();
            messages.printf(
                    Locale.ROOT,
                    "trained with %s: %d steps, %.1f s, %.1f gradients%n",
                    with.text(),
                    end.steps(),
                    end.seconds(),
                    end.gradients());
            messages.flush();
        }
    }

    /** Shows training and ends it when interrupted. */
    private final class Watch implements TrainingListener {
        private static final double SECONDS_BETWEEN_LINES = 5;

        private final PrintWriter out;
        private Trainer trainer;
        private double shown;

        private Watch(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void onStep(StepReport step, Progress progress) {
            if (ravine.interruption().isRequested()) {
                trainer.stop();
            }
            if (progress.seconds() - shown >= SECONDS_BETWEEN_LINES) {
                shown = progress.seconds();
                out.printf(
                        Locale.ROOT,
                        "training: step %d, %.0f %%, %.0f s left, loss %s%n",
                        progress.steps(),
                        100 * Math.min(1, progress.spent()),
                        progress.seconds() * Math.max(0, 1 / progress.spent() - 1),
                        Numbers.text(step.loss()));
                out.flush();
            }
        }
    }

    private List<Curvature> matrices() {
        for (Matrices m : Matrices.values()) {
            if (m.toString().equals(matrix)) {
                return m.curvatures;
            }
        }
        throw calls().wrong("--matrix must be one of " + List.of(Matrices.values()) + ", found '" + matrix + "'", null);
    }

    private Budget budget() {
        calls().require(seconds == null || gradients == null, "only one of --train and --gradients can be given");
        if (seconds == null && gradients == null) {
            return null;
        }
        double amount = seconds == null ? gradients : seconds;
        calls().require(
                        amount > 0 && amount < 1e9,
                        (seconds == null ? "--gradients" : "--train") + " must be positive, found " + amount);
        return seconds == null ? Budget.gradients(amount) : Budget.seconds(amount);
    }

    /** Arrays by the paths of parameters, which in checkpoints follow a prefix. */
    private static Map<String, INDArray> read(Path file, DType dtype) throws IOException {
        String prefix = "model.";
        Map<String, INDArray> arrays = Safetensors.read(file).arrays();
        boolean isCheckpoint = arrays.keySet().stream().anyMatch(name -> name.startsWith(prefix));
        Map<String, INDArray> state = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (!isCheckpoint) {
                state.put(name, as(dtype, array));
            } else if (name.startsWith(prefix)) {
                state.put(name.substring(prefix.length()), as(dtype, array));
            }
        });
        return state;
    }

    private static INDArray as(DType dtype, INDArray array) {
        if (DType.of(array) == dtype) {
            return array;
        }
        INDArray copy = Arena.create(dtype, Shape.of(array));
        double[] numbers = Arena.toDoubles(array);
        Elements.of(copy).write(0, numbers.length, numbers);
        return copy;
    }

    private static void print(SpectrumAnalysis.Finding f, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%s, %s (%s, %d products, %.1f s)%n",
                SpectrumAnalysis.name(f.matrix()),
                f.point(),
                SpectrumReport.method(f),
                f.products(),
                f.seconds());
        out.printf("  %4s %14s %10s  %14s %10s%n", "rank", "largest", "residual", "smallest", "residual");
        List<Eigenvalue> top = f.extremes().largest().values();
        List<Eigenvalue> bottom = f.extremes().smallest().values();
        for (int i = 0; i < top.size(); i++) {
            out.printf(
                    Locale.ROOT,
                    "  %4d %14s %10s  %14s %10s%n",
                    i + 1,
                    digits(top.get(i)),
                    residual(top.get(i)),
                    digits(bottom.get(i)),
                    residual(bottom.get(i)));
        }
        if (Stream.of(top, bottom).flatMap(List::stream).anyMatch(v -> !v.isConverged())) {
            out.println(
                    "  * not converged: some eigenvalue lies within the residual, but others may be missing before it;"
                            + " take more --steps");
        }
        out.printf(
                Locale.ROOT,
                "  %d of the %d smallest are negative; trace %s ± %s by Hutch++, %s ± %s by Hutchinson%n",
                f.negative(),
                bottom.size(),
                Numbers.text(f.trace().value()),
                Numbers.text(f.trace().standardError()),
                Numbers.text(f.hutchinson().trace().value()),
                Numbers.text(f.hutchinson().trace().standardError()));
        out.printf("  %-24s %10s %12s %12s %12s%n", "diagonal of", "elements", "mean", "largest", "error");
        f.tensors()
                .forEach(t -> out.printf(
                        Locale.ROOT,
                        "  %-24s %10d %12s %12s %12s%n",
                        t.path(),
                        t.size(),
                        Numbers.text(t.mean()),
                        Numbers.text(t.largest()),
                        Numbers.text(t.error())));
        out.println("  error: the standard error of one element of the diagonal, the mean over all elements");
        out.flush();
    }

    private static String digits(Eigenvalue v) {
        return Figure.supported(v.value(), v.residual(), RoundingMode.HALF_EVEN);
    }

    private static String residual(Eigenvalue v) {
        return String.format(Locale.ROOT, "%.1e%s", v.residual(), v.isConverged() ? " " : "*");
    }

    private Calls calls() {
        return new Calls(spec);
    }
}
