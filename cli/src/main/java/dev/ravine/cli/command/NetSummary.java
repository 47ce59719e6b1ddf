package dev.ravine.cli.command;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.nn.Summary;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ravine summary}: the layers of a net, and what gradients and products cost. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        description = "The layers of a net with shapes, parameters and work, and the work and memory of gradients and"
                + " curvature products.",
        footer = {
            "",
            "Examples:",
            "  ravine summary --net conv",
            "  ravine summary --problem temporal-order --net lstm --examples 100"
        })
final class NetSummary implements Callable<Integer> {
    private static final double MILLION = 1e6;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ProblemOptions chosen;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "100",
            description = "Examples of a gradient and a product (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Override
    public Integer call() throws IOException {
        UsageErrors errors = new UsageErrors(spec);
        Problem problem = chosen.problem();
        Problem.Choices choices = chosen.choices(problem);
        Task task = errors.checked(() -> problem.task(choices));
        DataSet data = task.set().train().as(DType.FLOAT32);
        errors.require(
                examples >= 1 && examples <= data.size(),
                "--examples must be from 1 to " + data.size() + ", found " + examples);
        task.net().initialize(DType.FLOAT32, chosen.seed());
        PrintWriter out = spec.commandLine().getOut();
        out.println(problem.name() + ": " + task.data() + ", net " + task.shape());
        Summary summary = Summary.of(task.net(), input(data));
        ConsoleTable.print(layers(task.net(), summary), out);
        out.println();
        ConsoleTable.print(costs(task, data, (double) summary.work() / examples), out);
        return 0;
    }

    private Tensor input(DataSet data) {
        long[] sizes = LongStream.concat(
                        LongStream.of(examples),
                        LongStream.of(data.featureShape().toArray()))
                .toArray();
        return Tensor.input("features", DType.of(data.features()), Shape.of(sizes));
    }

    /** One row for each layer; those inside another stand under it, further to the right. */
    private Table layers(Module net, Summary summary) {
        List<List<Object>> rows = new ArrayList<>();
        for (Summary.Layer layer : summary.layers()) {
            boolean isNet = layer.path().isEmpty();
            if (!isNet || layer.parameters() > 0 || layer.work() > 0) {
                String name = layer.path().substring(layer.path().lastIndexOf('.') + 1);
                long depth = layer.path().chars().filter(c -> c == '.').count();
                rows.add(List.of(
                        isNet ? "net" : "  ".repeat((int) depth) + name,
                        layer.kind(),
                        output(layer),
                        count(layer.parameters()),
                        million((double) layer.work() / examples)));
            }
        }
        rows.add(List.of(
                "all", "", "", count(net.parameterVector().size()), million((double) summary.work() / examples)));
        return new Table(
                "layers",
                "The layers of the net.",
                List.of("layer", "kind", "output", "parameters", "MFLOP"),
                rows,
                List.of("Outputs and work are those of one example; MFLOP: million floating-point operations of a"
                        + " forward pass."));
    }

    /** The shape for one example, also where a layer takes all places of all examples as rows. */
    private String output(Summary.Layer layer) {
        Shape shape = layer.output();
        long rows = shape.size(0) / examples;
        long[] rest = shape.dropping(0).toArray();
        return Shape.of(
                        rows <= 1
                                ? rest
                                : LongStream.concat(LongStream.of(rows), LongStream.of(rest))
                                        .toArray())
                .toString();
    }

    /** Counted by a run of each: the loss, its gradient, and products at a fixed point. */
    private Table costs(Task task, DataSet data, double forward) {
        Scope scope = Scope.of(IntStream.range(0, examples).toArray());
        List<List<Object>> rows = new ArrayList<>();
        for (Curvature curvature : new Curvature[] {null, Curvature.GAUSS_NEWTON, Curvature.HESSIAN}) {
            try (SupervisedObjective objective = SupervisedObjective.of(task.net(), task.loss(), data)) {
                INDArray theta = objective.theta();
                INDArray vector = Arena.copyOf(theta);
                INDArray out = Arena.copyOf(theta);
                double start = objective.cost();
                objective.value(theta, scope);
                double value = objective.cost() - start;
                double before = objective.cost();
                if (curvature == null) {
                    objective.gradient(theta, scope, out);
                    rows.add(cost("gradient", (objective.cost() - before) / value, forward, objective.bytes()));
                } else {
                    try (Linearization point = objective.linearize(theta, scope)) {
                        point.product(curvature, vector, out);
                        before = objective.cost();
                        point.product(curvature, vector, out);
                        String name = curvature == Curvature.HESSIAN ? "Hessian product" : "Gauss-Newton product";
                        rows.add(cost(name, (objective.cost() - before) / value, forward, objective.bytes()));
                    }
                }
            }
        }
        return new Table(
                "costs",
                "Work and memory.",
                List.of("", "forward passes", "MFLOP an example", "memory, MB, for " + examples + " examples"),
                rows);
    }

    private static List<Object> cost(String name, double passes, double forward, long bytes) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%.2f", passes),
                million(passes * forward),
                String.format(Locale.ROOT, "%.1f", bytes / MILLION));
    }

    private static String count(long numbers) {
        return numbers == 0 ? "" : String.format(Locale.ROOT, "%,d", numbers);
    }

    private static String million(double operations) {
        double millions = operations / MILLION;
        return operations == 0 ? "" : millions < 0.001 ? "<0.001" : String.format(Locale.ROOT, "%,.3f", millions);
    }
}
