package dev.ravine.cli.command;

import dev.ravine.autodiff.Curvature;
import dev.ravine.cli.compare.OptimizerSpec;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Lines;
import dev.ravine.cli.runs.RunFolders;
import dev.ravine.cli.spectrum.BlockSection;
import dev.ravine.cli.spectrum.SpectrumAnalysis;
import dev.ravine.cli.spectrum.SpectrumReport;
import dev.ravine.cli.spectrum.SpectrumText;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ravine spectrum}: the curvature of a net before and after training, by products with vectors. */
@Command(
        name = "spectrum",
        mixinStandardHelpOptions = true,
        description =
                "Eigenvalues, trace, diagonal and spectral density of the Hessian and the Gauss-Newton matrix of a net,"
                        + " and a report of them.",
        footer = {
            "",
            "Examples:",
            "  ravine spectrum                    a fresh net on the digits included",
            "  ravine spectrum --train 10 --open  before and after 10 seconds of training",
            "  ravine spectrum --gradients 100 --optimizer adam:lr=1e-3 --matrix hessian",
            "  ravine spectrum --hidden 4 --data DIR --double --count 20",
            "  ravine spectrum --weights model.safetensors --examples 1000"
        })
final class Spectrum extends ReportCommand {
    @Mixin
    private ProblemOptions chosen;

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

    Spectrum(Interruption interruption, RunFolders runs) {
        super(interruption, runs);
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

    @Option(
            names = "--train",
            paramLabel = "S",
            description = "Trains for this many seconds, then studies the net again.")
    private Double seconds;

    @Option(
            names = "--gradients",
            paramLabel = "G",
            description = "Trains with the work of this many gradients over all training examples instead of seconds.")
    private Double gradients;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            defaultValue = "hf:lambda=10",
            description = "The optimizer to train with, as in ravine compare (default: ${DEFAULT-VALUE}).")
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
            names = "--blocks",
            description = "Spectra of the blocks of each parameter tensor, too, and how different they are; each block"
                    + " costs the products of a density.")
    private boolean isByBlocks;

    @Option(
            names = "--double",
            description = "Computes in double precision: eigenvalues to 1e-15 of the largest instead of 1e-6.")
    private boolean isDouble;

    @Override
    public Integer call() throws IOException {
        Problem problem = chosen.problem();
        Problem.Choices choices = chosen.choices(problem);
        Budget budget = budget();
        OptimizerSpec trainer = errors().checked(() -> OptimizerSpec.parse(optimizer));
        requireAmounts();
        List<Curvature> curvatures = matrices();
        Task task = errors().checked(() -> problem.task(choices));
        DType dtype = isDouble ? DType.FLOAT64 : DType.FLOAT32;
        DataSet set = task.set().train().as(dtype);
        int used = examples == null ? set.size() : examples;
        errors().require(
                        used >= 1 && used <= set.size(),
                        "--examples must be from 1 to " + set.size() + ", found " + used);
        task.net().initialize(dtype, chosen.seed());
        if (weights != null) {
            load(task.net(), dtype);
        }
        report.prepare("spectrum-" + chosen.label(problem));
        PrintWriter messages = report.messages();
        String subject = subject(problem, task, set, used);
        messages.println(Lines.fitted(subject));
        messages.flush();
        SpectrumAnalysis analysis = new SpectrumAnalysis(
                new SpectrumAnalysis.Settings(
                        curvatures, count, steps, probes, densityProbes, used, chosen.seed(), isByBlocks),
                messages,
                interruption::isRequested);
        study(weights == null ? "fresh" : "given", analysis, task, set);
        if (budget != null && !interruption.isRequested()) {
            train(task, set, trainer, budget);
            study("trained", analysis, task, set);
        }
        if (!report.isJson()) {
            PrintWriter text = spec.commandLine().getOut();
            analysis.findings().forEach(f -> SpectrumText.print(f, text));
            analysis.blocks().forEach(b -> BlockSection.print(b, text));
        }
        report.write(new SpectrumReport(analysis.findings(), analysis.blocks(), subject).of(Origins.of(spec)));
        return interruption.isRequested() ? Interruption.EXIT_CODE : 0;
    }

    private void requireAmounts() {
        errors().require(
                        count >= 1 && count <= steps,
                        "--count must be from 1 to --steps " + steps + ", found " + count);
        errors().require(probes >= 6, "--probes must be at least 6, found " + probes);
        errors().require(densityProbes >= 1, "--density-probes must be at least 1, found " + densityProbes);
    }

    /** Problem, net, data, dtype and seed in a line. */
    private String subject(Problem problem, Task task, DataSet set, int used) {
        return String.format(
                Locale.ROOT,
                "%s: %s, net %s (%,d parameters), curvature over %,d of %,d training examples, L2 %s, %s, seed %d",
                problem.name(),
                task.data(),
                task.shape(),
                task.net().parameterVector().size(),
                used,
                set.size(),
                Figure.chosen(task.l2()),
                set.dtype(),
                chosen.seed());
    }

    private void load(Module net, DType dtype) throws IOException {
        Map<String, INDArray> state = WeightsFile.read(weights, dtype);
        try {
            net.loadStateDict(state);
        } catch (IllegalArgumentException e) {
            throw errors().wrong("--weights " + weights + ": " + e.getMessage() + "; choose the net with --hidden", e);
        }
    }

    private static void study(String point, SpectrumAnalysis analysis, Task task, DataSet set) {
        try (SupervisedObjective objective = SupervisedObjective.builder(task.net(), task.loss(), set)
                .l2(task.l2())
                .build()) {
            analysis.study(point, objective, task.net().parameterVector());
        }
    }

    private void train(Task task, DataSet set, OptimizerSpec with, Budget budget) throws IOException {
        PrintWriter messages = report.messages();
        try (Optimizer built = errors().checked(() -> with.build(task.net(), chosen.seed()))) {
            TrainingLines lines = new TrainingLines(messages, interruption);
            Trainer trainer = Trainer.builder(task.net(), task.loss(), set)
                    .optimizer(built)
                    .budget(budget)
                    .l2(task.l2())
                    .listener(lines)
                    .build();
            lines.stopOnInterruption(trainer);
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

    private List<Curvature> matrices() {
        for (Matrices m : Matrices.values()) {
            if (m.toString().equals(matrix)) {
                return m.curvatures;
            }
        }
        throw errors().wrong(
                        "--matrix must be one of " + List.of(Matrices.values()) + ", found '" + matrix + "'", null);
    }

    private Budget budget() {
        errors().require(seconds == null || gradients == null, "only one of --train and --gradients can be given");
        if (seconds == null && gradients == null) {
            return null;
        }
        double amount = seconds == null ? gradients : seconds;
        String name = seconds == null ? "--gradients" : "--train";
        errors().require(amount > 0, name + " must be positive, found " + amount);
        errors().require(amount < 1e9, name + " must be below 1e9, found " + amount);
        return seconds == null ? Budget.gradients(amount) : Budget.seconds(amount);
    }

    private UsageErrors errors() {
        return new UsageErrors(spec);
    }
}
