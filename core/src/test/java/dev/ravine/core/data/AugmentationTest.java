package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class AugmentationTest {
    /** 3 lines, 4 columns, 2 channels; the numbers are 1, 2, ... 24. */
    private static final Augmentation.Size SIZE = new Augmentation.Size(3, 4, 2);

    private static double[] image() {
        return IntStream.rangeClosed(1, SIZE.count()).asDoubleStream().toArray();
    }

    private static double[] changed(Augmentation by, long seed) {
        double[] image = image();
        by.apply(image, SIZE, new Rng(seed));
        return image;
    }

    /** Each of the 25 shifts by up to 2 is the image moved, found by its own loop, and all of them occur. */
    @Test
    void aShiftMovesTheImageAndFillsWithZeros() {
        Set<String> expected = new HashSet<>();
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                double[] moved = new double[24];
                for (int i = 0; i < 24; i++) {
                    int y = i / 8 + down;
                    int x = i / 2 % 4 + right;
                    if (y >= 0 && y < 3 && x >= 0 && x < 4) {
                        moved[(y * 4 + x) * 2 + i % 2] = i + 1;
                    }
                }
                expected.add(Arrays.toString(moved));
            }
        }
        Set<String> found = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            found.add(Arrays.toString(changed(Augmentation.shift(2), seed)));
        }
        assertThat(found).isEqualTo(expected);
        assertThat(changed(Augmentation.shift(50), 3)).hasSize(24);
    }

    @Test
    void aFlipSwapsLeftAndRightOfEverySecondImage() {
        double[] flipped = {7, 8, 5, 6, 3, 4, 1, 2, 15, 16, 13, 14, 11, 12, 9, 10, 23, 24, 21, 22, 19, 20, 17, 18};
        int count = 0;
        for (int seed = 0; seed < 1000; seed++) {
            double[] image = changed(Augmentation.flip(), seed);
            boolean isFlipped = Arrays.equals(image, flipped);
            assertThat(isFlipped || Arrays.equals(image, image())).isTrue();
            count += isFlipped ? 1 : 0;
        }
        assertThat(count).isBetween(430, 570);
    }

    /** The numbers of the image are linear in y and x, so those of a crop are, too, with slopes that are smaller by its side. */
    @Test
    void aCropIsAPartEnlarged() {
        double leastSide = 1;
        for (int seed = 0; seed < 200; seed++) {
            double[] crop = changed(Augmentation.crop(0.5), seed);
            double side = (crop[2] - crop[0]) / 2;
            leastSide = Math.min(leastSide, side);
            assertThat(side).isBetween(0.5, 1.0);
            for (int i = 0; i < 24; i++) {
                double line = crop[0] + side * (8 * (i / 8) + 2 * (i / 2 % 4)) + i % 2;
                assertThat(crop[i]).isCloseTo(line, within(1e-12)).isBetween(1.0, 24.0);
            }
        }
        assertThat(leastSide).isLessThan(0.51);
        assertThat(changed(Augmentation.crop(1), 1)).containsExactly(image());
    }

    @Test
    void noiseHasItsDeviation() {
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < 1000; seed++) {
            double[] noisy = changed(Augmentation.noise(0.5), seed);
            for (int i = 0; i < 24; i++) {
                sum += noisy[i] - i - 1;
                squares += Math.pow(noisy[i] - i - 1, 2);
            }
        }
        // Five standard errors of 24,000 numbers.
        assertThat(sum / 24_000).isCloseTo(0, within(0.017));
        assertThat(Math.sqrt(squares / 24_000)).isCloseTo(0.5, within(0.0115));
    }

    @Test
    void wordsAreReadAndWrongOnesRefused() {
        assertThat(Augmentation.parse("shift:2,flip,crop:0.8,noise:0.1"))
                .extracting(Object::toString)
                .containsExactly("shift:2", "flip", "crop:0.8", "noise:0.1");
        assertThatThrownBy(() -> Augmentation.parse("turn:3")).hasMessageContaining("but shift:PIXELS, flip");
        assertThatThrownBy(() -> Augmentation.parse("flip,")).hasMessageContaining("no augmentation ''");
        assertThatThrownBy(() -> Augmentation.parse("shift:x")).hasMessageContaining("'x' is no number");
        assertThatThrownBy(() -> Augmentation.parse("shift:0")).hasMessageContaining("pixels of a shift");
        assertThatThrownBy(() -> Augmentation.crop(1.1)).hasMessageContaining("found 1.1");
        assertThatThrownBy(() -> Augmentation.noise(0)).hasMessageContaining("deviation");
    }

    private static INDArray copied(ExampleSource source, long seed, int... rows) {
        INDArray features = Arena.create(DType.FLOAT32, Shape.of(rows.length, 24));
        INDArray targets = Arena.create(DType.INT64, Shape.of(rows.length));
        source.rowCopy(rows.length, features, targets).run(rows, 0, seed);
        return features;
    }

    /** An image depends on its number and the seed, not on the batch it is in. */
    @Test
    void anImageIsAFunctionOfItsNumberAndTheSeed() {
        DataSet images = DataSet.of(
                Arena.of(
                        DType.FLOAT32,
                        Shape.of(10, 24),
                        IntStream.range(0, 240).asDoubleStream().toArray()),
                Arena.ofIntegers(0, 1, 0, 1, 0, 1, 0, 1, 0, 1));
        Augmented augmented = Augmented.of(images, SIZE, Augmentation.shift(1), Augmentation.noise(0.1));
        double[] whole = Arena.toDoubles(copied(augmented, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        double[] some = Arena.toDoubles(copied(augmented, 7, 8, 3));
        assertThat(Arrays.copyOfRange(some, 0, 24)).containsExactly(Arrays.copyOfRange(whole, 192, 216));
        assertThat(Arrays.copyOfRange(some, 24, 48)).containsExactly(Arrays.copyOfRange(whole, 72, 96));
        assertThat(Arena.toDoubles(copied(augmented, 8, 8, 3))).isNotEqualTo(some);
        assertThat(Arena.toDoubles(copied(augmented, 0, 8, 3)))
                .containsExactly(Arena.toDoubles(copied(images, 0, 8, 3)));
        assertThat(augmented.checksum())
                .isNotEqualTo(images.checksum())
                .isNotEqualTo(Augmented.of(images, SIZE, Augmentation.shift(2)).checksum());
        assertThatThrownBy(() -> Augmented.of(images, new Augmentation.Size(3, 4, 1), Augmentation.flip()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("are 12 floating-point numbers");
        assertThatThrownBy(() -> Augmented.of(images, SIZE)).hasMessageContaining("no augmentation");
    }
}
