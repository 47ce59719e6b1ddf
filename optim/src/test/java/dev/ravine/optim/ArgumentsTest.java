package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.spectrum.JensenShannon;
import dev.ravine.optim.training.CsvListener;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TensorBoardListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
