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
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
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
import org.nd4j.linalg.api.ndarray.INDArray;

/** How wide is the range of a setting, and of the scale of the start, in which an optimizer works. */
final class Sensitivity implements Analysis {
    private static final double FACTOR = 1.5;
    private static final int DECADES = 6;

    /** So that the smallest loss is not zero, of which no other is a multiple. */
    private static final double L2 = 2e-3;

    private static final List<Method> METHODS = List.of(
            new Method(
                    "sgd",
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
                    "adam",
                    "learning rate",
                    1e-5,
                    (v, seed) -> Adam.builder().learningRate(v).seed(seed).build()),
            new Method(
                    "hf",
                    "initial damping",
                    1e-4,
                    (v, seed) -> HessianFree.builder().damping(v).seed(seed).build()),
            new Method(
                    "lm",
                    "initial damping",
                    1e-4,
                    (v, seed) -> LevenbergMarquardt.builder()
                            .damping(v)
                            .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                            .build()));

    /** An optimizer, its main setting, and where six decades of it begin. */
    private record Method(String name, String setting, double from, Maker maker) {}

    @FunctionalInterface
    private interface Maker {
        Optimizer make(double value, long seed);
    }

    /** Final losses at each value, their medians over seeds and ranges. */
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

    @Override
    public String name() {
        return "sensitivity";
    }

    @Override
    public String question() {
        return "How exactly must the learning rate, the initial damping and the scale of the start be chosen?";
    }

    @Override
    public Finding run(Effort effort, Watch watch) throws IOException {
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
                watch.at(bySetting.size() / parts, method.name + " over its " + method.setting);
                double[] values = grid(method.from, perDecade);
                bySetting.put(
                        method.name, sweep(setting, values, i -> method.maker.make(values[i], effort.seed()), i -> 1));
            }
            for (Method method : METHODS) {
                watch.at((METHODS.size() + byScale.size()) / parts, method.name + " over the scale of the start");
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
            return section(problem, setting, bySetting, byScale, effort);
        }
    }

    private static double[] grid(double from, int perDecade) {
        double[] values = new double[DECADES * perDecade + 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = from * Math.pow(10, (double) i / perDecade);
        }
        return values;
    }

    /** The final loss at each value, with an optimizer and a factor of the start that follow from its index. */
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
            Arrays.sort(losses); // what is not a number comes last
            medians[i] = losses[losses.length / 2];
            low[i] = losses[0];
            high[i] = losses[losses.length - 1];
        }
        return new Sweep(values, medians, low, high);
    }

    /** The loss after the work, or not a number if it was not finite any more. */
    private static double finalLoss(Setting setting, Optimizer optimizer, INDArray start, double scale) {
        SupervisedObjective objective = setting.objective;
        INDArray scaled = Arena.copyOf(start);
        Vectors.scale(scale, scaled);
        setting.net.parameterVector().set(scaled);
        try (optimizer) {
            double before = objective.cost();
            while (objective.cost() - before < setting.gradients) {
                optimizer.step(objective, objective.theta());
            }
            double loss = objective.value(objective.theta(), Scope.all());
            return Double.isFinite(loss) ? loss : Double.NaN;
        } catch (NonFiniteLossException e) {
            return Double.NaN;
        }
    }

    private static Finding section(
            String problem, Setting setting, Map<String, Sweep> bySetting, Map<String, Sweep> byScale, Effort effort) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        List<String> scales = new ArrayList<>();
        for (Method method : METHODS) {
            Basin basin = bySetting.get(method.name).basin();
            rows.add(row(method.name, method.setting, basin));
            settings.add(String.format(Locale.ROOT, "%s %s (best %s)", method.name, basin, Figure.text(basin.loss())));
            Basin ofScale = byScale.get(method.name).basin();
            rows.add(row(method.name, "scale of the start", ofScale));
            scales.add(method.name + " " + ofScale);
        }
        String text = String.format(
                Locale.ROOT,
                "How exactly must settings and starts be chosen? Each optimizer trains %s with the work of %.0f gradients over all"
                        + " of them, over %d decades of its learning rate (batches of 100) or initial damping, then with the best"
                        + " value over %d decades of a factor of the starting weights (%d start%s from seed %d on; the median counts)."
                        + " Decades in which the final loss is within %s times the optimizer's own best: %s; of the scale of the"
                        + " start: %s.",
                problem,
                setting.gradients,
                DECADES,
                DECADES,
                setting.starts.size(),
                setting.starts.size() == 1 ? "" : "s",
                effort.seed(),
                FACTOR,
                String.join(", ", settings),
                String.join(", ", scales));
        Chart.Axis loss = new Chart.Axis("loss", "final training loss with L2", true);
        Report.Section section = new Report.Section(
                "Sensitivity",
                text,
                List.of(
                        new Chart(
                                "sensitivity-setting",
                                "Final loss at equal work against the main setting; bands are the range over starts, and where a"
                                        + " point is missing the loss did not stay finite.",
                                List.of(new Chart.Axis("value", "learning rate, or initial damping", true)),
                                List.of(loss),
                                lines(bySetting)),
                        new Chart(
                                "sensitivity-start",
                                "Final loss at equal work against the scale of the start, each with its best setting.",
                                List.of(new Chart.Axis("value", "factor of the starting weights", true)),
                                List.of(loss),
                                lines(byScale)),
                        new Table(
                                "sensitivity-basins",
                                "How wide the range is in which the final loss is within " + FACTOR
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
                                rows)));
        return new Finding(
                "Decades of the main setting in which an optimizer comes within " + FACTOR + " times its best loss: "
                        + String.join(", ", settings) + ".",
                section);
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
