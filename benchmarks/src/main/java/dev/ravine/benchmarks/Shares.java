package dev.ravine.benchmarks;

import dev.ravine.core.kernels.KernelSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the time of a gradient, a product and a step goes, by the events of operations in Java's Flight Recorder. */
@Command(
        name = "shares",
        mixinStandardHelpOptions = true,
        description = "Shares of products, other operations and the rest in the time of two workers, the rate of the"
                + " products, and what a step of SGD and of Adam costs beside its gradient.")
final class Shares implements Callable<Integer> {
    private static final String EVENT = "dev.ravine.Operation";
    private static final double SECONDS = 1.5;
    private static final int SAMPLES = 7;

    @Option(names = "--net", paramLabel = "NET", description = "Nets, such as ae@100. Default: ${DEFAULT-VALUE}.")
    private List<String> names = List.of("ae@100", "ae", "ae@500", "small", "wide");

    @Option(
            names = "--quantity",
            paramLabel = "QUANTITY",
            description = "gradient, hvp or gauss-newton. Default: ${DEFAULT-VALUE}.")
    private String quantity = "gradient";

    @Option(names = "--operations", description = "Also every operation, by its name and shape.")
    private boolean operations;

    /** What a recording says of the runs of an operation: their time in nanoseconds and their work. */
    private static final class Total {
        double nanoseconds;
        double work;

        void add(RecordedEvent event, int runs) {
            nanoseconds += event.getDuration().toNanos() / (double) runs;
            work += event.getLong("work") / (double) runs;
        }
    }

    /** The time of a run that was recorded, and its operations by name and shape. */
    private record Recorded(double nanoseconds, Map<String, Total> operations) {}

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.describe() + ", kernels " + KernelSets.name());
        Quantity wanted = Quantity.valueOf(quantity.toUpperCase(Locale.ROOT).replace('-', '_'));
        System.out.printf(
                Locale.ROOT,
                "%n%-8s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s%n",
                "",
                wanted.label(),
                "products",
                "GFLOP/s",
                "transcen.",
                "elementw.",
                "sums",
                "copies",
                "rest",
                "SGD",
                "Adam");
        for (String name : names) {
            measure(Net.named(name), name, wanted);
        }
        return 0;
    }

    private void measure(Net net, String name, Quantity wanted) throws IOException {
        double nanoseconds;
        Recorded recorded;
        try (RavineSubject subject = new RavineSubject(net)) {
            nanoseconds = median(subject, wanted);
            recorded = record(subject, wanted);
        }
        double[] updates;
        try (RavineTraining training = new RavineTraining(net)) {
            updates = updates(training);
        }
        print(name, nanoseconds, recorded, updates);
    }

    private static int runs(double nanoseconds) {
        return (int) Math.max(5, SECONDS * 1e9 / SAMPLES / nanoseconds);
    }

    /** Of some samples, after a time of warm-up. */
    private static double median(Subject subject, Quantity wanted) {
        int runs = runs(warmedUp(subject, wanted));
        return Timing.median(IntStream.range(0, SAMPLES)
                .mapToDouble(i -> time(subject, wanted, runs))
                .toArray());
    }

    private static double warmedUp(Subject subject, Quantity wanted) {
        double one = time(subject, wanted, 1);
        for (double spent = 0; spent < SECONDS * 1e9; ) {
            one = time(subject, wanted, 5);
            spent += 5 * one;
        }
        return one;
    }

    private static double time(Subject subject, Quantity wanted, int runs) {
        return (double) Timing.nanoseconds(subject, wanted, runs) / runs;
    }

    /** What steps of SGD and of Adam take beside a gradient of the same moment, as medians. */
    private static double[] updates(RavineTraining training) {
        List<Quantity> all = List.of(Quantity.GRADIENT, Quantity.SGD_STEP, Quantity.ADAM_STEP);
        int runs =
                runs(all.stream().mapToDouble(q -> warmedUp(training, q)).max().orElseThrow());
        double[][] times = new double[all.size()][SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            for (int q = 0; q < times.length; q++) {
                times[q][i] = time(training, all.get(q), runs);
            }
        }
        return IntStream.of(1, 2)
                .mapToDouble(q -> Timing.median(IntStream.range(0, SAMPLES)
                        .mapToDouble(i -> times[q][i] - times[0][i])
                        .toArray()))
                .toArray();
    }

    /** Only what begins after a time of warm-up counts: a recording that starts has code compiled again. */
    private static Recorded record(Subject subject, Quantity wanted) throws IOException {
        Path file = Files.createTempFile("ravine-shares", ".jfr");
        Map<String, Total> totals = new TreeMap<>();
        try (Recording recording = new Recording()) {
            recording.enable(EVENT).withThreshold(Duration.ZERO);
            recording.start();
            int runs = runs(warmedUp(subject, wanted));
            Instant begin = Instant.now();
            double nanoseconds = time(subject, wanted, runs);
            recording.stop();
            recording.dump(file);
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                if (event.getEventType().getName().equals(EVENT)
                        && event.getStartTime().isAfter(begin)) {
                    totals.computeIfAbsent(
                                    event.getString("operations") + " " + event.getString("shape"), n -> new Total())
                            .add(event, runs);
                }
            }
            return new Recorded(nanoseconds, totals);
        } finally {
            Files.delete(file);
        }
    }

    private void print(String name, double nanoseconds, Recorded recorded, double[] updates) {
        Map<OperationFamily, Total> families = new EnumMap<>(OperationFamily.class);
        for (OperationFamily family : OperationFamily.values()) {
            families.put(family, new Total());
        }
        recorded.operations.forEach((operation, total) -> {
            Total family = families.get(OperationFamily.of(operation));
            family.nanoseconds += total.nanoseconds;
            family.work += total.work;
        });
        double whole = Runtime.getRuntime().availableProcessors() * recorded.nanoseconds;
        double known =
                families.values().stream().mapToDouble(f -> f.nanoseconds).sum();
        List<Object> row = new ArrayList<>(List.of(name, nanoseconds / 1e6));
        Total products = families.get(OperationFamily.PRODUCTS);
        row.add(100 * products.nanoseconds / whole);
        row.add(products.work / products.nanoseconds);
        for (OperationFamily family : List.of(
                OperationFamily.TRANSCENDENTAL,
                OperationFamily.ELEMENTWISE,
                OperationFamily.SUMS,
                OperationFamily.COPIES)) {
            row.add(100 * families.get(family).nanoseconds / whole);
        }
        row.addAll(List.of(100 * (whole - known) / whole, updates[0] / 1e6, updates[1] / 1e6));
        System.out.printf(
                Locale.ROOT,
                "%-8s %6.3f ms %8.1f%% %9.1f %8.1f%% %8.1f%% %8.1f%% %8.1f%% %8.1f%% %+6.3f ms %+6.3f ms%n",
                row.toArray());
        if (operations) {
            recorded.operations.forEach((operation, total) -> System.out.printf(
                    Locale.ROOT,
                    "    %-60s %9.4f ms of one worker %8.1f GFLOP/s%n",
                    operation,
                    total.nanoseconds / 1e6,
                    total.work / total.nanoseconds));
        }
    }
}
