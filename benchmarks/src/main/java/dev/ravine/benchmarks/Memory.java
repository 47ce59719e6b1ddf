package dev.ravine.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a long run does to memory. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Resident memory at the start and the end of many training steps and Hessian-vector products, and"
                + " what each of them allocates.")
final class Memory implements Callable<Integer> {
    private static final int WARM_UP = 8000;

    @Option(names = "--steps", paramLabel = "N", description = "Training steps. Default: ${DEFAULT-VALUE}.")
    private int steps = 20_000;

    @Option(names = "--products", paramLabel = "N", description = "Products. Default: ${DEFAULT-VALUE}.")
    private int products = 2000;

    @Override
    public Integer call() {
        System.out.println(Machine.describe());
        System.out.printf(
                Locale.ROOT,
                "%n%-28s %8s %12s %12s %8s %14s %14s%n",
                "",
                "runs",
                "RSS start",
                "RSS end",
                "growth",
                "Java bytes/run",
                "INDArrays/run");
        try (Subject training = new RavineTraining(Net.named("small"))) {
            measure("small", training, Quantity.SGD_STEP, steps, WARM_UP);
            measure("small", training, Quantity.ADAM_STEP, steps, WARM_UP);
        }
        try (Subject derivatives = new RavineSubject(Net.named("small"))) {
            measure("small", derivatives, Quantity.HVP, products, WARM_UP);
        }
        try (Subject training = new RavineTraining(Net.named("wide"))) {
            measure("wide", training, Quantity.ADAM_STEP, steps / 20, WARM_UP / 40);
        }
        try (Subject derivatives = new RavineSubject(Net.named("deep"))) {
            measure("deep", derivatives, Quantity.HVP, products / 20, WARM_UP / 400);
        }
        return 0;
    }

    private static void measure(String net, Subject subject, Quantity quantity, int runs, int warmUp) {
        for (int i = 0; i < warmUp; i++) {
            subject.run(quantity);
        }
        long arrays = arraysSoFar();
        long bytes = javaBytesSoFar();
        long start = Machine.residentMemory();
        for (int i = 0; i < runs; i++) {
            subject.run(quantity);
        }
        long end = Machine.residentMemory();
        double bytesPerRun = (double) (javaBytesSoFar() - bytes) / runs;
        // The array that tells the number is one itself.
        double arraysPerRun = (double) (arraysSoFar() - arrays - 1) / runs;
        System.out.printf(
                Locale.ROOT,
                "%-28s %8d %9.1f MB %9.1f MB %7.2f%% %14.0f %14.4f%n",
                net + " " + quantity.label(),
                runs,
                start / 1e6,
                end / 1e6,
                100.0 * (end - start) / start,
                bytesPerRun,
                arraysPerRun);
    }

    /** Arrays are numbered as they are made. */
    private static long arraysSoFar() {
        return Arena.create(DType.FLOAT32, Shape.of(1)).getId();
    }

    private static long javaBytesSoFar() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(b -> b > 0)
                .sum();
    }
}
