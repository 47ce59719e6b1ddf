package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Picking and adding along an axis, by the rule written out as loops over one number at a time. */
class AlongAxisKernelsTest {
    /** An array [outer, size, inner] and the number of places along its axis. */
    private record Case(int outer, int size, int inner, int picked, long seed) {
        static Case random(long seed) {
            Rng rng = new Rng(seed);
            int inner = seed % 3 == 0 ? 1 : 1 + rng.nextInt(70);
            return new Case(1 + rng.nextInt(4), 1 + rng.nextInt(40), inner, 1 + rng.nextInt(30), seed);
        }

        Shape all() {
            return Shape.of(outer, size, inner);
        }

        Shape some() {
            return Shape.of(outer, picked, inner);
        }

        /** The element of the whole array that element e of the picked ones belongs to. */
        int at(int e, double[] places) {
            return (e / (picked * inner) * size + (int) places[e]) * inner + e % inner;
        }
    }

    private static double[] numbers(Shape shape, Rng rng) {
        double[] numbers = new double[(int) shape.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = rng.nextInt(20) == 0 ? Double.NaN : (rng.nextInt(2001) - 1000) / 8.0;
        }
        return numbers;
    }

    private static INDArray places(Case c, Rng rng) {
        INDArray places = Arena.create(DType.INT64, c.some());
        for (int i = 0; i < c.some().count(); i++) {
            Elements.of(places).set(i, rng.nextInt(c.size));
        }
        return places;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void pickWhatThePlacesSay(DType dtype) {
        for (long seed = 0; seed < 60; seed++) {
            Case c = Case.random(seed);
            Rng rng = new Rng(seed);
            double[] x = numbers(c.all(), rng);
            INDArray places = places(c, rng);
            INDArray y = Arena.create(dtype, c.some());
            AlongAxisKernels.gather(Arena.of(dtype, c.all(), x), places, 1, y).run();
            double[] at = Arena.toDoubles(places);
            double[] expected = new double[at.length];
            for (int e = 0; e < at.length; e++) {
                expected[e] = x[c.at(e, at)];
            }
            assertThat(Arena.toDoubles(y)).as("%s", c).isEqualTo(expected);
        }
    }

    /** Multiples of 1/8 add up exactly in both precisions. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void addWhereThePlacesSay(DType dtype) {
        for (long seed = 0; seed < 60; seed++) {
            Case c = Case.random(seed);
            Rng rng = new Rng(seed);
            double[] x = numbers(c.some(), rng);
            INDArray places = places(c, rng);
            INDArray y = Arena.of(dtype, c.all(), numbers(c.all(), rng));
            AlongAxisKernels.scatterAdd(Arena.of(dtype, c.some(), x), places, 1, y)
                    .run();
            double[] at = Arena.toDoubles(places);
            double[] expected = new double[(int) c.all().count()];
            for (int e = 0; e < at.length; e++) {
                expected[c.at(e, at)] += x[e];
            }
            assertThat(Arena.toDoubles(y)).as("%s", c).isEqualTo(expected);
        }
    }

    /** The error says which index of all places it was, whatever lies around it. */
    @ParameterizedTest
    @CsvSource({"-1", "3", "9223372036854775807", "-9223372036854775808", "4294967296", "-4294967295"})
    void aPlaceOutsideOfTheAxisIsRefused(long place) {
        INDArray x = Arena.create(DType.FLOAT32, Shape.of(2, 3, 2));
        INDArray places = Arena.create(DType.INT64, Shape.of(2, 2, 2));
        if (Elements.of(places) instanceof Elements.Longs longs) {
            longs.buffer().put(6, place);
        }
        INDArray y = Arena.create(DType.FLOAT32, Shape.of(2, 2, 2));
        String found = "index " + place + " at position 6 is outside of 0..2";
        assertThatThrownBy(() -> AlongAxisKernels.gather(x, places, 1, y).run())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("gatherAlong: " + found);
        assertThatThrownBy(() -> AlongAxisKernels.scatterAdd(y, places, 1, x).run())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("scatterAddAlong: " + found);
    }
}
