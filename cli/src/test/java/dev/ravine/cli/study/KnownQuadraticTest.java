package dev.ravine.cli.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.DType;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import org.junit.jupiter.api.Test;

class KnownQuadraticTest {
    @Test
    void itsHessianHasTheSpectrumThatWasAskedFor() {
        KnownQuadratic quadratic = new KnownQuadratic(6, 1e4, 3);
        try (FunctionObjective objective = quadratic.objective();
                var at = objective.linearize(quadratic.start(), Scope.all());
                DenseMatrix hessian = new DenseMatrix(36)) {
            assertThat(objective.value(quadratic.start(), Scope.all())).isCloseTo(18, within(1e-9));
            hessian.assign(LinearOperator.of(at, Curvature.HESSIAN), DType.FLOAT64);
            double[] values = hessian.eigen().values();
            assertThat(values).containsExactly(quadratic.eigenvalues(), within(1e-14));
            assertThat(values[35] / values[0]).isCloseTo(1e4, within(1e-4));
            double offDiagonal = 0;
            for (int i = 1; i < 36; i++) {
                offDiagonal = Math.max(offDiagonal, Math.abs(hessian.get(0, i)));
            }
            assertThat(offDiagonal)
                    .as("its directions are not those of the axes")
                    .isGreaterThan(0.01);
        }
    }
}
