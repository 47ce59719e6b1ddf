package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExampleWeightsTest {
    private static final double[] WEIGHTS = {1, 0.1, 0, 2.5};

    private static DataSet data(DType dtype) {
        return DataSet.of(Arena.of(dtype, Shape.of(4, 1), 10, 20, 30, 40), Arena.ofIntegers(0, 1, 1, 0));
    }

    private static double[] weights(DataSet data) {
        return IntStream.range(0, data.size()).mapToDouble(data::weight).toArray();
    }

    @EachFloatType
    void partsAndCopiesKeepTheirWeights(DType dtype) {
        for (DataSet plain :
                new DataSet[] {data(dtype), DataSet.autoencoding(data(dtype).features())}) {
            DataSet weighted = plain.withWeights(WEIGHTS);
            double tenth = dtype == DType.FLOAT32 ? 0.1f : 0.1;
            assertThat(weights(weighted)).containsExactly(1, tenth, 0, 2.5);
            assertThat(weights(weighted.range(1, 3))).containsExactly(tenth, 0);
            assertThat(weights(weighted.take(3, 0, 3))).containsExactly(2.5, 1, 2.5);
            assertThat(weights(weighted.as(DType.FLOAT32))).containsExactly(1, 0.1f, 0, 2.5);
            assertThat(weighted.range(1, 3).targets().length()).isEqualTo(2);
            assertThat(weighted.features()).isSameAs(plain.features());
        }
    }

    @Test
    void withoutWeightsAllCountAlike() {
        assertThat(data(DType.FLOAT64).weights()).isEmpty();
        assertThat(weights(data(DType.FLOAT64).take(1, 2))).containsExactly(1, 1);
    }

    @Test
    void weightsOfClassesMultiplyThoseOfExamples() {
        DataSet data = data(DType.FLOAT64);
        assertThat(weights(data.withClassWeights(2, 3))).containsExactly(2, 3, 3, 2);
        assertThat(weights(data.withWeights(WEIGHTS).withClassWeights(2, 10))).containsExactly(2, 1, 0, 5);
    }

    @Test
    void totalsAndWhatCounts() {
        ExampleWeights weights = ExampleWeights.of(DType.FLOAT64, WEIGHTS);
        assertThat(weights.total(0, 3, 3)).isEqualTo(6);
        assertThat(weights.counting(2, 3, 2, 0)).containsExactly(3, 0);
        assertThat(weights.counting(2)).isEmpty();
        assertThatThrownBy(() -> weights.total(0, 4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("example 4 is outside of 0..3");
    }

    @Test
    void theChecksumKnowsWeights() {
        DataSet data = data(DType.FLOAT64);
        long plain = data.checksum();
        assertThat(data.withWeights(WEIGHTS).checksum())
                .isNotEqualTo(plain)
                .isNotEqualTo(data.withWeights(1, 1, 1, 1).checksum());
        assertThat(data.withWeights(WEIGHTS).checksum())
                .isEqualTo(data.withWeights(WEIGHTS).checksum());
    }

    @Test
    void refusesWhatIsNoWeight() {
        DataSet data = data(DType.FLOAT32);
        assertThatThrownBy(() -> data.withWeights(1, 2))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("4 examples need as many weights, found 2");
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
            assertThatThrownBy(() -> data.withWeights(1, wrong, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight of example 1")
                    .hasMessageContaining("found " + wrong);
        }
        assertThatThrownBy(() -> data.withClassWeights(1)).hasMessageContaining("2 classes need as many weights");
        DataSet numbers = DataSet.autoencoding(data.features());
        assertThatThrownBy(() -> numbers.withClassWeights(1)).isInstanceOf(IllegalStateException.class);
    }

    /** A mean divides by the sum of weights, so the sum and its inverse must be numbers of the dtype. */
    @Test
    void refusesWeightsWithoutAMean() {
        for (double[] each : new double[][] {{1e308, 1e308}, {1e-310, 1}, {Double.MIN_VALUE, 0}}) {
            assertThatThrownBy(() -> ExampleWeights.of(DType.FLOAT64, each))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "the weight of example 0", "must be 0 or from", "" + each[0], "multiply all");
        }
        assertThatThrownBy(() -> ExampleWeights.of(DType.FLOAT32, 1, 1e-40)).hasMessageContaining("example 1");
        assertThatThrownBy(() -> ExampleWeights.of(DType.FLOAT32, 1, 1e-50)).hasMessageContaining("1.0E-50");
        assertThatThrownBy(() -> ExampleWeights.of(DType.FLOAT32, 3e38, 3e38)).hasMessageContaining("example 0");
        assertThat(ExampleWeights.of(DType.FLOAT64, 5e307, 1e-307, 0).total(0, 1, 2))
                .isEqualTo(5e307);
    }
}
