package dev.ravine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionKernels;
import dev.ravine.core.kernels.ConvolutionRole;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.KernelSets;
import dev.ravine.core.kernels.UnaryKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The kernels as everybody gets them, compared with Ravine's own in double precision, and with Java's tanh. */
class OneDnnKernelsTest {
    private static final Path TASKS = Path.of("/proc/self/task");

    record Case(Shape images, long outputs, Window window) {
        Shape weights() {
            return Shape.of(window.height().size(), window.width().size(), images.size(3), outputs);
        }

        Shape results() {
            return window.outputs("test", images, outputs);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Shape.of(3, 28, 28, 1), 32, Window.of(5, 5)),
                new Case(Shape.of(1, 14, 13, 1), 16, Window.of(3, 3).padding(1)),
                new Case(Shape.of(2, 17, 16, 1), 6, Window.of(5, 5).stride(2).padding(2)),
                new Case(Shape.of(1, 16, 16, 3), 32, Window.of(7, 7).stride(2).padding(3)),
                new Case(Shape.of(2, 11, 10, 5), 17, Window.of(3, 3).dilation(2)),
                new Case(Shape.of(2, 12, 12, 32), 64, Window.of(5, 5)),
                new Case(Shape.of(2, 9, 7, 3), 5, Window.of(3, 3).padding(1)),
                new Case(Shape.of(1, 10, 11, 8), 16, Window.of(3, 2).stride(2)),
                new Case(Shape.of(2, 10, 11, 9), 7, Window.of(3, 3).stride(2, 3).padding(0, 1, 2, 1)),
                new Case(Shape.of(2, 13, 12, 10), 6, Window.of(3, 2).dilation(2, 3)),
                new Case(Shape.of(2, 1, 30, 12), 4, Window.of(1, 7).padding(0, 0, 6, 0)),
                new Case(Shape.of(5, 4, 4, 16), 10, Window.of(4, 4)),
                new Case(Shape.of(1, 7, 7, 8), 8, Window.of(3, 3).stride(3)));
    }

    @Test
    void isUsed() {
        assertThat(KernelSets.name()).startsWith("oneDNN 3.");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void convolutionsAreThoseOfDoublePrecision(Case c) {
        for (ConvolutionRole role : ConvolutionRole.values()) {
            for (double beta : new double[] {0, 1}) {
                INDArray single = run(DType.FLOAT32, role, c, beta);
                INDArray exact = run(DType.FLOAT64, role, c, beta);
                double[] expected = numbers(exact);
                double[] found = numbers(single);
                double scale = 1e-6 * Math.sqrt(terms(role, c));
                for (int i = 0; i < found.length; i++) {
                    assertThat(found[i])
                            .as("%s, beta %s, element %d of %s", role, beta, i, c)
                            .isCloseTo(expected[i], within(scale * (1 + Math.abs(expected[i]))));
                }
            }
        }
    }

    /** How many products are added for one number. */
    private static double terms(ConvolutionRole role, Case c) {
        return switch (role) {
            case OUTPUTS -> c.window.count() * c.images.size(3);
            case IMAGES -> c.window.count() * c.outputs;
            case WEIGHTS -> c.results().count() / (double) c.outputs;
        };
    }

    private static INDArray run(DType dtype, ConvolutionRole role, Case c, double beta) {
        INDArray x = random(dtype, c.images, 1);
        INDArray w = random(dtype, c.weights(), 2);
        INDArray y = random(dtype, c.results(), 3);
        try (Kernel kernel = kernel(role, c, beta, x, w, y)) {
            kernel.run();
        }
        return result(role, x, w, y);
    }

    private static INDArray result(ConvolutionRole role, INDArray x, INDArray w, INDArray y) {
        return role == ConvolutionRole.OUTPUTS ? y : role == ConvolutionRole.IMAGES ? x : w;
    }

    private static Kernel kernel(ConvolutionRole role, Case c, double beta, INDArray x, INDArray w, INDArray y) {
        return switch (role) {
            case OUTPUTS -> ConvolutionKernels.outputs(x, w, c.window, 1, beta, y);
            case IMAGES -> ConvolutionKernels.images(y, w, c.window, 1, beta, x);
            case WEIGHTS -> ConvolutionKernels.weights(x, y, c.window, 1, beta, w);
        };
    }

    /** The same single-precision numbers in both precisions. */
    private static INDArray random(DType dtype, Shape shape, long seed) {
        Rng rng = new Rng(seed);
        double[] numbers = new double[(int) shape.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) rng.nextDouble(-1, 1);
        }
        return Arena.of(dtype, shape, numbers);
    }

    private static double[] numbers(INDArray array) {
        double[] numbers = new double[(int) array.length()];
        Elements.of(array).read(0, numbers.length, numbers);
        return numbers;
    }

    /** Weights are read anew at each run, and what is bound may be used by another thread each time. */
    @ParameterizedTest
    @MethodSource("cases")
    void anyThreadGetsTheSameBits(Case c) throws InterruptedException {
        for (ConvolutionRole role : ConvolutionRole.values()) {
            INDArray x = random(DType.FLOAT32, c.images, 4);
            INDArray w = random(DType.FLOAT32, c.weights(), 5);
            INDArray y = random(DType.FLOAT32, c.results(), 6);
            try (Kernel kernel = kernel(role, c, 0, x, w, y)) {
                kernel.run();
                double[] first = numbers(result(role, x, w, y));
                Thread other = new Thread(kernel::run);
                other.start();
                other.join();
                assertThat(numbers(result(role, x, w, y))).isEqualTo(first);
            }
        }
    }

    /** Each thread computes alone: a thread that OpenMP starts would have the name of the one that starts it. */
    @Test
    void noThreadsAreStarted() throws InterruptedException {
        assumeTrue(Files.exists(TASKS), "the system does not list threads");
        Case c = new Case(Shape.of(8, 12, 12, 32), 64, Window.of(5, 5));
        AtomicLong found = new AtomicLong();
        Thread thread = new Thread(
                () -> {
                    run(DType.FLOAT32, ConvolutionRole.OUTPUTS, c, 0);
                    run(DType.FLOAT32, ConvolutionRole.WEIGHTS, c, 0);
                    found.set(threadsNamed("convolves"));
                },
                "convolves");
        thread.start();
        thread.join();
        assertThat(found).hasValue(1);
    }

    private static long threadsNamed(String name) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> nameOf(task).equals(name)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for a thread that has just ended. */
    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void tanhIsWithinTwoUnitsInTheLastPlace() {
        int count = 200_000;
        for (double range : new double[] {1e-30, 1e-3, 0.5, 1, 5, 10, 100}) {
            Rng rng = new Rng(7);
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) rng.nextDouble(-range, range);
            }
            double[] found = tanh(numbers);
            for (int i = 0; i < count; i++) {
                double expected = Math.tanh(numbers[i]);
                assertThat(Math.abs(found[i] - expected))
                        .as("tanh(%s) = %s", numbers[i], found[i])
                        .isLessThanOrEqualTo(2 * Math.ulp((float) expected));
            }
        }
    }

    @Test
    void tanhSaturatesExactly() {
        double[] x = {
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, 30, -30, Float.MIN_VALUE
        };
        assertThat(tanh(x)).containsExactly(Double.NaN, 1, -1, -0.0, 0.0, 1, -1, Float.MIN_VALUE);
    }

    private static double[] tanh(double[] numbers) {
        INDArray x = Arena.create(DType.FLOAT32, Shape.of(numbers.length));
        Elements.of(x).write(0, numbers.length, numbers);
        try (Kernel kernel = UnaryKernels.tanh(x, x)) {
            kernel.run();
        }
        return numbers(x);
    }

    @Test
    void infinitiesAndNanPassThrough() {
        Case c = new Case(Shape.of(1, 4, 4, 8), 4, Window.of(3, 3));
        INDArray x = random(DType.FLOAT32, c.images, 1);
        INDArray w = random(DType.FLOAT32, c.weights(), 2);
        INDArray y = random(DType.FLOAT32, c.results(), 3);
        Elements.of(x).set(0, Double.NaN);
        try (Kernel kernel = kernel(ConvolutionRole.OUTPUTS, c, 0, x, w, y)) {
            kernel.run();
        }
        double[] found = numbers(y);
        assertThat(found[0]).isNaN();
        assertThat(found[found.length - 1]).isFinite();
    }
}
