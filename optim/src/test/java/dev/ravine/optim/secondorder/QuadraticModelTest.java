package dev.ravine.optim.secondorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.data.Quadratic;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.problems.Points;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class QuadraticModelTest {
    private static final double L2 = 0.25;
    private static final double DAMPING = 3;

    private final double[] matrix = {2, -1, 0, -1, 5, 1, 0, 1, 4};
    private final LinearOperator curvature =
            Points.dense(matrix, LinearOperator.Property.SYMMETRIC, LinearOperator.Property.POSITIVE_SEMIDEFINITE);
    private final INDArray gradient = Points.vector(1, -2, 3);
    private final QuadraticModel model = new QuadraticModel(gradient, curvature, L2, DAMPING);
    private final INDArray step = Points.vector(-1, 2, 0.5);

    @Test
    void theDampedMatrixIsCurvatureAndL2AndDamping() {
        double[] product = Points.apply(model.damped(), step);
        // A p by hand, and (0.25 + 3) p.
        assertThat(product).containsExactly(new double[] {-4 - 3.25, 11.5 + 6.5, 4 + 1.625}, within(1e-14));
        assertThat(model.damped().properties()).isEqualTo(curvature.properties());
        assertThat(model.damped().size()).isEqualTo(3);
    }

    @Test
    void thePredictedChangeHasL2ButNoDamping() {
        // g'p = -3.5; p'Ap = 4 + 23 + 2 = 29; p'p = 5.25.
        assertThat(model.predictedChange(step, Points.zeros(step)))
                .isCloseTo(-3.5 + (29 + 0.25 * 5.25) / 2, within(1e-14));
        assertThat(new QuadraticModel(gradient, curvature, L2, 1e9).predictedChange(step, Points.zeros(step)))
                .isEqualTo(model.predictedChange(step, Points.zeros(step)));
        assertThat(model.predictedChange(Points.vector(0, 0, 0), Points.zeros(step)))
                .isZero();
    }

    @Test
    void theDampedChangeIsThatOfTheDampedMatrix() {
        assertThat(model.dampedChange(step, Points.zeros(step)))
                .isCloseTo(-3.5 + (29 + 3.25 * 5.25) / 2, within(1e-13));
    }

    @Test
    void theBestRateMinimisesTheDampedModelAlongTheStep() {
        double rate = model.bestRate(step, Points.zeros(step));
        assertThat(rate).isCloseTo(3.5 / (29 + 3.25 * 5.25), within(1e-14));
        INDArray scaled = Points.vector(-rate, 2 * rate, 0.5 * rate);
        assertThat(model.bestRate(scaled, Points.zeros(step))).isCloseTo(1, within(1e-14));
    }

    @Test
    void thePredictedChangeOfAQuadraticIsItsChange() {
        Quadratic quadratic = Quadratic.withSpectrum(new double[] {-1, 0.5, 2, 30}, 3);
        INDArray from = Points.vector(1, 2, 3, 4);
        INDArray by = Points.vector(0.5, -1, 0.25, 2);
        LinearOperator hessian = Points.dense(Arena.toDoubles(quadratic.matrix()));
        assertThat(new QuadraticModel(quadratic.gradient(from), hessian, 0, 1).predictedChange(by, Points.zeros(by)))
                .isCloseTo(quadratic.value(from.add(by)) - quadratic.value(from), within(1e-11));
    }
}
