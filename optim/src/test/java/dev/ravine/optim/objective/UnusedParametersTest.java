package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.problems.Points;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A parameter that the objective does not depend on neither moves nor slows the others down. */
class UnusedParametersTest {
    private static Tensor quadraticOfTwoOfThree(Tensor t) {
        Tensor x = t.slice(0, 0, 1);
        Tensor y = t.slice(0, 2, 3);
        return x.square().mul(2).add(x.mul(y)).add(y.square()).sum();
    }

    @ParameterizedTest
    @EnumSource(ExactNewton.Indefinite.class)
    void exactNewtonNeedsOneStepForAQuadratic(ExactNewton.Indefinite treatment) {
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 3, UnusedParametersTest::quadraticOfTwoOfThree);
                ExactNewton newton = ExactNewton.builder()
                        .indefinite(treatment)
                        .radius(100, 100)
                        .build()) {
            INDArray theta = Points.vector(1, 7, -3);
            StepReport report = newton.step(objective, theta);
            assertThat(report.accepted()).as(report.reason()).isTrue();
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {0, 7, 0}, within(1e-12));
            assertThat(report.model().orElseThrow().damping()).isZero();
        }
    }
}
