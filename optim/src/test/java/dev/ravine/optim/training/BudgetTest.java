package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    private static final Progress PROGRESS = new Progress(5, 500, 0.5, 2, 0.75, 0);

    @Test
    void eachUnitCountsItsOwn() {
        assertThat(Budget.steps(10).spent(PROGRESS)).isEqualTo(0.5);
        assertThat(Budget.epochs(2).spent(PROGRESS)).isEqualTo(0.25);
        assertThat(Budget.seconds(1).spent(PROGRESS)).isEqualTo(2);
        assertThat(Budget.gradients(3).spent(PROGRESS)).isEqualTo(0.25);
    }

    @Test
    void roundingCostsNoFurtherStep() {
        double work = 0;
        for (int i = 0; i < 10; i++) {
            work += 0.1;
        }
        assertThat(work).isLessThan(1);
        assertThat(Budget.gradients(1).isSpent(new Progress(10, 1000, 1, 0, work, 0)))
                .isTrue();
        assertThat(Budget.gradients(1).isSpent(new Progress(9, 900, 0.9, 0, 0.9, 0)))
                .isFalse();
    }

    @Test
    void readsAsItIsSaid() {
        assertThat(Budget.steps(10)).hasToString("10 steps");
        assertThat(Budget.epochs(0.5)).hasToString("0.5 epochs");
        assertThat(Budget.gradients(1e300)).hasToString("1.0E300 gradients");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatCannotBeSpent(double amount) {
        assertThatThrownBy(() -> Budget.epochs(amount))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found " + amount);
    }

    @Test
    void isWrittenWithItsUnit() {
        assertThat(Budget.seconds(1)).hasToString("1 second");
        assertThat(Budget.seconds(0.5)).hasToString("0.5 seconds");
        assertThat(Budget.gradients(20)).hasToString("20 gradients");
    }
}
