package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.ExampleCycle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which examples a step of K-FAC uses, counted by hand. */
class KfacExamplesTest {
    private static final int EXAMPLES = 10;

    private static SupervisedObjective objective() {
        Linear net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        DataSet data = DataSet.autoencoding(Arena.create(DType.FLOAT64, Shape.of(EXAMPLES, 2)));
        return SupervisedObjective.builder(net, Loss.meanSquaredError(), data).build();
    }

    /** The first rows of four batches one after the other. */
    @ParameterizedTest
    @CsvSource({"0, 0 4 8 2", "0.5, 0 2 4 6", "0.75, 0 1 2 3", "0.3, 0 3 6 9"})
    void theNextBatchSharesTheOverlap(double overlap, String firsts) {
        try (Objective objective = objective()) {
            ExampleCycle cycle = Kfac.builder().batch(4, 1).overlap(overlap).cycle();
            List<String> seen = new ArrayList<>();
            for (int step = 0; step < 4; step++) {
                Scope batch = cycle.gradient(objective, Scope.all(), step);
                int first = batch.rows(EXAMPLES)[0];
                assertThat(batch.rows(EXAMPLES))
                        .containsExactly(IntStream.range(first, first + 4)
                                .map(row -> row % EXAMPLES)
                                .toArray());
                seen.add(String.valueOf(first));
                cycle.advance(objective, batch, step);
            }
            assertThat(String.join(" ", seen)).isEqualTo(firsts);
        }
    }

    @Test
    void theModelTakesAnotherPartAtEachStep() {
        Kfac.Builder settings = Kfac.builder().modelExamples(0.25, 3);
        assertThat(settings.forModel(Scope.all(), EXAMPLES, 0).rows(EXAMPLES)).containsExactly(0, 1, 2);
        assertThat(settings.forModel(Scope.all(), EXAMPLES, 1).rows(EXAMPLES)).containsExactly(3, 4, 5);
        assertThat(settings.forModel(Scope.all(), EXAMPLES, 3).rows(EXAMPLES)).containsExactly(9, 0, 1);
        Scope all = Scope.all();
        assertThat(Kfac.builder().modelExamples(1, 1).forModel(all, EXAMPLES, 1))
                .isSameAs(all);
        assertThat(Kfac.builder().modelExamples(0.01, 10).forModel(all, EXAMPLES, 1))
                .isSameAs(all);
    }

    @Test
    void factorsTakeTheFirstPartOrOthersWhereItIsLimited() {
        Kfac.Builder free = Kfac.builder().factorShare(0.4);
        assertThat(free.forFactors(Scope.all(), EXAMPLES, 0).rows(EXAMPLES)).containsExactly(0, 1, 2, 3);
        assertThat(free.forFactors(Scope.all(), EXAMPLES, 1).rows(EXAMPLES)).containsExactly(0, 1, 2, 3);
        Kfac.Builder limited = Kfac.builder().factorExamples(0.4, 3);
        assertThat(limited.forFactors(Scope.all(), EXAMPLES, 1).rows(EXAMPLES)).containsExactly(3, 4, 5);
    }

    @Test
    void wrongSharesAreRefused() {
        assertThatThrownBy(() -> Kfac.builder().overlap(1))
                .hasMessageContaining("overlap")
                .hasMessageContaining("1.0");
        assertThatThrownBy(() -> Kfac.builder().modelExamples(0, 1)).hasMessageContaining("for the model");
        assertThatThrownBy(() -> Kfac.builder().factorExamples(1, 0)).hasMessageContaining("for factors");
    }
}
