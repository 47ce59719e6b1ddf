package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where windows have their maxima, by the rule written out as loops over one number at a time. */
class PoolingKernelsTest {
    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        1,
        -1
    };

    record Case(Shape images, Window window) {}

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Shape.of(2, 6, 8, 3), Window.of(2, 2).stride(2)),
                new Case(Shape.of(1, 24, 24, 32), Window.of(2, 2).stride(2)),
                new Case(Shape.of(2, 5, 7, 1), Window.of(3, 3)),
                new Case(Shape.of(3, 5, 4, 2), Window.of(3, 2).stride(2).padding(1)),
                new Case(Shape.of(1, 9, 9, 5), Window.of(2, 3).dilation(3).stride(1, 2)),
                new Case(Shape.of(1, 4, 4, 17), Window.of(4, 4)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsTheFirstMaximumOfEachWindow(Case c) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            for (long seed = 0; seed < 20; seed++) {
                check(dtype, c, numbers(c.images, seed));
            }
        }
    }

    /** Windows of any kind, over images of 1 to 33 channels; those that would see nothing are passed over. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void findsTheFirstMaximumOfRandomWindows(DType dtype) {
        int tried = 0;
        for (long seed = 0; seed < 300; seed++) {
            Rng rng = new Rng(seed);
            int channels = new int[] {1, 2, 3, 5, 16, 33}[rng.nextInt(6)];
            Shape images = Shape.of(1 + rng.nextInt(3), 4 + rng.nextInt(8), 4 + rng.nextInt(8), channels);
            int height = 1 + rng.nextInt(3);
            int width = 1 + rng.nextInt(3);
            Window window = Window.of(height, width)
                    .stride(1 + rng.nextInt(3), 1 + rng.nextInt(3))
                    .dilation(1 + rng.nextInt(2), 1 + rng.nextInt(2))
                    .padding(rng.nextInt(height), rng.nextInt(height), rng.nextInt(width), rng.nextInt(width));
            if (seesTheImage(images, window)) {
                tried++;
                check(dtype, new Case(images, window), numbers(images, seed));
            }
        }
        assertThat(tried).isGreaterThan(200);
    }

    private static boolean seesTheImage(Shape images, Window window) {
        try {
            new ImageWindows(images, window).requireSomethingSeen("test");
            return true;
        } catch (ShapeException e) {
            return false;
        }
    }

    /** Few different numbers make many ties, and half of the seeds have special ones. */
    private static double[] numbers(Shape shape, long seed) {
        Rng rng = new Rng(seed);
        double[] numbers = new double[(int) shape.count()];
        for (int i = 0; i < numbers.length; i++) {
            boolean isSpecial = seed % 2 == 1 && rng.nextInt(3) == 0;
            numbers[i] = isSpecial ? SPECIAL[rng.nextInt(SPECIAL.length)] : (rng.nextInt(9) - 4) / 2.0;
        }
        return numbers;
    }

    private static void check(DType dtype, Case c, double[] numbers) {
        INDArray x = Arena.create(dtype, c.images);
        Elements.of(x).write(0, numbers.length, numbers);
        Shape out = c.window.outputs("test", c.images, c.images.size(3));
        INDArray places = Arena.create(DType.INT64, out);
        PoolingKernels.argmax(x, c.window, places).run();
        double[] found = new double[(int) out.count()];
        Elements.of(places).read(0, found.length, found);
        assertThat(found).isEqualTo(expected(c, numbers, out));
    }

    private static double[] expected(Case c, double[] numbers, Shape out) {
        double[] places = new double[(int) out.count()];
        for (int i = 0; i < places.length; i++) {
            int channel = (int) (i % out.size(3));
            int column = (int) (i / out.size(3) % out.size(2));
            int line = (int) (i / (out.size(3) * out.size(2)) % out.size(1));
            int example = (int) (i / (out.size(3) * out.size(2) * out.size(1)));
            places[i] = expected(c, numbers, example, line, column, channel);
        }
        return places;
    }

    private static int expected(Case c, double[] numbers, int example, int outLine, int outColumn, int channel) {
        int width = (int) c.images.size(2);
        int place = -1;
        double largest = 0;
        for (int k = 0; k < c.window.height().size(); k++) {
            for (int l = 0; l < c.window.width().size(); l++) {
                int line = at(c.window.height(), outLine, k);
                int column = at(c.window.width(), outColumn, l);
                if (line < 0 || line >= c.images.size(1) || column < 0 || column >= width) {
                    continue;
                }
                int pixel = line * width + column;
                double value =
                        numbers[(int) ((example * c.images.size(1) * width + pixel) * c.images.size(3)) + channel];
                boolean isLarger = value > largest || (Double.isNaN(value) && !Double.isNaN(largest));
                if (place < 0 || isLarger) {
                    place = pixel;
                    largest = value;
                }
            }
        }
        return place;
    }

    private static int at(Window.Axis axis, int out, int tap) {
        return (int) (out * axis.stride() - axis.before() + tap * axis.dilation());
    }

    /** A processor's own NaN has its sign set. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void nanOfEitherSignIsTheLargest(DType dtype) {
        INDArray x = Arena.of(dtype, Shape.of(1, 1, 3, 1), 1, 2, 3);
        if (Elements.of(x) instanceof Elements.Floats floats) {
            floats.buffer().put(1, Float.intBitsToFloat(0xffc00000));
        } else {
            Elements.of(x).set(1, Double.longBitsToDouble(0xfff8000000000000L));
        }
        INDArray places = Arena.create(DType.INT64, Shape.of(1, 1, 1, 1));
        PoolingKernels.argmax(x, Window.of(1, 3), places).run();
        assertThat(Elements.of(places).get(0)).isEqualTo(1);
    }
}
