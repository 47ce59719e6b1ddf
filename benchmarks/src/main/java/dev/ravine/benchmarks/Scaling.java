package dev.ravine.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How time and memory grow with the batch, the workers and the width. */
@Command(
        name = "scaling",
        mixinStandardHelpOptions = true,
        description = "Time and peak memory of gradient and Hessian-vector product as batch, workers and width grow.")
final class Scaling implements Callable<Integer> {
    private static final int REPETITIONS = 3;
    private static final int BATCH_OF_WIDTHS = 1000;
    private static final int WORKERS = 2;
    private static final long LIMIT = 2_000_000_000;

    @Option(
            names = "--memory-limit",
            description = "Only: products of a linearization that keeps all, and of one within 2 GB.")
    private boolean limits;

    @Override
    public Integer call() {
        System.out.println(Machine.describe());
        if (limits) {
            printLimits();
            return 0;
        }
        printBatches();
        printWidths();
        return 0;
    }

    private static void printBatches() {
        System.out.printf(
                Locale.ROOT,
                "%n%s%n%7s %8s %10s %12s %10s %12s %10s %12s%n",
                Net.named("deep"),
                "batch",
                "workers",
                "gradient",
                "us/example",
                "memory",
                "hvp",
                "us/example",
                "memory");
        for (int workers : new int[] {1, 2}) {
            for (int batch : new int[] {250, 1000, 4000, 16_000}) {
                Net net = Net.named("deep").withBatch(batch);
                Point gradient = inChild(net, workers, Long.MAX_VALUE, Quantity.GRADIENT);
                Point hvp = inChild(net, workers, Long.MAX_VALUE, Quantity.HVP);
                System.out.printf(
                        Locale.ROOT,
                        "%7d %8d %7.1f ms %12.1f %7.0f MB %7.1f ms %12.1f %7.0f MB  (memory ratio %.2f)%n",
                        batch,
                        workers,
                        gradient.milliseconds,
                        1000 * gradient.milliseconds / batch,
                        gradient.megabytes,
                        hvp.milliseconds,
                        1000 * hvp.milliseconds / batch,
                        hvp.megabytes,
                        hvp.megabytes / gradient.megabytes);
            }
        }
    }

    private static void printLimits() {
        System.out.printf(
                Locale.ROOT,
                "%n%s%n%14s %8s %22s %22s %6s%n",
                Net.named("deep"),
                "",
                "batch",
                "all kept",
                "2 GB",
                "ratio");
        for (int batch : new int[] {16_000, 60_000}) {
            Net net = Net.named("deep").withBatch(batch);
            for (Quantity quantity : new Quantity[] {Quantity.HVP, Quantity.GAUSS_NEWTON}) {
                Point all = inChild(net, WORKERS, Long.MAX_VALUE, quantity);
                Point some = inChild(net, WORKERS, LIMIT, quantity);
                System.out.printf(
                        Locale.ROOT,
                        "%14s %8d %7.0f ms %9.0f MB %7.0f ms %9.0f MB %6.2f%n",
                        quantity.label(),
                        batch,
                        all.milliseconds,
                        all.megabytes,
                        some.milliseconds,
                        some.megabytes,
                        some.milliseconds / all.milliseconds);
            }
        }
    }

    private static void printWidths() {
        System.out.printf(
                Locale.ROOT,
                "%n784-W-W-10 tanh, batch %d%n%7s %11s %10s %12s %10s %12s%n",
                BATCH_OF_WIDTHS,
                "W",
                "parameters",
                "gradient",
                "ns/parameter",
                "hvp",
                "ns/parameter");
        for (int width : new int[] {32, 64, 128, 256, 512, 1024, 2048}) {
            Net net = Net.dense("width-" + width, "tanh", BATCH_OF_WIDTHS, List.of(784, width, width, 10));
            try (Subject subject = new RavineSubject(net)) {
                Series gradient = new Series(subject, Quantity.GRADIENT, REPETITIONS);
                Series hvp = new Series(subject, Quantity.HVP, REPETITIONS);
                gradient.measure();
                hvp.measure();
                System.out.printf(
                        Locale.ROOT,
                        "%7d %11d %7.2f ms %12.2f %7.2f ms %12.2f%n",
                        width,
                        net.size(),
                        gradient.median(),
                        1e6 * gradient.median() / net.size(),
                        hvp.median(),
                        1e6 * hvp.median() / net.size());
            }
        }
    }

    /** Time, and memory above that of the loaded libraries. */
    private record Point(double milliseconds, double megabytes) {}

    private static Point inChild(Net net, int workers, long limit, Quantity quantity) {
        try (ChildSubject child = new ChildSubject(
                "ravine",
                net,
                Map.of(),
                "-Dworkers=" + workers,
                "-DmemoryLimit=" + limit,
                "-XX:NewSize=8m",
                "-XX:MaxNewSize=8m")) {
            Series series = new Series(child, quantity, REPETITIONS);
            series.measure();
            return new Point(series.median(), child.memoryGrowth() / 1e6);
        }
    }
}
