package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.optim.kronecker.RateModel;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.MoreSorensen;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.matlab.TrainingRecord;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Bounds;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.optim.shards.Term;
import dev.ravine.optim.spectrum.JensenShannon;
import dev.ravine.optim.spectrum.SpectralDensity;
import dev.ravine.optim.training.CsvListener;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TensorBoardListener;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arguments that cannot be used are refused by errors that name them. */
class ArgumentsTest {
    @TempDir
    Path folder;

    @Test
    void lengthsAreNamed() {
        assertThatThrownBy(() -> DenseMatrix.dot(new double[3], new double[2])).hasMessageContaining("3 and 2");
        try (DenseMatrix matrix = new DenseMatrix(3)) {
            assertThatThrownBy(() -> matrix.get(1, 3)).hasMessageContainingAll("row 1, column 3", "order 3");
            assertThatThrownBy(() -> matrix.set(-1, 0, 1)).hasMessageContainingAll("row -1, column 0", "order 3");
        }
        var eigen = new DenseMatrix.Eigen(new double[2], new double[2][2]);
        assertThatThrownBy(() -> eigen.combine(new double[3])).hasMessageContainingAll("2 eigenvectors", "3 coord");
    }

    @Test
    void rangesAreNamed() {
        assertThatThrownBy(() -> new ParameterGroup("all", 3, Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'all'", "3", "9223372036854775807");
        assertThatThrownBy(() -> Scope.all().part(-1, 2, 5)).hasMessageContaining("found -1");
        assertThatThrownBy(() -> Scope.all().part(0, 2, 0)).hasMessageContaining("2 examples");
        assertThat(Scope.all().part(Integer.MAX_VALUE, 3, 5).rows(5)).containsExactly(2, 3, 4);
        assertThatThrownBy(() -> JensenShannon.distances(List.of(), 1)).hasMessageContaining("at least one spectrum");
    }

    @Test
    void shardsNeedExamplesAndTermsALevel() {
        ShardSizes sizes = new ShardSizes(1000, 64);
        for (int examples : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> sizes.bounds(examples))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("the number of examples", "" + examples);
        }
        int[] bounds = sizes.bounds(Integer.MAX_VALUE);
        assertThat(bounds).hasSize(2147484 + 1).startsWith(0).endsWith(Integer.MAX_VALUE);
        assertThatThrownBy(() -> Term.areSiblings(0, -1, 1, -1)).hasMessageContainingAll("level", "-1");
        assertThat(Term.areSiblings(0, 30, 1 << 30, 30)).isTrue();
        assertThat(Term.areSiblings(1 << 30, 29, 3 << 29, 29)).isTrue();
        assertThat(Term.areSiblings(1 << 29, 29, 1 << 30, 29)).isFalse();
    }

    @Test
    void nullsInListsAreNamed() {
        List<ParameterGroup> groups = Collections.singletonList(null);
        assertThatThrownBy(() -> ParameterGroup.requireApart(groups)).hasMessageContainingAll("groups", "0 of 1");
        assertThatThrownBy(() -> BlockNewton.builder(groups)).hasMessageContainingAll("groups", "0 of 1");
        assertThatThrownBy(() -> JensenShannon.distances(Collections.singletonList(null), 1))
                .hasMessageContainingAll("spectra", "0 of 1");
    }

    @Test
    void aListenerIsOpenedFirst() {
        Map<String, Double> figures = Map.of("accuracy", 0.5);
        Progress progress = new Progress(1, 10, 1, 1, 1, 1);
        assertThatThrownBy(() -> new CsvListener(folder).onMeasured(figures, progress))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(folder.toString(), "onStart");
        assertThatThrownBy(() -> new TensorBoardListener(folder).onMeasured(figures, progress))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(folder.toString(), "onStart");
    }

    @Test
    void vectorsThatDoNotFitAreNamed() {
        try (DenseMatrix matrix = new DenseMatrix(3)) {
            assertThatThrownBy(() -> MoreSorensen.solve(matrix, new double[2], 1))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("gradient", "3 elements", "found 2");
            assertThatThrownBy(() -> MoreSorensen.solve(matrix, new double[] {0, Double.NaN, 0}, 1))
                    .hasMessageContainingAll("finite", "gradient");
        }
        INDArray two = Arena.of(DType.FLOAT64, Shape.of(2), 1, 2);
        INDArray three = Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3);
        INDArray single = Arena.of(DType.FLOAT32, Shape.of(3), 1, 2, 3);
        assertThatThrownBy(() -> new Displacement(three, 1e-300, two))
                .hasMessage("a step must be a vector of 2 FLOAT64 elements, found FLOAT64 [3]");
        assertThatThrownBy(() -> new Displacement(single, 1, three)).hasMessageContaining("found FLOAT32 [3]");
        double[][] forms = new double[2][2];
        assertThatThrownBy(() -> RateModel.over(forms, 0, three, List.of(three), true))
                .hasMessageContaining("found 1");
        assertThatThrownBy(() -> RateModel.over(new double[2][1], 0, three, List.of(three, three), true))
                .hasMessageContaining("rows of [1, 1] numbers");
        assertThatThrownBy(() -> RateModel.over(forms, 0, three, List.of(three, two), true))
                .hasMessageContaining("the last step must be a vector of 3");
    }

    @Test
    void placesOutOfRangeAreNamed() {
        Bounds bounds = new Bounds(new double[] {0, 0}, new double[] {1, 1});
        List<ThrowingCallable> wrong = List.of(
                () -> bounds.lower(2),
                () -> bounds.upper(2),
                () -> bounds.clip(2, 0),
                () -> bounds.isFree(2, 0),
                () -> bounds.shortened(2, 0, 0),
                () -> bounds.isPressed(2, 0, 0));
        for (ThrowingCallable call : wrong) {
            assertThatThrownBy(call)
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("the bounds are for parameters 0 to 1, found parameter 2");
        }
        assertThatThrownBy(() -> bounds.largestRate(new double[2], new double[1]))
                .hasMessageContaining("2 parameters, found 1 elements of the direction");
        assertThatThrownBy(() -> bounds.projected(new double[3], new double[2]))
                .hasMessageContaining("2 parameters, found 3 coordinates");
        assertThatThrownBy(() -> StopRule.relativeProgress(0.1).isDone(30, new double[3], 1, 1))
                .hasMessage("relativeProgress(0.1) needs a value of phi after each iteration, found 3 values at"
                        + " iteration 30");
        assertThatThrownBy(() -> StopRule.relativeResidual(-1)).hasMessageContaining("found -1");
    }

    @Test
    void recordsOfNothingAreRefused() {
        assertThatThrownBy(() -> new SpectralDensity(List.of())).hasMessageContaining("at least one probe");
        assertThatThrownBy(() -> new SpectralDensity.Quadrature(new double[2], new double[1]))
                .hasMessageContaining("2 nodes and 1 weights");
        List<Double> none = List.of();
        assertThatThrownBy(() ->
                        new TrainingRecord("trainlm", TrainingRecord.Stop.TIME, 0, none, none, none, none, none, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("before the first epoch");
    }
}
