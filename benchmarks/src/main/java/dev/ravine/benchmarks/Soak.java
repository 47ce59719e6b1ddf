package dev.ravine.benchmarks;

import dev.ravine.core.data.Idx;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.CsvListener;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains for a long time, again and again with another optimizer: a run with validation, checkpoints and CSV is stopped
 * half way and resumed by a new trainer. After each round says what the process holds; what grows from round to round
 * is leaked.
 */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Mixed training, saving, resuming and validating for a long time; memory and file handles after"
                + " each round, and how much they grew from the second quarter of the time to the last.")
final class Soak implements Callable<Integer> {
    private static final double RUN_SECONDS = 6;

    @Option(names = "--minutes", paramLabel = "M", description = "How long. Default: ${DEFAULT-VALUE}.")
    private double minutes = 60;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of IDX files of images and labels. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("examples/src/main/resources/dev/ravine/examples/mnist-10k");

    /** What the process holds after a round. */
    private record Sample(
            double minutes, long resident, long natives, long heap, long handles, long threads, double accuracy) {
        static Sample now(double minutes, double accuracy) throws IOException {
            System.gc(); // what only waits for the collector is no leak
            Runtime java = Runtime.getRuntime();
            try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
                return new Sample(
                        minutes,
                        Machine.residentMemory(),
                        Pointer.totalBytes(),
                        java.totalMemory() - java.freeMemory(),
                        handles.count(),
                        Thread.getAllStackTraces().size(),
                        accuracy);
            }
        }

        void print() {
            System.out.printf(
                    Locale.ROOT,
                    "%8.1f %12.1f %12.1f %12.1f %8d %8d %12.4f%n",
                    minutes,
                    resident / 1e6,
                    natives / 1e6,
                    heap / 1e6,
                    handles,
                    threads,
                    accuracy);
        }
    }

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.describe());
        System.out.printf(
                Locale.ROOT,
                "%8s %12s %12s %12s %8s %8s %12s%n",
                "minutes",
                "RSS MB",
                "native MB",
                "heap MB",
                "handles",
                "threads",
                "accuracy");
        TrainTest digits = Idx.folder(data);
        List<Sample> samples = new ArrayList<>();
        long start = System.nanoTime();
        double now = 0;
        while (now < minutes) {
            double accuracy = round(digits);
            now = (System.nanoTime() - start) / 60e9;
            samples.add(Sample.now(now, accuracy));
            samples.get(samples.size() - 1).print();
        }
        growth(samples, "RSS", Sample::resident);
        growth(samples, "native memory", Sample::natives);
        growth(samples, "Java heap", Sample::heap);
        growth(samples, "file handles", Sample::handles);
        growth(samples, "threads", Sample::threads);
        return 0;
    }

    /** Every optimizer once; the mean validation accuracy that they reach. */
    private double round(TrainTest digits) throws IOException {
        List<Function<Module, Optimizer>> family = List.of(
                net -> Sgd.builder().momentum(0.9).learningRate(0.03).build(),
                net -> Adam.builder().build(),
                net -> HessianFree.builder().build(),
                net -> LineSearchNewton.builder().build(),
                net -> TrustRegionNewton.builder().build(),
                net -> BlockNewton.builder(net).exactUpTo(200).build(),
                net -> Lbfgs.builder().build());
        double sum = 0;
        for (Function<Module, Optimizer> maker : family) {
            Path folder = Files.createTempDirectory("soak");
            try {
                train(digits, maker, folder, RUN_SECONDS / 2);
                sum += train(digits, maker, folder, RUN_SECONDS);
            } finally {
                delete(folder);
            }
        }
        return sum / family.size();
    }

    private static double train(TrainTest digits, Function<Module, Optimizer> maker, Path folder, double seconds)
            throws IOException {
        var net = new Sequential(new Linear(784, 32), Activation.tanh(), new Linear(32, 10));
        net.initialize(1);
        try (Optimizer optimizer = maker.apply(net)) {
            TrainingResult result = Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                    .optimizer(optimizer)
                    .l2(5e-4)
                    .budget(Budget.seconds(seconds))
                    .validation(digits.test(), Metric.accuracy(), Metric.top(3))
                    .checkpoints(new CheckpointFolder(folder, 2), 20)
                    .listener(new CsvListener(folder))
                    .build()
                    .train();
            return result.figures().get("validation accuracy");
        }
    }

    private static void growth(List<Sample> samples, String what, Function<Sample, Long> amount) {
        double before = median(samples, samples.size() / 4, samples.size() / 2, amount);
        double after = median(samples, samples.size() * 3 / 4, samples.size(), amount);
        System.out.printf(
                Locale.ROOT,
                "%-14s median of the second quarter %.0f, of the last %.0f: %+.2f %%%n",
                what,
                before,
                after,
                100 * (after - before) / before);
    }

    private static double median(List<Sample> samples, int from, int to, Function<Sample, Long> amount) {
        return Timing.median(samples.subList(from, Math.max(to, from + 1)).stream()
                .mapToDouble(amount::apply)
                .toArray());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
