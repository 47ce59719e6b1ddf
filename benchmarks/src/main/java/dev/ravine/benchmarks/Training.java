package dev.ravine.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ravine.core.Arena;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times whole training steps. */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        description =
                "Time of a step of SGD, with momentum and without, and of Adam, update included, beside PyTorch and"
                        + " DL4J, each alone in its process; of K-FAC on the autoencoder ae; and of a Hessian-free step with 50"
                        + " iterations of conjugate gradients.")
final class Training implements Callable<Integer> {
    private static final int COMPARED_STEPS = 5;
    private static final List<Quantity> STEPS = List.of(
            Quantity.GRADIENT,
            Quantity.SGD_STEP,
            Quantity.MOMENTUM_STEP,
            Quantity.ADAM_STEP,
            Quantity.KFAC_FIXED_STEP,
            Quantity.KFAC_FIXED_STEP_UPDATE_10,
            Quantity.KFAC_STEP);
    private static final Set<Quantity> BESIDE_A_GRADIENT =
            EnumSet.of(Quantity.KFAC_FIXED_STEP, Quantity.KFAC_FIXED_STEP_UPDATE_10, Quantity.KFAC_STEP);
    private static final int CG_ITERATIONS = 50;
    private static final int CHUNK = 1000;

    @Mixin
    private FigureOptions figures;

    @Option(
            names = "--net",
            paramLabel = "NAME[@BATCH]",
            description = "Only these nets, another batch after @. Default: ${DEFAULT-VALUE}.")
    private List<String> names = List.of("small", "wide", "deep", "ae@100", "ae", "ae@500", "ae@1000");

    @Option(names = "--no-hessian-free", description = "Leave out the step of Hessian-free.")
    private boolean noHessianFree;

    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.describe());
        for (String name : names) {
            measure(Net.named(name));
        }
        if (!noHessianFree) {
            hessianFree(Net.named("deep"));
        }
        figures.write(lines);
        return 0;
    }

    private void measure(Net net) throws IOException {
        List<Contender> contenders = new ArrayList<>();
        contenders.addAll(Contender.ours("ravine-training"));
        contenders.addAll(Contender.pytorch("pytorch-training", net));
        if (net.isClassifier() && net.isDense()) {
            contenders.addAll(Contender.peer("dl4j", "dl4j-training"));
        }
        Contest contest = new Contest(net, figures, COMPARED_STEPS);
        contest.run(contenders);
        System.out.printf(
                Locale.ROOT,
                "%n%s%n%-26s %9s %18s %9s %18s %9s %18s%n",
                net,
                "milliseconds",
                "ours",
                "ours / gradient",
                "pytorch",
                "ours / pytorch",
                "dl4j",
                "ours / dl4j");
        for (Quantity step : STEPS) {
            if (contest.milliseconds("ours", step).isPresent()) {
                report(net, step, contest);
            }
        }
    }

    /** Prints the medians of a step, and keeps them for the file of figures. A peer's K-FAC step is its gradient. */
    private void report(Net net, Quantity step, Contest contest) throws IOException {
        Quantity peers = BESIDE_A_GRADIENT.contains(step) ? Quantity.GRADIENT : step;
        double ours = contest.milliseconds("ours", step).orElseThrow();
        Contest.Ratio gradient = contest.ratio("ours", step, "ours", Quantity.GRADIENT);
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "%-26s %9.3f %18s", step.label(), ours, gradient));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("net", net.name());
        row.put("batch", net.batch());
        row.put("quantity", step.label());
        row.put("ours_ms", ours);
        row.put("ours_setting", contest.setting("ours", step));
        row.put("ours_over_gradient", gradient.median);
        for (String peer : List.of("pytorch", "dl4j")) {
            OptionalDouble time = contest.milliseconds(peer, peers);
            if (time.isPresent()) {
                Contest.Ratio ratio = contest.ratio("ours", step, peer, peers);
                line.append(String.format(Locale.ROOT, " %9.3f %18s", time.getAsDouble(), ratio));
                row.put(peer + "_quantity", peers.label());
                row.put(peer + "_ms", time.getAsDouble());
                row.put("ours_over_" + peer, ratio.median);
                row.put("ours_over_" + peer + "_lowest", ratio.lowest);
                row.put("ours_over_" + peer + "_highest", ratio.highest);
                row.put(peer + "_setting", contest.setting(peer, peers));
            }
        }
        System.out.println(line);
        lines.add(JSON.std.asString(row));
    }

    private void hessianFree(Net net) throws IOException {
        Net data = net.withBatch(10 * CHUNK);
        System.out.printf(
                Locale.ROOT,
                "%nHessian-free on %s, curvature from %d examples, %d iterations%n",
                data,
                CHUNK,
                CG_ITERATIONS);
        try (Arena arena = new Arena();
                SupervisedObjective objective = SupervisedObjective.of(
                        RavineSubject.module(data), RavineSubject.loss(data), RavineSubject.data(data, arena));
                HessianFree optimizer = HessianFree.builder()
                        .curvatureExamples(CHUNK)
                        .maxIterations(CG_ITERATIONS)
                        .stopRule((i, phi, residual, first) -> false)
                        .build()) {
            double[] seconds = new double[5];
            double[] cost = new double[seconds.length];
            for (int i = -1; i < seconds.length; i++) {
                long start = System.nanoTime();
                StepReport report = optimizer.step(objective, objective.theta());
                if (i >= 0) {
                    seconds[i] = (System.nanoTime() - start) / 1e9;
                    cost[i] = report.cost();
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%.2f s an outer step, which is %.2f gradients over all examples%n",
                    Timing.median(seconds),
                    Timing.median(cost));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("net", net.name());
            row.put("batch", data.batch());
            row.put("quantity", "hessian-free-step");
            row.put("seconds", Timing.median(seconds));
            row.put("gradient_equivalents", Timing.median(cost));
            lines.add(JSON.std.asString(row));
        }
    }
}
