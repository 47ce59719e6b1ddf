package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against the sum that defines the three convolutions, at sizes that take several chunks and several stretches. */
class ConvolutionKernelsTest {
    private record Case(String name, Shape images, Window window, int outputs, int groups) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("several chunks", Shape.of(4, 40, 40, 8), Window.of(5, 5), 3, 1),
                new Case(
                        "several stretches in a line",
                        Shape.of(2, 5, 24, 128),
                        Window.of(3, 3).padding(1),
                        4,
                        1),
                new Case(
                        "chunks that end inside of a line",
                        Shape.of(3, 33, 37, 16),
                        Window.of(5, 4).stride(1, 2).padding(3, 1, 0, 2).dilation(2, 1),
                        2,
                        1),
                new Case(
                        "groups",
                        Shape.of(3, 30, 30, 24),
                        Window.of(5, 5).padding(2).dilation(1, 2),
                        6,
                        2),
                new Case(
                        "depthwise",
                        Shape.of(2, 9, 11, 5),
                        Window.of(3, 4).stride(2, 1).padding(1, 2, 0, 3),
                        5,
                        5),
                new Case("one channel", Shape.of(3, 28, 27, 1), Window.of(5, 5), 32, 1),
                new Case(
                        "one example",
                        Shape.of(1, 16, 15, 3),
                        Window.of(7, 7).stride(2).padding(3),
                        16,
                        1),
                new Case("one place", Shape.of(3, 7, 5, 6), Window.of(1, 1), 4, 2));
    }

    private static double[] random(Shape shape, long seed) {
        Rng rng = new Rng(seed);
        double[] values = new double[(int) shape.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rng.nextDouble(-1, 1);
        }
        return values;
    }

    /** The three tensors, and the three derivatives of the form by definition. */
    private static final class Form {
        final Shape xShape;
        final Shape wShape;
        final Shape yShape;
        final double[] x;
        final double[] w;
        final double[] y;
        final double[] dx;
        final double[] dw;
        final double[] dy;

        Form(Case c) {
            xShape = c.images;
            yShape = c.window.outputs("test", c.images, c.outputs);
            wShape =
                    Shape.of(c.window.height().size(), c.window.width().size(), c.images.size(3) / c.groups, c.outputs);
            x = random(xShape, 1);
            w = random(wShape, 2);
            y = random(yShape, 3);
            dx = new double[x.length];
            dw = new double[w.length];
            dy = new double[y.length];
            for (int line = 0; line < yShape.size(0) * yShape.size(1) * yShape.size(2); line++) {
                position(c, line);
            }
        }

        private void position(Case c, int p) {
            int column = p % (int) yShape.size(2);
            int row = p / (int) yShape.size(2) % (int) yShape.size(1);
            int n = p / (int) (yShape.size(1) * yShape.size(2));
            for (int a = 0; a < wShape.size(0); a++) {
                for (int b = 0; b < wShape.size(1); b++) {
                    long u = row * c.window.height().stride()
                            - c.window.height().before()
                            + a * c.window.height().dilation();
                    long v = column * c.window.width().stride()
                            - c.window.width().before()
                            + b * c.window.width().dilation();
                    if (u >= 0 && u < xShape.size(1) && v >= 0 && v < xShape.size(2)) {
                        long image = ((n * xShape.size(1) + u) * xShape.size(2) + v) * xShape.size(3);
                        meet(c, (int) image, (int) (a * wShape.size(1) + b), p * c.outputs);
                    }
                }
            }
        }

        private void meet(Case c, int image, int place, int out) {
            int channels = (int) wShape.size(2);
            for (int f = 0; f < c.outputs; f++) {
                int first = f / (c.outputs / c.groups) * channels;
                for (int k = 0; k < channels; k++) {
                    int i = image + first + k;
                    int j = (place * channels + k) * c.outputs + f;
                    dy[out + f] += x[i] * w[j];
                    dx[i] += y[out + f] * w[j];
                    dw[j] += x[i] * y[out + f];
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheDefinition(Case c) {
        Form form = new Form(c);
        for (DType dtype : new DType[] {DType.FLOAT64, DType.FLOAT32}) {
            double tolerance = dtype == DType.FLOAT64 ? 1e-10 : 2e-2;
            INDArray x = Arena.of(dtype, form.xShape, form.x);
            INDArray w = Arena.of(dtype, form.wShape, form.w);
            INDArray y = Arena.of(dtype, form.yShape, form.y);
            for (int beta = 0; beta <= 1; beta++) {
                INDArray outputs = Arena.copyOf(y);
                ConvolutionKernels.outputs(x, w, c.window, c.groups, beta, outputs)
                        .run();
                check(outputs, form.dy, form.y, beta, tolerance);
                INDArray images = Arena.copyOf(x);
                ConvolutionKernels.images(y, w, c.window, c.groups, beta, images)
                        .run();
                check(images, form.dx, form.x, beta, tolerance);
                INDArray weights = Arena.copyOf(w);
                ConvolutionKernels.weights(x, y, c.window, c.groups, beta, weights)
                        .run();
                check(weights, form.dw, form.w, beta, tolerance);
            }
        }
    }

    private static void check(INDArray found, double[] sum, double[] start, int beta, double tolerance) {
        double[] expected = new double[sum.length];
        for (int i = 0; i < sum.length; i++) {
            expected[i] = sum[i] + beta * start[i];
        }
        assertThat(Arena.toDoubles(found)).containsExactly(expected, within(tolerance));
    }

    /** Unfolding and folding are the transposes of each other, and patches are what windows see. */
    @ParameterizedTest
    @MethodSource("cases")
    void foldIsTheTransposeOfUnfold(Case c) {
        Shape patchShape = c.window.outputs("test", c.images, c.window.count() * c.images.size(3));
        INDArray x = Arena.of(DType.FLOAT64, c.images, random(c.images, 1));
        INDArray p = Arena.of(DType.FLOAT64, patchShape, random(patchShape, 2));
        INDArray unfolded = Arena.create(DType.FLOAT64, patchShape);
        INDArray folded = Arena.create(DType.FLOAT64, c.images);
        ConvolutionKernels.unfold(x, c.window, unfolded).run();
        ConvolutionKernels.fold(p, c.window, folded).run();
        assertThat(Vectors.dot(unfolded, p)).isCloseTo(Vectors.dot(x, folded), within(1e-8));
    }

    @Test
    void aWindowThatSeesOnlyPaddingHasNoMaximum() {
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(1, 2, 1, 1));
        Window window = Window.of(1, 1).padding(0, 1, 0, 0);
        INDArray places = Arena.create(DType.INT64, Shape.of(1, 3, 1, 1));
        assertThatThrownBy(() -> PoolingKernels.argmax(x, window, places))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("output line 2 sees padding only, in images of 2 x 1");
    }

    @Test
    void aWindowLargerThanTheImageIsRefused() {
        assertThatThrownBy(() -> Window.of(2, 3).dilation(2).outputs("conv", Shape.of(1, 4, 4, 1), 1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("conv of [1, 4, 4, 1]: a window of size 3 with dilation 2 covers 5 numbers")
                .hasMessageContaining("the input has 4")
                .hasMessageContaining("use a smaller window");
        assertThatThrownBy(() -> Window.of(2, 2).outputs("conv", Shape.of(4, 4), 1))
                .hasMessageContaining("needs images [examples, height, width, channels], found [4, 4]");
    }
}
