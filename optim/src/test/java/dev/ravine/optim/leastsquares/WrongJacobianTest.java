package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.problems.Points;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Derivatives that do not belong to the residuals: a step counts only where the point moves and the value falls. */
class WrongJacobianTest {
    /** Rosenbrock's residuals, 10 (y - x^2) and 1 - x. */
    private static Tensor residuals(Tensor t) {
        Tensor x = t.slice(0, 0, 1);
        Tensor y = t.slice(0, 1, 2);
        return Tensor.concat(0, y.sub(x.square()).mul(10), x.neg().add(1));
    }

    /** The same residuals, with a Jacobian that is wrong by a factor. */
    private static LeastSquares wrongBy(double factor, LeastSquares right) {
        return (LeastSquares) Proxy.newProxyInstance(
                WrongJacobianTest.class.getClassLoader(), new Class<?>[] {LeastSquares.class}, (self, method, args) -> {
                    Object result = method.invoke(right, args);
                    if (method.getName().equals("jacobian")) {
                        ((INDArray) args[2]).muli(factor);
                    }
                    return result;
                });
    }

    static Stream<Arguments> methods() {
        return Stream.of(LeastSquaresSolver.QR, LeastSquaresSolver.NORMAL_EQUATIONS)
                .flatMap(solver -> Stream.of(-1.0, -1e20, 1e20, -1e-20)
                        .flatMap(factor -> Stream.of("gauss-newton", "levenberg-marquardt")
                                .map(name -> Arguments.of(name, solver, factor))));
    }

    private static Optimizer optimizer(String name, LeastSquaresSolver solver) {
        return name.equals("gauss-newton")
                ? GaussNewton.builder().solver(solver).build()
                : LevenbergMarquardt.builder().solver(solver).build();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aStepThatDoesNotMoveIsNotAccepted(String name, LeastSquaresSolver solver, double factor) {
        try (ResidualObjective right = new ResidualObjective(DType.FLOAT64, 2, WrongJacobianTest::residuals);
                Optimizer optimizer = optimizer(name, solver)) {
            LeastSquares objective = wrongBy(factor, right);
            INDArray theta = Points.vector(-1.2, 1);
            for (int i = 0; i < 30; i++) {
                double[] before = Arena.toDoubles(theta);
                StepReport report = optimizer.step(objective, theta);
                assertThat(Arrays.equals(Arena.toDoubles(theta), before))
                        .as("step %d, %s", i, report)
                        .isEqualTo(!report.accepted());
                if (report.accepted()) {
                    assertThat(report.lossAfter()).isLessThan(report.loss());
                }
            }
            assertThat(Arena.toDoubles(theta)).doesNotContain(Double.NaN);
        }
    }
}
