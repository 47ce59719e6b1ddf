package dev.ravine.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ravine.core.Arena;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Times whole training steps. */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        description = "Time of a step of SGD and Adam, update included, beside PyTorch and DL4J; and of a Hessian-free"
                + " step with 50 iterations of conjugate gradients.")
final class Training implements Callable<Integer> {
    private static final int COMPARED_STEPS = 5;
    private static final double TOLERANCE = 1e-3;
    private static final int CG_ITERATIONS = 50;
    private static final int CHUNK = 1000;

    @Mixin
    private FigureOptions figures;

    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.describe());
        for (String name : List.of("small", "wide")) {
            measure(Net.named(name));
        }
        hessianFree(Net.named("deep"));
        figures.write(lines);
        return 0;
    }

    private void measure(Net net) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%n%s%n%-11s %9s %9s %9s   %s%n",
                net,
                "",
                "ours",
                "pytorch",
                "dl4j",
                "ours / pytorch, dl4j");
        Map<String, Subject> subjects = new LinkedHashMap<>();
        try {
            subjects.put("ours", Subject.open("ravine-training", net));
            for (String peer : List.of("pytorch", "dl4j")) {
                subjects.put(peer, new ChildSubject(peer + "-training", net, ChildSubject.AS_IT_COMES));
                subjects.put(peer + ", passive", new ChildSubject(peer + "-training", net, ChildSubject.PASSIVE));
            }
            List<Quantity> steps = List.of(Quantity.SGD_STEP, Quantity.ADAM_STEP);
            steps.forEach(step -> compareTrajectories(subjects, step));
            List<Series> all = new ArrayList<>();
            for (Quantity step : steps) {
                subjects.forEach((kind, subject) -> all.add(new Series(kind, subject, step, figures.repetitions())));
            }
            Series.measure(all);
            for (Quantity step : steps) {
                report(net, step, all);
            }
        } finally {
            subjects.values().forEach(Subject::close);
        }
    }

    /** Prints the medians of a step, and keeps them for the file of figures. */
    private void report(Net net, Quantity step, List<Series> all) throws IOException {
        double ours = Series.best(all, "ours", step).median();
        double pytorch = Series.best(all, "pytorch", step).median();
        double dl4j = Series.best(all, "dl4j", step).median();
        System.out.printf(
                Locale.ROOT,
                "%-11s %9.3f %9.3f %9.3f   %5.2f %5.2f%n",
                step.label(),
                ours,
                pytorch,
                dl4j,
                ours / pytorch,
                ours / dl4j);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("net", net.name());
        row.put("batch", net.batch());
        row.put("quantity", step.label());
        row.put("ours_ms", ours);
        row.put("pytorch_ms", pytorch);
        row.put("dl4j_ms", dl4j);
        row.put("ours_over_pytorch", ours / pytorch);
        row.put("ours_over_dl4j", ours / dl4j);
        lines.add(JSON.std.asString(row));
    }

    /** A few steps from the same start must lead to the same place. */
    private static void compareTrajectories(Map<String, Subject> subjects, Quantity step) {
        float[] ours = null;
        for (Map.Entry<String, Subject> entry : subjects.entrySet()) {
            for (int i = 0; i < COMPARED_STEPS; i++) {
                entry.getValue().run(step);
            }
            float[] theta = entry.getValue().result(step);
            if (ours == null) {
                ours = theta;
                continue;
            }
            double difference = Numbers.relativeDifference(theta, ours);
            if (!(difference <= TOLERANCE)) {
                throw new IllegalStateException(entry.getKey() + " and Ravine are at different places after "
                        + COMPARED_STEPS + " steps of " + step + ": relative difference " + difference + ", allowed "
                        + TOLERANCE);
            }
        }
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
