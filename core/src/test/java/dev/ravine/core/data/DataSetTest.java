package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DataSetTest {
    @Test
    void labelledExamplesKnowTheirShapesAndClasses() {
        DataSet data = labelled(DType.FLOAT32);
        assertThat(data.size()).isEqualTo(4);
        assertThat(data.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(data.featureShape()).isEqualTo(Shape.of(2, 3));
        assertThat(data.targetShape()).isEqualTo(Shape.of());
        assertThat(data.hasLabels()).isTrue();
        assertThat(data.classes()).isEqualTo(3);
        assertThat(data).hasToString("DataSet[4 examples of FLOAT32 [2, 3], 3 classes]");
    }

    @Test
    void theNumberOfClassesMayBeKnown() {
        DataSet data = DataSet.withClasses(counting(DType.FLOAT32, 2, 1), Arena.ofIntegers(0, 1), 5);
        assertThat(data.classes()).isEqualTo(5);
        assertThat(data.range(0, 1).classes()).isEqualTo(5);
        assertThat(data.as(DType.FLOAT64).classes()).isEqualTo(5);
        assertThatThrownBy(() -> DataSet.withClasses(counting(DType.FLOAT32, 2, 1), Arena.ofIntegers(0, 5), 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label 5 at position 1 is not a class; classes count from 0 to less than 5");
        assertThatThrownBy(() -> DataSet.withClasses(counting(DType.FLOAT32, 2, 1), Arena.ofIntegers(0, 1), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 class");
        assertThatThrownBy(() -> DataSet.withClasses(counting(DType.FLOAT32, 2, 1), counting(DType.FLOAT32, 2), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT64 labels");
    }

    @Test
    void numericTargetsHaveNoClasses() {
        DataSet data = DataSet.of(counting(DType.FLOAT64, 4, 2), counting(DType.FLOAT64, 4, 3));
        assertThat(data.hasLabels()).isFalse();
        assertThat(data.targetShape()).isEqualTo(Shape.of(3));
        assertThatThrownBy(data::classes).isInstanceOf(IllegalStateException.class);
        assertThat(data).hasToString("DataSet[4 examples of FLOAT64 [2], targets [3]]");
        assertThat(DataSet.of(counting(DType.FLOAT64, 4), counting(DType.FLOAT64, 4))
                        .targetShape())
                .isEqualTo(Shape.of());
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        INDArray features = counting(DType.FLOAT32, 4, 2);
        assertRefused(features, counting(DType.FLOAT32, 3, 2), "first axis of both counts the examples");
        assertRefused(features, counting(DType.FLOAT64, 4, 2), "features are FLOAT32, but targets are FLOAT64");
        assertRefused(features, Arena.ofIntegers(0, 1, 0), "[3]");
        assertRefused(features, Arena.view(Arena.ofIntegers(0, 1, 0, 1), 0, Shape.of(4, 1)), "must be [4]");
        assertRefused(features, Arena.create(DType.FLOAT32, Shape.of()), "[]");
        assertRefused(features, Arena.create(DType.FLOAT32, Shape.of(4, 0)), "hold no numbers");
        assertRefused(Arena.ofIntegers(1, 2), Arena.ofIntegers(1, 2), "found INT64");
        assertRefused(Arena.create(DType.FLOAT32, Shape.of(0, 2)), Arena.ofIntegers(), "at least one example");
        assertRefused(Arena.create(DType.FLOAT32, Shape.of()), Arena.ofIntegers(1), "[N, ...]");
        assertThatThrownBy(() -> DataSet.of(Nd4j.create(DataType.INT32, 4, 2), Arena.ofIntegers(0, 1, 0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("castTo");
        assertThatThrownBy(() -> DataSet.autoencoding(Arena.ofIntegers(1))).isInstanceOf(ShapeException.class);
    }

    private static void assertRefused(INDArray features, INDArray targets, String message) {
        assertThatThrownBy(() -> DataSet.of(features, targets))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void labelsThatAreNotClassesAreNamedByPosition() {
        INDArray features = counting(DType.FLOAT32, 3, 2);
        for (long wrong : new long[] {-1, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> DataSet.of(features, Arena.ofIntegers(0, 1, wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("label " + wrong + " at position 2");
        }
    }

    @Test
    void arraysInOtherOrdersAreCopied() {
        INDArray columns = Nd4j.create(new double[][] {{1, 2, 3}, {4, 5, 6}}).dup('f');
        DataSet data = DataSet.of(columns, columns);
        assertThat(Arena.isDense(data.features())).isTrue();
        assertThat(Arena.toDoubles(data.features())).containsExactly(1, 2, 3, 4, 5, 6);
        INDArray dense = counting(DType.FLOAT32, 2, 3);
        assertThat(DataSet.of(dense, dense).features()).isSameAs(dense);
    }

    @Test
    void rangesShareMemoryAndClasses() {
        DataSet data = labelled(DType.FLOAT32);
        DataSet part = data.range(1, 3);
        assertThat(part.size()).isEqualTo(2);
        assertThat(Arena.toDoubles(part.features())).containsExactly(range(6, 18));
        assertThat(Arena.toDoubles(part.targets())).containsExactly(2, 0);
        assertThat(data.range(2, 4).classes()).as("classes of the whole").isEqualTo(3);
        Elements.of(data.features()).set(6, 99);
        assertThat(Elements.of(part.features()).get(0)).isEqualTo(99);
        assertThat(Arena.toDoubles(part.range(1, 2).features())).containsExactly(range(12, 18));
        assertThatThrownBy(() -> data.range(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.range(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.range(2, 5))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("2..5");
    }

    @EachFloatType
    void takenRowsAreCopies(DType dtype) {
        DataSet data = labelled(dtype);
        DataSet taken = data.range(1, 4).take(2, 0, 2);
        assertThat(Arena.toDoubles(taken.targets())).containsExactly(1, 2, 1);
        assertThat(Arena.toDoubles(taken.range(0, 1).features())).containsExactly(range(18, 24));
        assertThat(Arena.toDoubles(taken.range(1, 2).features())).containsExactly(range(6, 12));
        assertThat(taken.dtype()).isEqualTo(dtype);
        assertThat(taken.classes()).isEqualTo(3);
        Elements.of(taken.features()).set(0, -1);
        assertThat(Arena.toDoubles(data.features())).containsExactly(range(0, 24));
        assertThatThrownBy(() -> data.take()).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.take(0, 4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("row 4 at position 1 is outside of 0..3");
    }

    @Test
    void precisionChangesAndLabelsStay() {
        DataSet singles = labelled(DType.FLOAT32);
        DataSet doubles = singles.as(DType.FLOAT64);
        assertThat(doubles.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Arena.toDoubles(doubles.features())).containsExactly(range(0, 24));
        assertThat(doubles.targets()).isSameAs(singles.targets());
        assertThat(doubles.classes()).isEqualTo(3);
        assertThat(doubles.as(DType.FLOAT64)).isSameAs(doubles);
        DataSet numeric = DataSet.of(counting(DType.FLOAT64, 2, 2), counting(DType.FLOAT64, 2))
                .as(DType.FLOAT32);
        assertThat(DType.of(numeric.targets())).isEqualTo(DType.FLOAT32);
        assertThat(Arena.toDoubles(numeric.targets())).containsExactly(0, 1);
        assertThatThrownBy(() -> singles.as(DType.INT64)).isInstanceOf(ShapeException.class);
    }

    /** Class 2 does not occur, so it cannot be counted from the labels. */
    @Test
    void otherFeaturesKeepClassesAndWeights() {
        DataSet set = DataSet.withClasses(Arena.of(DType.FLOAT32, Shape.of(2, 1), 1, 2), Arena.ofIntegers(0, 1), 3)
                .withWeights(4, 5);
        DataSet other = set.withFeatures(Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, 3, 4));
        assertThat(other).hasToString("DataSet[2 examples of FLOAT32 [2], 3 classes, weighted]");
        assertThat(other.weight(1)).isEqualTo(5);
        assertThat(other.targets()).isSameAs(set.targets());
        assertThatThrownBy(() -> set.withFeatures(Arena.create(DType.FLOAT64, Shape.of(2, 1))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("must be FLOAT32");
        assertThatThrownBy(() -> set.withFeatures(Arena.create(DType.FLOAT32, Shape.of(3, 1))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3 examples");
        DataSet own = DataSet.autoencoding(Arena.of(DType.FLOAT32, Shape.of(1, 2), 1, 2))
                .withFeatures(Arena.of(DType.FLOAT32, Shape.of(1, 2), 3, 4));
        assertThat(Arena.toDoubles(own.targets())).containsExactly(1, 2);
    }

    @Test
    void autoencodersHaveTheirFeaturesAsTargets() {
        DataSet data = DataSet.autoencoding(counting(DType.FLOAT32, 4, 2, 3));
        assertThat(data.featureShape()).isEqualTo(Shape.of(2, 3));
        assertThat(data.targetShape()).isEqualTo(Shape.of(6));
        assertThat(data.hasLabels()).isFalse();
        for (DataSet same : new DataSet[] {data, data.as(DType.FLOAT64), data.range(0, 3), data.take(0, 1)}) {
            assertThat(same.targetShape()).isEqualTo(Shape.of(6));
            Elements.of(same.features()).set(7, 50);
            assertThat(Elements.of(same.targets()).get(7)).isEqualTo(50);
        }
        INDArray features = Arena.create(DType.FLOAT32, Shape.of(1, 2, 3));
        INDArray targets = Arena.create(DType.FLOAT32, Shape.of(1, 6));
        data.copyRows(new int[] {2}, 0, 1, features, targets);
        assertThat(Arena.toDoubles(features)).containsExactly(range(12, 18));
        assertThat(Arena.toDoubles(targets)).containsExactly(range(12, 18));
    }

    @EachFloatType
    void rowsAreCopiedIntoGivenArraysAndViews(DType dtype) {
        DataSet data = labelled(dtype);
        INDArray root = Arena.create(dtype, Shape.of(20));
        INDArray features = Arena.view(root, 4, Shape.of(2, 2, 3));
        INDArray targets = Arena.create(DType.INT64, Shape.of(2));
        long before = Nd4j.create(DataType.FLOAT, 1).getId();
        data.copyRows(new int[] {0, 3, 1, 2}, 1, 2, features, targets);
        long after = Nd4j.create(DataType.FLOAT, 1).getId();
        assertThat(after - before - 1).as("arrays made").isZero();
        assertThat(Arena.toDoubles(features))
                .containsExactly(IntStream.concat(IntStream.range(18, 24), IntStream.range(6, 12))
                        .asDoubleStream()
                        .toArray());
        assertThat(Arena.toDoubles(targets)).containsExactly(1, 2);
        assertThat(Arena.toDoubles(Arena.view(root, 0, Shape.of(4)))).containsOnly(0);
        assertThat(Arena.toDoubles(Arena.view(root, 16, Shape.of(4)))).containsOnly(0);
    }

    @Test
    void copyingChecksRowsAndOutputsFirst() {
        DataSet data = labelled(DType.FLOAT32);
        INDArray features = Arena.create(DType.FLOAT32, Shape.of(2, 2, 3));
        INDArray targets = Arena.create(DType.INT64, Shape.of(2));
        assertThatThrownBy(() -> data.copyRows(new int[] {1, 4}, 0, 2, features, targets))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("row 4 at position 1");
        assertThatThrownBy(() -> data.copyRows(new int[] {1, -1}, 0, 2, features, targets))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.copyRows(new int[] {1, 2}, 1, 2, features, targets))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.copyRows(new int[] {1, 2}, -1, 2, features, targets))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() ->
                        data.copyRows(new int[] {1, 2}, 0, 2, Arena.create(DType.FLOAT32, Shape.of(2, 6)), targets))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("features must be FLOAT32 [2, 2, 3], found FLOAT32 [2, 6]");
        assertThatThrownBy(
                        () -> data.copyRows(new int[] {1, 2}, 0, 2, features, Arena.create(DType.FLOAT32, Shape.of(2))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("targets must be INT64 [2], found FLOAT32 [2]");
        assertThat(Arena.toDoubles(features)).containsOnly(0);
        assertThat(Arena.toDoubles(targets)).containsOnly(0);
    }

    private static DataSet labelled(DType dtype) {
        return DataSet.of(counting(dtype, 4, 2, 3), Arena.ofIntegers(0, 2, 0, 1));
    }

    private static INDArray counting(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        return Arena.of(dtype, shape, range(0, (int) shape.count()));
    }

    private static double[] range(int from, int to) {
        return IntStream.range(from, to).asDoubleStream().toArray();
    }

    @Test
    void theChecksumTellsDataApart() {
        DataSet data = Generators.twoMoons(5000, 0.1, 1);
        assertThat(data.checksum()).isBetween(0L, 0xffff_ffffL);
        assertThat(Generators.twoMoons(5000, 0.1, 1).checksum()).isEqualTo(data.checksum());
        assertThat(Generators.twoMoons(5000, 0.1, 2).checksum()).isNotEqualTo(data.checksum());
        assertThat(data.as(DType.FLOAT32).checksum()).isNotEqualTo(data.checksum());
        INDArray features = Arena.copyOf(data.features());
        features.putScalar(new int[] {4999, 1}, -0.0);
        assertThat(DataSet.of(features, data.targets()).checksum()).isNotEqualTo(data.checksum());
        INDArray targets = Arena.copyOf(data.targets());
        Elements.of(targets).set(4999, 1 - targets.getDouble(4999));
        assertThat(DataSet.of(data.features(), targets).checksum()).isNotEqualTo(data.checksum());
    }

    // ---- sequences ----------------------------------------------------------------------------------------------

    private static INDArray tokens(long... dims) {
        INDArray tokens = Arena.create(DType.INT64, Shape.of(dims));
        for (int i = 0; i < tokens.length(); i++) {
            Elements.of(tokens).set(i, i - 2);
        }
        return tokens;
    }

    @Test
    void tokensStayIntegersInPartsCopiesAndPrecisions() {
        DataSet data = DataSet.ofSequences(tokens(3, 2), tokens(3, 2));
        assertThat(data.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(data.hasLabels()).isFalse();
        DataSet parts = data.as(DType.FLOAT64).withWeights(1, 2, 3).take(2, 0).range(0, 1);
        assertThat(parts.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(DType.of(parts.weights().orElseThrow().array())).isEqualTo(DType.FLOAT64);
        assertThat(DType.of(parts.features())).isEqualTo(DType.INT64);
        assertThat(Arena.toDoubles(parts.features())).containsExactly(2, 3);
        assertThat(Arena.toDoubles(parts.targets())).containsExactly(2, 3);
        assertThat(data.withFeatures(tokens(3, 1)).featureShape()).isEqualTo(Shape.of(1));
        assertThat(data.checksum())
                .isNotEqualTo(DataSet.ofSequences(tokens(3, 2), tokens(3, 1)).checksum());
    }

    @Test
    void sequencesMayHaveNumbersOrLabels() {
        INDArray numbers = Arena.create(DType.FLOAT64, Shape.of(3, 2, 1));
        assertThat(DataSet.ofSequences(tokens(3, 2), numbers).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(DataSet.ofSequences(numbers, tokens(3, 2)).targetShape()).isEqualTo(Shape.of(2));
        assertThat(DataSet.ofSequences(tokens(3, 2), Arena.ofIntegers(0, 4, 1)).classes())
                .isEqualTo(5);
        assertThatThrownBy(() -> DataSet.ofSequences(tokens(3, 2), tokens(2, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[3, 2] are 3 examples, but targets have shape [2, 2]");
        assertThatThrownBy(() -> DataSet.of(numbers, tokens(3, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("DataSet.ofSequences");
    }
}
