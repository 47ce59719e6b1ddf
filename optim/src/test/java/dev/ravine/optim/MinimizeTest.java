package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class MinimizeTest {
    @Test
    void everyOptimizerFindsTheBottomOfABowl() {
        Optimizer[] optimizers = {
            TrustRegionNewton.builder().build(),
            HessianFree.builder().curvature(Curvature.HESSIAN).damping(1e-3).build(),
            Sgd.builder().learningRate(0.2).build(),
            Adam.builder().learningRate(0.05).build()
        };
        for (Optimizer optimizer : optimizers) {
            Minimize.Result found = Minimize.of(t -> t.sub(1).square().sum())
                    .from(3, -4)
                    .maxSteps(5000)
                    .tolerance(1e-6)
                    .with(optimizer);
            optimizer.close();
            assertThat(found.converged()).as("%s: %s", optimizer.name(), found).isTrue();
            assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-6));
        }
    }

    @Test
    void truncatedNewtonFindsTheEndOfRosenbrocksValley() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of).from(-1.2, 1).with(optimizer);
            assertThat(found.converged()).isTrue();
            assertThat(found.steps()).isEqualTo(30); // as SciPy's trust-ncg
            assertThat(found.value()).isLessThan(1e-20);
        }
    }

    @Test
    void itSaysWhyItEndedWithoutConverging() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found =
                    Minimize.of(Rosenbrock::of).from(-1.2, 1).maxSteps(3).with(optimizer);
            assertThat(found.converged()).isFalse();
            assertThat(found.reason()).isEqualTo("the limit of 3 steps");
        }
    }

    @Test
    void theStartIsNotChangedAndSinglePrecisionWorks() {
        INDArray start = Arena.of(DType.FLOAT32, Shape.of(2), -1.2, 1);
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found =
                    Minimize.of(Rosenbrock::of).from(start).tolerance(1e-2).with(optimizer);
            assertThat(found.converged()).as(found.reason()).isTrue();
            assertThat(Arena.toDoubles(start)[1]).isEqualTo(1);
            assertThat(DType.of(found.x())).isEqualTo(DType.FLOAT32);
        }
    }

    @Test
    void aMissingOrWrongStartIsAnError() {
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            assertThatThrownBy(() -> Minimize.of(Rosenbrock::of).with(optimizer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("from");
        }
        assertThatThrownBy(() -> Minimize.of(Rosenbrock::of).from(Arena.ofIntegers(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT64");
    }

    @Test
    void ofResidualsHalfTheSumOfSquaresIsMinimisedUntilRounding() {
        try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(
                            t -> Tensor.concat(0, t.sub(1), t.sub(4), t.square().mul(Math.sqrt(1.5))))
                    .from(3)
                    .with(optimizer);
            // x - 1 + x - 4 + 3 x^3 = 0 at x = 1.
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.reason()).isEqualTo("the function and the steps have shrunk to rounding");
            assertThat(found.value()).isCloseTo((0 + 9 + 1.5) / 2, within(1e-14));
            assertThat(found.x().getDouble(0)).isCloseTo(1, within(1e-14));
        }
    }

    @Test
    void aStepThatStillShrinksIsNotTheLast() {
        // Beside 1e12 no change is visible after the first steps, but steps shrink on until x is exact.
        try (TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            Minimize.Result found = Minimize.of(
                            t -> t.sub(1).square().square().sum().add(1e12))
                    .from(1.5)
                    .tolerance(1e-30)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.x().getDouble(0)).isCloseTo(1, within(1e-6));
        }
    }

    /** It says that it could try something else, and never does. */
    private static final class Refuser implements Optimizer {
        @Override
        public StepReport step(Objective objective, INDArray theta) {
            return new StepReport(1, 1, 1, 1, 0, 1, 0, false, "rejected: not today", Optional.empty(), Map.of());
        }

        @Override
        public String name() {
            return "refuser";
        }

        @Override
        public OptimizerState state() {
            return new OptimizerState(0, Map.of(), Map.of());
        }

        @Override
        public void restore(OptimizerState state) {
            // There is none.
        }

        @Override
        public void close() {
            // Nothing is kept.
        }
    }

    @Test
    void manyRejectionsInARowEndItUnconverged() {
        try (Refuser optimizer = new Refuser()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of).from(-1.2, 1).with(optimizer);
            assertThat(found.converged()).isFalse();
            assertThat(found.end()).isEqualTo(Minimize.End.STALLED);
            assertThat(found.steps()).isEqualTo(50);
            assertThat(found.reason()).startsWith("50 steps in a row were rejected; the last: rejected: not today");
        }
    }
}
