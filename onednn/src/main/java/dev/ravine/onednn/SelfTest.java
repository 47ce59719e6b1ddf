package dev.ravine.onednn;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionRole;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares a convolution in all three roles, a product, and tanh, with plain loops, once, before the library is used.
 */
final class SelfTest {
    private static final int EXAMPLES = 3;
    private static final int SIZE = 11;
    private static final int CHANNELS = 9;
    private static final int OUTPUTS = 19;
    private static final int SPAN = 3;
    private static final int OUT = SIZE - SPAN + 1;
    private static final double TOLERANCE = 1e-3;

    static {
        new SelfTest().run();
    }

    private final INDArray x = random(1, EXAMPLES, SIZE, SIZE, CHANNELS);
    private final INDArray w = random(2, SPAN, SPAN, CHANNELS, OUTPUTS);
    private final INDArray y = random(3, EXAMPLES, OUT, OUT, OUTPUTS);

    private SelfTest() {}

    private void run() {
        for (ConvolutionRole role : ConvolutionRole.values()) {
            check(role);
        }
        checkProduct();
        checkTanh();
    }

    /**
     * Makes sure that the test has passed; cheap after the first call.
     *
     * @throws IllegalStateException (inside an ExceptionInInitializerError) if a number is wrong
     */
    static void require() {
        // Whoever calls this makes the JVM initialize the class, and so run the test.
    }

    private static INDArray random(long seed, long... sizes) {
        Rng rng = new Rng(seed);
        Shape shape = Shape.of(sizes);
        double[] numbers = new double[(int) shape.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) rng.nextDouble(-1, 1);
        }
        return Arena.of(DType.FLOAT32, shape, numbers);
    }

    private void check(ConvolutionRole role) {
        INDArray result = role == ConvolutionRole.OUTPUTS ? y : role == ConvolutionRole.IMAGES ? x : w;
        double[] expected = loops(role, (int) result.length());
        INDArray computed = Arena.create(DType.FLOAT32, Shape.of(result));
        INDArray images = role == ConvolutionRole.IMAGES ? computed : x;
        INDArray weights = role == ConvolutionRole.WEIGHTS ? computed : w;
        INDArray outputs = role == ConvolutionRole.OUTPUTS ? computed : y;
        try (var kernel = Convolution.of(role, images, weights, outputs, Window.of(SPAN, SPAN), false)) {
            kernel.run();
        }
        compare("convolution, " + role, computed, expected);
    }

    private double[] loops(ConvolutionRole role, int count) {
        double[] result = new double[count];
        Elements images = Elements.of(x);
        Elements weights = Elements.of(w);
        Elements outputs = Elements.of(y);
        int all = EXAMPLES * OUT * OUT * SPAN * SPAN * CHANNELS * OUTPUTS;
        for (int i = 0; i < all; i++) {
            int f = i % OUTPUTS;
            int c = i / OUTPUTS % CHANNELS;
            int k = i / (OUTPUTS * CHANNELS) % (SPAN * SPAN);
            int p = i / (OUTPUTS * CHANNELS * SPAN * SPAN);
            int line = p / OUT % OUT + k / SPAN;
            int column = p % OUT + k % SPAN;
            int atX = ((p / (OUT * OUT) * SIZE + line) * SIZE + column) * CHANNELS + c;
            int atW = (k * CHANNELS + c) * OUTPUTS + f;
            int atY = p * OUTPUTS + f;
            switch (role) {
                case OUTPUTS -> result[atY] += images.get(atX) * weights.get(atW);
                case IMAGES -> result[atX] += outputs.get(atY) * weights.get(atW);
                case WEIGHTS -> result[atW] += images.get(atX) * outputs.get(atY);
            }
        }
        return result;
    }

    /** The product of the weights, as 81 x 19, transposed, with themselves. */
    private void checkProduct() {
        int rows = SPAN * SPAN * CHANNELS;
        INDArray matrix = Arena.view(w, 0, Shape.of(rows, OUTPUTS));
        INDArray computed = Arena.create(DType.FLOAT32, Shape.of(OUTPUTS, OUTPUTS));
        try (var kernel = Product.of(matrix, true, matrix, false, computed, false)) {
            kernel.run();
        }
        Elements numbers = Elements.of(w);
        double[] expected = new double[OUTPUTS * OUTPUTS];
        for (int i = 0; i < rows * expected.length; i++) {
            int row = i / expected.length;
            int at = i % expected.length;
            expected[at] += numbers.get(row * OUTPUTS + at / OUTPUTS) * numbers.get(row * OUTPUTS + at % OUTPUTS);
        }
        compare("matrix product", computed, expected);
    }

    private void checkTanh() {
        INDArray computed = Arena.create(DType.FLOAT32, Shape.of(x));
        try (var kernel = Tanh.of(x, computed)) {
            kernel.run();
        }
        double[] expected = new double[(int) x.length()];
        Elements.of(x).read(0, expected.length, expected);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.tanh(expected[i]);
        }
        compare("tanh", computed, expected);
    }

    private static void compare(String what, INDArray computed, double[] expected) {
        Elements found = Elements.of(computed);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(found.get(i) - expected[i]) <= TOLERANCE)) {
                throw new IllegalStateException("oneDNN is wrong on this processor: " + what + ", element " + i + " is "
                        + found.get(i) + ", expected " + expected[i]
                        + "; set -Dravine.kernels=own, or leave ravine-onednn out");
            }
        }
    }
}
