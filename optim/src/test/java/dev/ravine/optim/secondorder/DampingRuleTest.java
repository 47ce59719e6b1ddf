package dev.ravine.optim.secondorder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DampingRuleTest {
    private static final DampingRule RULE = DampingRule.levenbergMarquardt(3.0 / 2, 2.0 / 3);

    @ParameterizedTest
    @ValueSource(doubles = {0.2499999, 0, -3, Double.NEGATIVE_INFINITY, Double.NaN})
    void aModelThatPromisedTooMuchRaisesDamping(double ratio) {
        assertThat(RULE.next(8, ratio)).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7500001, 1, 40, Double.POSITIVE_INFINITY})
    void aModelThatKeptItsPromiseLowersDamping(double ratio) {
        assertThat(RULE.next(9, ratio)).isEqualTo(9 * (2.0 / 3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 0.75})
    void inBetweenDampingStays(double ratio) {
        assertThat(RULE.next(7, ratio)).isEqualTo(7);
    }

    @Test
    void dampingNeverShrinksToZero() {
        assertThat(RULE.next(Double.MIN_NORMAL, 1)).isEqualTo(Double.MIN_NORMAL);
    }

    @Test
    void fixedDampingLearnsNothing() {
        assertThat(DampingRule.fixed().next(5, Double.NaN)).isEqualTo(5);
        assertThat(DampingRule.fixed().next(5, 1)).isEqualTo(5);
    }
}
