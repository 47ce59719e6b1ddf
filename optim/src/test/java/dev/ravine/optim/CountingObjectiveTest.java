package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Forwarding;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Rosenbrock;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class CountingObjectiveTest {
    @Test
    void everythingElseIsThatOfTheObjectiveBehindIt() throws ReflectiveOperationException {
        Forwarding.check(CountingObjective::of);
    }

    @Test
    void theGradientOfALinearizationIsThatOfTheObjectiveBehindIt() {
        INDArray theta = Points.vector(-1.2, 1);
        INDArray out = Points.vector(0, 0);
        INDArray expected = Points.vector(0, 0);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, 2);
                CountingObjective counting = CountingObjective.of(objective);
                Linearization at = counting.linearize(theta, Scope.all())) {
            double value = objective.gradient(theta, Scope.all(), expected);
            assertThat(counting.gradient(at, theta, out)).isEqualTo(value);
            assertThat(Arena.toDoubles(out)).isEqualTo(Arena.toDoubles(expected));
        }
    }
}
