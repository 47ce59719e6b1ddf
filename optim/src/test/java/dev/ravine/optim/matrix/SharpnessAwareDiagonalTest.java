package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.DType;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.SharpnessAware;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.Points;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Optimizers that take gradient and curvature from one linearization, inside of sharpness-aware minimization. */
class SharpnessAwareDiagonalTest {
    static Stream<FirstOrder> optimizers() {
        return Stream.of(
                AdaHessian.builder().learningRate(0.1).build(),
                Sophia.builder()
                        .estimate(SophiaEstimate.HUTCHINSON)
                        .every(2)
                        .learningRate(0.1)
                        .build());
    }

    /** With loss w^2 / 2 the gradient at w + rho is w + rho, in steps with an estimate and without one. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void theirGradientIsTheOneUphill(FirstOrder base) {
        INDArray theta = Points.vector(3);
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 1, x -> x.square().mul(0.5).sum());
                Optimizer optimizer = SharpnessAware.builder(base).rho(0.5).build()) {
            for (int i = 0; i < 3; i++) {
                double w = theta.getDouble(0);
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.loss()).isCloseTo(w * w / 2, within(1e-14));
                assertThat(report.gradientNorm()).isCloseTo(w + 0.5, within(1e-14));
                assertThat(report.telemetry().get("sharpness")).isCloseTo((w + 0.25) / 2, within(1e-13));
                assertThat(theta.getDouble(0)).isLessThan(w);
            }
        }
    }
}
