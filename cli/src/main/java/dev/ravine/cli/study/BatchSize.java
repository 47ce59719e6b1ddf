package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How many examples the curvature of Hessian-free optimization needs when its gradient uses all. */
final class BatchSize {
    /** Losses within one percent count as equal. */
    private static final double SAME = 1.01;

    private static final Chart.Axis LOSS = new Chart.Axis("loss", "training loss with L2", true);

    private BatchSize() {}

    /** A run, step by step from its start; iterations and ratio are means over steps. */
    private record Run(int chunk, Series steps, int rejected, double iterations, double ratio) {
        /** The loss when an amount of work or time was spent, interpolated between steps on a logarithmic scale. */
        double lossAt(String key, double amount) {
            double[] at = steps.get(key);
            double[] loss = steps.get("loss");
            int last = 0;
            while (last + 1 < at.length && at[last + 1] <= amount) {
                last++;
            }
            if (last + 1 == at.length) {
                return loss[last];
            }
            double part = (amount - at[last]) / (at[last + 1] - at[last]);
            return Math.exp((1 - part) * Math.log(loss[last]) + part * Math.log(loss[last + 1]));
        }

        double total(String key) {
            double[] at = steps.get(key);
            return at[at.length - 1];
        }
    }

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(300, 8000), effort.choose(7, 2), DType.FLOAT32);
        int[] chunks = effort.choose(new int[] {30, 300}, new int[] {50, 100, 250, 500, 1000, 2000, 4000, 8000});
        double gradients = effort.choose(20.0, 150.0);
        int inputs = (int) digits.featureShape().count();
        int[] hidden = effort.choose(new int[] {6, 6}, new int[] {32, 16});
        Sequential net = new Sequential(
                new Linear(inputs, hidden[0]),
                Activation.tanh(),
                new Linear(hidden[0], hidden[1]),
                Activation.tanh(),
                new Linear(hidden[1], digits.classes()));
        INDArray start = Arena.copyOf(net.initialize(effort.seed()).array());
        List<Run> runs = new ArrayList<>();
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits)
                .l2(5e-4)
                .build()) {
            run(chunks[0], gradients / 4, effort, objective, net, start); // for the compiler, not counted
            for (int chunk : chunks) {
                progress.at((double) runs.size() / chunks.length, "curvature of " + chunk + " examples");
                runs.add(run(chunk, gradients, effort, objective, net, start));
            }
            String problem = String.format(
                    Locale.ROOT,
                    "a net %d-%d-%d-%d with tanh (%,d parameters, L2 5e-4) on %,d digits",
                    inputs,
                    hidden[0],
                    hidden[1],
                    digits.classes(),
                    objective.size(),
                    digits.size());
            return answer(problem, gradients, effort, runs);
        }
    }

    private static Run run(
            int chunk, double gradients, Effort effort, SupervisedObjective objective, Sequential net, INDArray start) {
        net.parameterVector().set(start);
        Series steps = new Series("seconds", "gradients", "step", "loss");
        int rejected = 0;
        double iterations = 0;
        double ratios = 0;
        int ratiosKnown = 0;
        try (HessianFree optimizer = HessianFree.builder()
                .damping(10)
                .curvatureExamples(chunk)
                .seed(effort.seed())
                .build()) {
            double costBefore = objective.cost();
            double spent = 0;
            while (objective.cost() - costBefore < gradients) {
                long before = System.nanoTime();
                StepReport step = optimizer.step(objective, objective.theta());
                if (steps.count() == 0) {
                    steps.add(0, 0, 0, step.loss());
                }
                spent += (System.nanoTime() - before) / 1e9;
                steps.add(spent, objective.cost() - costBefore, steps.count(), step.lossAfter());
                rejected += step.accepted() ? 0 : 1;
                iterations += step.model().orElseThrow().iterations();
                double ratio = step.model().orElseThrow().ratio();
                if (Double.isFinite(ratio)) {
                    ratios += ratio;
                    ratiosKnown++;
                }
            }
        }
        int count = steps.count() - 1;
        return new Run(chunk, steps, rejected, iterations / count, ratios / ratiosKnown);
    }

    private static Answer answer(String problem, double gradients, Effort effort, List<Run> runs) {
        double seconds =
                runs.stream().mapToDouble(r -> r.total("seconds")).min().orElseThrow();
        String verdict = verdict(runs, gradients, seconds);
        Report.Section section = new Report.Section(
                "Batch",
                text(problem, gradients, seconds, effort, verdict, runs),
                List.of(course(runs), ends(runs, gradients, seconds), table(runs, gradients, seconds)));
        return new Answer(verdict, section);
    }

    private static String text(
            String problem, double gradients, double seconds, Effort effort, String verdict, List<Run> runs) {
        Run smallest = runs.get(0);
        Run all = runs.get(runs.size() - 1);
        return String.format(
                Locale.ROOT,
                "How few examples may the curvature see? Hessian-free trains %s from one start (seed %d, first damping"
                        + " 10). Its gradient uses all digits, its curvature a chunk of them. Each run does the work"
                        + " of %.0f gradients. %s Equal time is the %s s of the fastest run. The losses are %s at"
                        + " equal work and %s at equal time with all %,d examples, and %s and %s with %,d. Theory has"
                        + " no number for this; Martens (ICML 2010, section 4.3) takes the curvature from a part of"
                        + " the data. Seconds are from this machine, one run each.",
                problem,
                effort.seed(),
                gradients,
                verdict,
                Figure.text(seconds),
                Figure.text(all.lossAt("gradients", gradients)),
                Figure.text(all.lossAt("seconds", seconds)),
                all.chunk,
                Figure.text(smallest.lossAt("gradients", gradients)),
                Figure.text(smallest.lossAt("seconds", seconds)),
                smallest.chunk);
    }

    private static Chart course(List<Run> runs) {
        return new Chart(
                "batch-chunks",
                "The loss during training, by the number of examples that the curvature sees.",
                List.of(
                        new Chart.Axis("gradients", "work in gradients over all examples", false),
                        new Chart.Axis("seconds", "seconds", false),
                        new Chart.Axis("step", "steps", false)),
                List.of(LOSS),
                runs.stream()
                        .map(r ->
                                r.steps.named(String.format(Locale.ROOT, "%,d examples", r.chunk), Chart.Style.MARKED))
                        .toList());
    }

    private static Chart ends(List<Run> runs, double gradients, double seconds) {
        return new Chart(
                "batch-ends",
                "The loss at equal work and at equal time, by the number of examples that the curvature sees.",
                List.of(new Chart.Axis("chunk", "examples of the curvature", true)),
                List.of(LOSS),
                List.of(
                        endsAt(runs, "gradients", gradients, "at equal work"),
                        endsAt(runs, "seconds", seconds, "at equal time")));
    }

    private static Chart.Line endsAt(List<Run> runs, String key, double amount, String name) {
        Series ends = new Series("chunk", "loss");
        runs.forEach(r -> ends.add(r.chunk, r.lossAt(key, amount)));
        return ends.named(name, Chart.Style.MARKED);
    }

    private static Table table(List<Run> runs, double gradients, double seconds) {
        List<List<Object>> rows = new ArrayList<>();
        for (Run r : runs) {
            rows.add(Arrays.asList(
                    r.chunk,
                    r.steps.count() - 1,
                    r.rejected,
                    r.iterations,
                    Cells.number(r.ratio),
                    r.lossAt("seconds", seconds),
                    r.lossAt("gradients", gradients),
                    r.total("seconds")));
        }
        return new Table(
                "batch-runs",
                "One run per chunk size. Iterations and the ratio of actual to predicted change"
                        + " are means over the steps.",
                List.of(
                        "examples",
                        "steps",
                        "rejected",
                        "iterations a step",
                        "ratio",
                        "loss at equal time",
                        "loss at equal work",
                        "seconds"),
                rows);
    }

    private static String verdict(List<Run> runs, double gradients, double seconds) {
        String work = clause(runs, best(runs, "gradients", gradients));
        String time = clause(runs, best(runs, "seconds", seconds));
        return work.equals(time)
                ? "At equal work and at equal time " + work + "."
                : "At equal work " + work + "; at equal time " + time + ".";
    }

    /** The runs whose loss is as good as the best. */
    private static List<Run> best(List<Run> runs, String key, double amount) {
        double least =
                runs.stream().mapToDouble(r -> r.lossAt(key, amount)).min().orElseThrow();
        return runs.stream().filter(r -> r.lossAt(key, amount) <= SAME * least).toList();
    }

    private static String clause(List<Run> runs, List<Run> best) {
        if (best.size() == runs.size()) {
            return "it makes no difference how many examples the curvature of Hessian-free sees"
                    + " (all losses are within 1 %)";
        }
        String chunks = best.stream()
                .map(r -> String.format(Locale.ROOT, "%,d", r.chunk))
                .collect(Collectors.joining(" or "));
        return String.format(
                Locale.ROOT,
                "Hessian-free gets furthest with a curvature of %s of %,d examples",
                chunks,
                runs.get(runs.size() - 1).chunk);
    }
}
