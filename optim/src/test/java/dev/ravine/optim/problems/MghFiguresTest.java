package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MghFiguresTest {
    @ParameterizedTest
    @EnumSource
    void everyProblemHasALineForEveryMethod(MghProblem problem) {
        for (String method : new String[] {"trust-ncg", "trust-exact", "Newton-CG", "L-BFGS-B"}) {
            MghFigures.iterations(problem.id(), method)
                    .ifPresent(n -> assertThat(n).as(method).isBetween(1, 5000));
        }
    }

    @Test
    void aRunThatFailedIsEmptyAndAnUnknownOneAnError() {
        assertThat(MghFigures.iterations("rosenbrock", "trust-ncg")).hasValue(29);
        assertThat(MghFigures.iterations("brown-dennis", "trust-exact")).isEmpty();
        assertThatThrownBy(() -> MghFigures.iterations("rosenbrock", "simplex"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rosenbrock simplex");
    }
}
