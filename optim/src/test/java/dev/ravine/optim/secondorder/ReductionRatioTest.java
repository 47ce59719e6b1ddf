package dev.ravine.optim.secondorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.DType;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class ReductionRatioTest {
    private static double ratio(double predicted, double before, double after) {
        return ReductionRatio.of(predicted, before, after, DType.FLOAT64).value();
    }

    @Test
    void isActualOverPredictedChange() {
        assertThat(ratio(-2, 10, 9)).isEqualTo(0.5);
        assertThat(ratio(-2, 10, 13)).isEqualTo(-1.5);
    }

    @Test
    void aPredictionThatIsNoDecreaseHasNone() {
        assertThat(ratio(0, 10, 9)).isNaN();
        assertThat(ratio(1, 10, 9)).isNaN();
        assertThat(ratio(Double.NaN, 10, 9)).isNaN();
    }

    @Test
    void aValueThatIsNotFiniteIsTheWorst() {
        assertThat(ratio(-1, 10, Double.NaN)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(ratio(-1, 10, Double.POSITIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void belowRoundingTheModelIsBelieved() {
        double unit = Math.ulp(1.0);
        assertThat(ratio(-1e-20, 1, 1)).isEqualTo(1);
        assertThat(ratio(-1e-20, 1, 1 + 4 * unit)).isEqualTo(1);
        assertThat(ratio(-1e-20, 1, 1 + 8 * unit)).isLessThan(-1);
        assertThat(ratio(-1e-6, 1, 1)).isZero();
        assertThat(ReductionRatio.of(-1e-8, 1, 1, DType.FLOAT32).value()).isEqualTo(1);
    }

    @Test
    void aStepThatRisesVisiblyIsJudgedWithoutItsPrediction() {
        INDArray theta = Points.vector(1, 1);
        INDArray gradient = Points.vector(2, 2);
        try (FunctionObjective objective =
                new FunctionObjective(DType.FLOAT64, 2, t -> t.square().sum())) {
            StepValues values = new StepValues(objective, Scope.all(), theta, 2, gradient, Points.zeros(theta));
            ReductionRatio risen = ReductionRatio.of(
                    () -> {
                        throw new AssertionError("asked");
                    },
                    values,
                    Points.vector(1, 1));
            assertThat(risen.value()).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(risen.loss()).isEqualTo(8);
            ReductionRatio fallen = ReductionRatio.of(() -> -4, values, Points.vector(-1, -1));
            assertThat(fallen.value()).isCloseTo(0.5, within(1e-15));
            assertThat(ReductionRatio.of(-4, values, Points.vector(-1, -1))).isEqualTo(fallen);
        }
    }

    @Test
    void slopesDecideWhereValuesAreTooCoarse() {
        // f = 1e6 + x^2 / 2 at 1e-6: the change of -x^2 / 2 is 5e-13, an ulp of f is 1.2e-10.
        INDArray theta = Points.vector(1e-6);
        INDArray gradient = Points.vector(1e-6);
        try (FunctionObjective objective = new FunctionObjective(
                DType.FLOAT64, 1, t -> t.square().sum().mul(0.5).add(1e6))) {
            StepValues values = new StepValues(objective, Scope.all(), theta, 1e6, gradient, Points.zeros(theta));
            assertThat(ReductionRatio.of(-5e-13, values, Points.vector(-1e-6)).value())
                    .isCloseTo(1, within(1e-12));
            // Three times too far, f rises by 1.5e-12.
            assertThat(ReductionRatio.of(-5e-13, values, Points.vector(-3e-6)).value())
                    .isCloseTo(-3, within(1e-12));
            // A step that does not move theta gains nothing.
            assertThat(ReductionRatio.of(-1e-30, values, Points.vector(-1e-30)).value())
                    .isZero();
        }
    }
}
