package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.words.NetBuilder;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** First against second order on four kinds of nets, in equal seconds, each over a range of its main setting. */
final class Architectures {
    private static final double FACTOR = 1.5;

    private static final Map<String, String> NETS = new LinkedHashMap<>();

    static {
        NETS.put("dense", "dense:32 dense:16");
        NETS.put("convolutional", "conv:8,3 pool conv:16,3 pool dense:64");
        NETS.put("recurrent", "rnn:32");
        NETS.put("Transformer", "steps dense:16 positions transformer:2,32");
    }

    private static final List<Method> METHODS = List.of(
            new Method(
                    "momentum",
                    "learning rate",
                    1e-3,
                    10,
                    v -> Sgd.builder().learningRate(v).momentum(0.9).build()),
            new Method(
                    "Adam",
                    "learning rate",
                    1e-4,
                    10,
                    v -> Adam.builder().learningRate(v).build()),
            new Method(
                    "Hessian-free",
                    "initial damping",
                    1e-2,
                    10,
                    v -> HessianFree.builder().damping(v).build()),
            new Method(
                    "K-FAC",
                    "initial damping",
                    1e-2,
                    10,
                    v -> Kfac.builder().damping(v).build()));

    /** An optimizer, its main setting, the first value that is tried, and the factor from one to the next. */
    private record Method(String name, String setting, double first, double factor, DoubleFunction<Optimizer> maker) {
        double[] values(int count) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = first * Math.pow(factor, i);
            }
            return values;
        }
    }

    /** What an optimizer reached on a net at each value, and how much work it had done in that time. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Sweep(Method method, double[] values, double[] losses, double[] gradients) {
        Basin basin() {
            return Basin.of(values, losses, FACTOR);
        }

        double gradientsOfBest() {
            int best = 0;
            for (int i = 1; i < values.length; i++) {
                if (losses[i] < losses[best] || Double.isNaN(losses[best])) {
                    best = i;
                }
            }
            return gradients[best];
        }
    }

    /** What all runs on a net share. */
    private record Setting(Module net, SupervisedObjective objective, INDArray start, double seconds) {}

    private Architectures() {}

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(100, 4000), effort.choose(2, 1), DType.FLOAT32);
        double seconds = effort.choose(0.1, 10.0);
        Map<String, List<Sweep>> all = new LinkedHashMap<>();
        Map<String, Long> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : NETS.entrySet()) {
            Module net = new NetBuilder(digits.featureShape(), 0).build(entry.getValue(), digits.classes(), false);
            INDArray start =
                    Arena.copyOf(net.initialize(DType.FLOAT32, effort.seed()).array());
            try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), digits)) {
                parameters.put(entry.getKey(), objective.size());
                Setting setting = new Setting(net, objective, start, seconds);
                List<Sweep> sweeps = new ArrayList<>();
                for (Method method : METHODS) {
                    double done = all.size() * METHODS.size() + (double) sweeps.size();
                    progress.at(
                            done / (NETS.size() * METHODS.size()), method.name + " on a " + entry.getKey() + " net");
                    sweeps.add(sweep(setting, method, effort.choose(2, 5)));
                }
                all.put(entry.getKey(), sweeps);
            }
        }
        return answer(digits, seconds, all, parameters);
    }

    private static Sweep sweep(Setting setting, Method method, int count) {
        double[] values = method.values(count);
        double[] losses = new double[count];
        double[] gradients = new double[count];
        // The first run pays for compilation and does not count.
        run(setting, method.maker.apply(values[0]), setting.seconds / 2);
        for (int i = 0; i < count; i++) {
            double before = setting.objective.cost();
            losses[i] = run(setting, method.maker.apply(values[i]), setting.seconds);
            gradients[i] = setting.objective.cost() - before;
        }
        return new Sweep(method, values, losses, gradients);
    }

    /** The loss over all examples after some seconds of steps, or NaN if it did not stay finite. */
    private static double run(Setting setting, Optimizer optimizer, double seconds) {
        setting.net.parameterVector().set(setting.start);
        long begin = System.nanoTime();
        return FinalLoss.of(setting.objective, optimizer, () -> System.nanoTime() - begin < seconds * 1e9);
    }

    private static Answer answer(
            DataSet digits, double seconds, Map<String, List<Sweep>> all, Map<String, Long> parameters) {
        String winners = all.entrySet().stream()
                .map(e -> e.getKey() + ": " + winner(e.getValue()))
                .collect(Collectors.joining("; "));
        String nets = NETS.entrySet().stream()
                .map(e -> String.format(
                        Locale.ROOT, "%s (%s, %,d parameters)", e.getKey(), e.getValue(), parameters.get(e.getKey())))
                .collect(Collectors.joining(", "));
        String text = String.format(
                Locale.ROOT,
                "Which optimizer gets furthest on which kind of net? Each trains %s on %,d digits for %s seconds from"
                        + " one start, with %d values of its learning rate (momentum 0.9 and adam, batches of 100) or"
                        + " initial damping (hf, kfac), a factor of ten apart; all else as it comes. The lowest final"
                        + " loss of each net: %s. Recurrent nets and Transformers see the lines of an image as steps.",
                nets,
                digits.size(),
                Figure.text(seconds),
                all.values().iterator().next().get(0).values.length,
                winners);
        List<Report.Element> elements = new ArrayList<>();
        all.forEach((net, sweeps) -> elements.add(chart(net, sweeps)));
        elements.add(table(all));
        return new Answer(
                "The lowest training loss in equal seconds: " + winners + ".",
                new Report.Section("Architectures", text, elements));
    }

    private static String winner(List<Sweep> sweeps) {
        Sweep best = sweeps.stream()
                .min(Comparator.comparingDouble(s -> s.basin().loss()))
                .orElseThrow();
        return best.method.name + " (" + Figure.text(best.basin().loss()) + ")";
    }

    private static Chart chart(String net, List<Sweep> sweeps) {
        return new Chart(
                "architectures-" + net.toLowerCase(Locale.ROOT),
                "Final training loss of the " + net + " net over the main setting. A missing point means that the loss"
                        + " did not stay finite.",
                List.of(new Chart.Axis("value", "learning rate, or initial damping", true)),
                List.of(new Chart.Axis("loss", "final training loss", true)),
                sweeps.stream()
                        .map(s -> new Chart.Line(
                                s.method.name,
                                Chart.Style.MARKED,
                                Map.of("value", s.values, "loss", s.losses),
                                Map.of()))
                        .toList());
    }

    private static Table table(Map<String, List<Sweep>> all) {
        List<List<Object>> rows = new ArrayList<>();
        all.forEach((net, sweeps) -> sweeps.forEach(s -> {
            Basin basin = s.basin();
            rows.add(List.of(
                    net,
                    s.method.name,
                    s.method.setting,
                    basin.best(),
                    basin.loss(),
                    s.gradientsOfBest(),
                    basin.toString()));
        }));
        return new Table(
                "architectures-results",
                "The best value of each optimizer's main setting, and the decades in which the final loss is within "
                        + FACTOR + " times that of the best.",
                List.of("net", "optimizer", "over", "best value", "best loss", "gradients", "decades"),
                rows);
    }
}
