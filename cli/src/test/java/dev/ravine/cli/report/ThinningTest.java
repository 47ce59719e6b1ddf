package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThinningTest {
    @Test
    void shortLinesStayWhole() {
        assertThat(Thinning.places(line(new double[Thinning.SHORT])))
                .isEqualTo(IntStream.range(0, Thinning.SHORT).toArray());
        assertThat(Thinning.places(line(new double[0]))).isEmpty();
    }

    @Test
    void longLinesKeepEndsExtremesAndGaps() {
        double[] y = noise(100_000);
        y[77_777] = 50;
        y[77_778] = -50;
        y[55_555] = Double.NaN;
        y[33_333] = Double.POSITIVE_INFINITY;
        int[] places = Thinning.places(line(y));
        assertThat(places).hasSizeLessThan(5_000).contains(0, 99_999, 77_777, 77_778, 55_555, 33_333);
        assertThat(places).isSorted().doesNotHaveDuplicates();
    }

    /** On a logarithmic axis the first hundred values take as much room as all that come after the thousandth. */
    @Test
    void theBeginningStaysFine() {
        int[] places = Thinning.places(line(noise(100_000)));
        assertThat(Arrays.copyOf(places, 80)).isEqualTo(IntStream.range(0, 80).toArray());
    }

    /** Between neighbours that are kept, no value lies outside of what is kept about them. */
    @Test
    void theOutlineIsThatOfTheWholeLine() {
        double[] y = noise(10_000);
        int[] places = Thinning.places(line(y));
        int widest = y.length / 250;
        for (int i = widest; i < y.length - widest; i++) {
            int middle = i;
            double[] about = Arrays.stream(places)
                    .filter(place -> Math.abs(place - middle) <= widest)
                    .mapToDouble(place -> y[place])
                    .toArray();
            assertThat(Arrays.stream(about).max().orElseThrow()).isGreaterThanOrEqualTo(y[i]);
            assertThat(Arrays.stream(about).min().orElseThrow()).isLessThanOrEqualTo(y[i]);
        }
    }

    @Test
    void bandsKeepTheirExtremesToo() {
        double[] y = noise(20_000);
        double[] high = y.clone();
        high[12_345] = 9;
        Chart.Line line = new Chart.Line(
                "line",
                Chart.Style.LINE,
                Map.of("x", new double[20_000], "y", y),
                Map.of("y", new Chart.Band(y, high)));
        assertThat(Thinning.places(line)).contains(12_345);
    }

    private static double[] noise(int n) {
        Random random = new Random(1);
        return random.doubles(n).toArray();
    }

    private static Chart.Line line(double[] y) {
        double[] x = IntStream.range(0, y.length).asDoubleStream().toArray();
        return new Chart.Line("line", Chart.Style.LINE, Map.of("x", x, "y", y), Map.of());
    }
}
