package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The width of the range of a setting, and of the scale of the start, in which an optimizer works. */
final class Sensitivity {
    private static final double FACTOR = 1.5;
    private static final int DECADES = 6;

    /** Keeps the smallest loss above zero, of which no other loss is a multiple. */
    private static final double L2 = 2e-3;

    private static final Chart.Axis LOSS = new Chart.Axis("loss", "final training loss with L2", true);

    private static final List<Method> METHODS = List.of(
            new Method(
                    "SGD",
                    "learning rate",
                    1e-5,
                    (v, seed) -> Sgd.builder().learningRate(v).seed(seed).build()),
            new Method(
                    "momentum",
                    "learning rate",
                    1e-5,
                    (v, seed) -> Sgd.builder()
                            .learningRate(v)
                            .momentum(0.9)
                            .seed(seed)
                            .build()),
            new Method(
                    "Adam",
                    "learning rate",
                    1e-5,
                    (v, seed) -> Adam.builder().learningRate(v).seed(seed).build()),
            new Method(
                    "Hessian-free",
                    "initial damping",
                    1e-4,
                    (v, seed) -> HessianFree.builder().damping(v).seed(seed).build()),
            new Method(
                    "Levenberg-Marquardt",
                    "initial radius",
                    1e-2,
                    (v, seed) -> LevenbergMarquardt.builder()
                            .radius(v)
                            .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                            .build()));

    /** An optimizer, its main setting, and the value at which the six decades begin. */
    private record Method(String name, String setting, double from, Maker maker) {}

    @FunctionalInterface
    private interface Maker {
        Optimizer make(double value, long seed);
    }

    /** The final loss at each value: median and range over starts. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Sweep(double[] values, double[] losses, double[] low, double[] high) {
        Chart.Line line(String name) {
            return new Chart.Line(
                    name,
                    Chart.Style.MARKED,
                    Map.of("value", values, "loss", losses),
                    Map.of("loss", new Chart.Band(low, high)));
        }

        Basin basin() {
            return Basin.of(values, losses, FACTOR);
        }
    }

    /** What all runs share. */
    private record Setting(Sequential net, SupervisedObjective objective, double gradients, List<INDArray> starts) {}

    private Sensitivity() {}

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(200, 1000), effort.choose(7, 4), DType.FLOAT32);
        int inputs = (int) digits.featureShape().count();
        int hidden = effort.choose(6, 16);
        Sequential net =
                new Sequential(new Linear(inputs, hidden), Activation.tanh(), new Linear(hidden, digits.classes()));
        List<INDArray> starts = new ArrayList<>();
        for (int s = 0; s < effort.choose(1, 3); s++) {
            starts.add(Arena.copyOf(net.initialize(effort.seed() + s).array()));
        }
        int perDecade = effort.choose(1, 2);
        Map<String, Sweep> bySetting = new LinkedHashMap<>();
        Map<String, Sweep> byScale = new LinkedHashMap<>();
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits)
                .l2(L2)
                .build()) {
            Setting setting = new Setting(net, objective, effort.choose(20.0, 100.0), starts);
            double parts = 2.0 * METHODS.size();
            for (Method method : METHODS) {
                progress.at(bySetting.size() / parts, method.name + " over its " + method.setting);
                double[] values = grid(method.from, perDecade);
                bySetting.put(
                        method.name, sweep(setting, values, i -> method.maker.make(values[i], effort.seed()), i -> 1));
            }
            for (Method method : METHODS) {
                progress.at((METHODS.size() + byScale.size()) / parts, method.name + " over the scale of the start");
                double best = bySetting.get(method.name).basin().best();
                double[] scales = grid(1e-3, perDecade);
                byScale.put(
                        method.name,
                        sweep(setting, scales, i -> method.maker.make(best, effort.seed()), i -> scales[i]));
            }
            String problem = String.format(
                    Locale.ROOT,
                    "a net %d-%d-%d with tanh (%,d parameters, L2 %s) on %,d digits",
                    inputs,
                    hidden,
                    digits.classes(),
                    objective.size(),
                    L2,
                    digits.size());
            return answer(problem, setting, bySetting, byScale, effort);
        }
    }

    private static double[] grid(double from, int perDecade) {
        double[] values = new double[DECADES * perDecade + 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = from * Math.pow(10, (double) i / perDecade);
        }
        return values;
    }

    /** The final loss at each value; optimizer and scale of the start are given by the index of the value. */
    private static Sweep sweep(
            Setting setting, double[] values, IntFunction<Optimizer> optimizer, IntToDoubleFunction scale) {
        double[] medians = new double[values.length];
        double[] low = new double[values.length];
        double[] high = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double[] losses = new double[setting.starts.size()];
            for (int s = 0; s < losses.length; s++) {
                losses[s] = finalLoss(setting, optimizer.apply(i), setting.starts.get(s), scale.applyAsDouble(i));
            }
            Arrays.sort(losses); // NaN comes last
            medians[i] = losses[losses.length / 2];
            low[i] = losses[0];
            high[i] = losses[losses.length - 1];
        }
        return new Sweep(values, medians, low, high);
    }

    /** The loss after the work, or NaN if it did not stay finite. */
    private static double finalLoss(Setting setting, Optimizer optimizer, INDArray start, double scale) {
        SupervisedObjective objective = setting.objective;
        INDArray scaled = Arena.copyOf(start);
        Vectors.scale(scale, scaled);
        setting.net.parameterVector().set(scaled);
        double before = objective.cost();
        return FinalLoss.of(objective, optimizer, () -> objective.cost() - before < setting.gradients);
    }

    private static Answer answer(
            String problem, Setting setting, Map<String, Sweep> bySetting, Map<String, Sweep> byScale, Effort effort) {
        String basins = METHODS.stream()
                .map(m -> {
                    Basin basin = bySetting.get(m.name).basin();
                    return String.format(Locale.ROOT, "%s %s (best %s)", m.name, basin, Figure.text(basin.loss()));
                })
                .collect(Collectors.joining(", "));
        String scales = METHODS.stream()
                .map(m -> m.name + " " + byScale.get(m.name).basin())
                .collect(Collectors.joining(", "));
        Report.Section section = new Report.Section(
                "Sensitivity",
                text(problem, setting, basins, scales, effort),
                List.of(
                        new Chart(
                                "sensitivity-setting",
                                "Final loss at equal work over the main setting. Bands show the range over starts; a"
                                        + " missing point means that the loss did not stay finite.",
                                List.of(new Chart.Axis("value", "learning rate, or initial damping", true)),
                                List.of(LOSS),
                                lines(bySetting)),
                        new Chart(
                                "sensitivity-start",
                                "Final loss at equal work over the scale of the start, each with its best setting.",
                                List.of(new Chart.Axis("value", "factor of the starting weights", true)),
                                List.of(LOSS),
                                lines(byScale)),
                        table(bySetting, byScale)));
        return new Answer(
                "An optimizer comes within " + FACTOR
                        + " times its best loss over this many powers of ten of its rate or damping: " + basins + ".",
                section);
    }

    private static String text(String problem, Setting setting, String basins, String scales, Effort effort) {
        return String.format(
                Locale.ROOT,
                "How exactly must settings and starts be chosen? Each optimizer trains %s with the work of %.0f"
                        + " gradients over all of them. It does so over %d decades of its learning rate (batches of"
                        + " 100) or initial damping, then with the best value over %d decades of a factor of the"
                        + " starting weights (%d start%s from seed %d on; the median counts). Decades in which the"
                        + " final loss is within %s times the optimizer's own best: %s; of the scale of the start: %s.",
                problem,
                setting.gradients,
                DECADES,
                DECADES,
                setting.starts.size(),
                setting.starts.size() == 1 ? "" : "s",
                effort.seed(),
                FACTOR,
                basins,
                scales);
    }

    private static Table table(Map<String, Sweep> bySetting, Map<String, Sweep> byScale) {
        List<List<Object>> rows = new ArrayList<>();
        for (Method method : METHODS) {
            rows.add(row(method.name, method.setting, bySetting.get(method.name).basin()));
            rows.add(row(
                    method.name, "scale of the start", byScale.get(method.name).basin()));
        }
        return new Table(
                "sensitivity-basins",
                "The width of the range in which the final loss is within " + FACTOR
                        + " times the optimizer's own best.",
                List.of(
                        "optimizer",
                        "over",
                        "best value",
                        "best loss",
                        "from",
                        "to",
                        "decades",
                        "cut off by the range"),
                rows);
    }

    private static List<Chart.Line> lines(Map<String, Sweep> sweeps) {
        return sweeps.entrySet().stream()
                .map(e -> e.getValue().line(e.getKey()))
                .toList();
    }

    private static List<Object> row(String optimizer, String over, Basin basin) {
        String cut =
                basin.isCutLow() ? basin.isCutHigh() ? "at both ends" : "below" : basin.isCutHigh() ? "above" : "no";
        return List.of(optimizer, over, basin.best(), basin.loss(), basin.low(), basin.high(), basin.decades(), cut);
    }
}
