package dev.ravine.cli.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A report with everything in it, as a comparison of three optimizers would write it; the numbers are made up. */
final class SampleReport {
    private static final Chart.Axis SECONDS = new Chart.Axis("seconds", "seconds", false);
    private static final Chart.Axis GRADIENTS = new Chart.Axis("gradients", "gradient equivalents", false);
    private static final Chart.Axis EPOCHS = new Chart.Axis("epochs", "epochs", false);

    private SampleReport() {}

    static Report of() {
        return new Report(
                "Adam, momentum and Hessian-free on 8,000 digits",
                "After 20 seconds each, hf:lambda=10,chunk=2000 reaches the lowest training loss, 0.0142 (median of 5 starts);"
                        + " adam:lr=1e-3 is ahead for the first 3 seconds and ends at 0.0611. Their test accuracies differ by"
                        + " less than the starts do.",
                List.of(
                        new Report.Section(
                                "Progress",
                                "Medians over 5 starts; bands reach from the lowest to the highest. One gradient equivalent is"
                                        + " the work of one gradient over all training examples.",
                                List.of(progress())),
                        new Report.Section("Where they ended", "", List.of(table())),
                        new Report.Section(
                                "Inside the second-order steps",
                                "What the model of each step did, of the first start.",
                                List.of(telemetry(), spectrum())),
                        new Report.Section("Reconstructions", "Each column is one test image.", List.of(pictures()))),
                origin());
    }

    private static Chart progress() {
        return new Chart(
                "loss",
                "Loss and accuracy as training goes on",
                List.of(SECONDS, GRADIENTS, EPOCHS),
                List.of(
                        new Chart.Axis("train", "training loss", true),
                        new Chart.Axis("test", "test loss", true),
                        new Chart.Axis("accuracy", "test accuracy", false)),
                List.of(
                        run("hf:lambda=10,chunk=2000", 60, 0.0142, 0.25, 1),
                        run("adam:lr=1e-3", 12_000, 0.06, 0.55, 2),
                        run("momentum:lr=0.05,mu=0.9", 900, 0.17, 0.4, 3)));
    }

    private static Chart.Line run(String name, int steps, double end, double speed, long seed) {
        Random random = new Random(seed);
        double[] seconds = new double[steps];
        double[] train = new double[steps];
        double[] noise = new double[steps];
        for (int i = 0; i < steps; i++) {
            seconds[i] = 20.0 * (i + 1) / steps;
            noise[i] = 1 + 0.04 * random.nextGaussian();
            train[i] = (end + (2.3 - end) * Math.exp(-speed * seconds[i]) / (1 + seconds[i])) * noise[i];
        }
        Map<String, double[]> values = new LinkedHashMap<>();
        values.put("seconds", seconds);
        values.put("gradients", map(seconds, s -> s * 23 / (1 + speed)));
        values.put("epochs", map(seconds, s -> s * 11 * speed));
        values.put("train", train);
        values.put("test", map(train, t -> t + 0.09 + 0.01 * t));
        values.put("accuracy", map(train, t -> 0.968 - 0.11 * t));
        return new Chart.Line(
                name,
                Chart.Style.LINE,
                values,
                Map.of(
                        "train", new Chart.Band(map(train, t -> t * 0.8), map(train, t -> t * 1.3)),
                        "accuracy",
                                new Chart.Band(map(train, t -> 0.962 - 0.12 * t), map(train, t -> 0.972 - 0.1 * t))));
    }

    private static double[] map(double[] values, java.util.function.DoubleUnaryOperator f) {
        return Arrays.stream(values).map(f).toArray();
    }

    /** Some steps are rejected and have no ratio, some have a negative one. */
    private static Chart telemetry() {
        Random random = new Random(4);
        int n = 60;
        double[] damping = new double[n];
        double[] ratio = new double[n];
        double[] iterations = new double[n];
        double lambda = 10;
        for (int i = 0; i < n; i++) {
            ratio[i] = i % 17 == 9 ? Double.NaN : i % 13 == 7 ? -0.3 : 0.6 + 0.4 * random.nextDouble();
            lambda *= ratio[i] > 0.75 ? 2.0 / 3 : ratio[i] >= 0.25 ? 1 : 1.5;
            damping[i] = lambda;
            iterations[i] = 10 + i * 2 + random.nextInt(20);
        }
        return new Chart(
                "telemetry",
                "Damping, reduction ratio and CG iterations of hf:lambda=10,chunk=2000",
                List.of(new Chart.Axis("step", "step", false), SECONDS),
                List.of(
                        new Chart.Axis("damping", "damping λ", true),
                        new Chart.Axis("ratio", "reduction ratio", false),
                        new Chart.Axis("iterations", "CG iterations", false)),
                List.of(new Chart.Line(
                        "hf:lambda=10,chunk=2000",
                        Chart.Style.MARKED,
                        Map.of(
                                "step",
                                        IntStream.rangeClosed(1, n)
                                                .asDoubleStream()
                                                .toArray(),
                                "seconds",
                                        DoubleStream.iterate(1 / 3.0, s -> s + 1 / 3.0)
                                                .limit(n)
                                                .toArray(),
                                "damping", damping,
                                "ratio", ratio,
                                "iterations", iterations),
                        Map.of())));
    }

    /** Many names, more than there are colours, and loose points. */
    private static Chart spectrum() {
        List<Chart.Line> lines = new ArrayList<>();
        for (int k = 0; k < 8; k++) {
            double[] rank = IntStream.rangeClosed(1, 40).asDoubleStream().toArray();
            double scale = Math.pow(10, 2 - k);
            lines.add(new Chart.Line(
                    "layer " + (k + 1) + (k == 7 ? " <output> & bias" : ""),
                    k % 2 == 0 ? Chart.Style.POINTS : Chart.Style.MARKED,
                    Map.of("rank", rank, "eigenvalue", map(rank, r -> scale / (r * r))),
                    Map.of()));
        }
        return new Chart(
                "eigenvalues",
                "Largest eigenvalues of the Gauss-Newton matrix",
                List.of(new Chart.Axis("rank", "rank", true)),
                List.of(new Chart.Axis("eigenvalue", "eigenvalue", true)),
                lines);
    }

    private static Table table() {
        return new Table(
                "result",
                "Medians over 5 starts",
                List.of(
                        "optimizer",
                        "training loss",
                        "test loss",
                        "test accuracy",
                        "seconds",
                        "gradient equivalents",
                        "steps",
                        "ended"),
                List.of(
                        Arrays.asList("hf:lambda=10,chunk=2000", 0.014211873, 0.1043, 0.9664, 20.03, 368.0, 60, null),
                        Arrays.asList("adam:lr=1e-3", 0.0611, 0.1516, 0.9613, 20.0, 296.77, 12_000, null),
                        Arrays.asList("momentum:lr=0.05,mu=0.9", 0.1702, 0.2619, 0.9493, 20.0, 328.6, 900, null),
                        Arrays.asList("sgd:lr=5", 1.7e31, null, 0.098, 0.4, 3.1, 28, "not finite")));
    }

    private static Pictures pictures() {
        return new Pictures(
                "reconstructions",
                "Test images and what the autoencoders make of them",
                List.of(
                        new Pictures.Row("test images", images(1)),
                        new Pictures.Row("hf:lambda=10,chunk=2000", images(0.9)),
                        new Pictures.Row("adam:lr=1e-3", images(0.6))));
    }

    private static List<Pictures.Image> images(double sharpness) {
        List<Pictures.Image> images = new ArrayList<>();
        for (int k = 0; k < 16; k++) {
            double[] pixels = new double[28 * 28];
            for (int i = 0; i < pixels.length; i++) {
                double dx = i % 28 - 14 + 4 * Math.sin(k);
                double dy = i / 28 - 14;
                pixels[i] = Math.exp(-sharpness * Math.abs(Math.hypot(dx, dy * 0.7) - 5 - k % 4));
            }
            images.add(new Pictures.Image(28, 28, pixels));
        }
        return images;
    }

    private static Origin origin() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Ravine", "0.1.0");
        facts.put("Java", "17.0.15 (Debian)");
        facts.put("Processor", "a processor, 2 cores");
        return new Origin(
                "ravine compare --problem classify --seconds 20 --seeds 5 --optimizer hf:lambda=10,chunk=2000"
                        + " --optimizer adam:lr=1e-3 --optimizer momentum:lr=0.05,mu=0.9",
                Instant.parse("2026-11-24T12:00:00Z"),
                facts);
    }
}
