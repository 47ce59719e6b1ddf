package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What losses say of their curvature, held against the Hessian that automatic differentiation finds. */
class LossCurvatureTest {
    private static final int WIDTH = 3;
    private static final double[] Z = {0.3, -1.2, 0.8};

    /** A loss of one example. */
    private record Case(String name, Loss loss, Tensor targets, boolean isSampled) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Tensor label = Tensor.constant(Arena.ofIntegers(2));
        Tensor fractions = Tensor.constant(DType.FLOAT64, Shape.of(1, WIDTH), 0.2, 0.9, 0.4);
        return Stream.of(
                new Case("softmax", Loss.softmaxCrossEntropy(), label, true),
                new Case("logistic", new Loss.BinaryCrossEntropy(Reduction.SUM), fractions, true),
                new Case("logistic, mean", Loss.binaryCrossEntropy(), fractions, true),
                new Case("squares", new Loss.SquaredError(Reduction.SUM), fractions, true),
                new Case("squares, mean", Loss.meanSquaredError(), fractions, true),
                // The second residual is beyond delta.
                new Case("Huber", Loss.huber(1), fractions, false));
    }

    private static Tensor outputs() {
        return Tensor.variable("z", Arena.of(DType.FLOAT64, Shape.of(1, WIDTH), Z));
    }

    /** Column j of the Hessian. */
    private static double[] hessian(Case c, int j) {
        Tensor z = outputs();
        return Arena.toDoubles(
                Autodiff.hvp(c.loss.of(z, c.targets, Reduction.SUM), z, unit(j)).value());
    }

    private static Tensor unit(int j) {
        double[] values = new double[WIDTH];
        values[j] = 1;
        return Tensor.constant(DType.FLOAT64, Shape.of(1, WIDTH), values);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theRootTimesItsTransposeIsTheHessian(Case c) {
        double[][] columns = new double[WIDTH][];
        for (int j = 0; j < WIDTH; j++) {
            OutputCurvature curvature = c.loss.curvature(outputs(), c.targets).orElseThrow();
            columns[j] = Arena.toDoubles(curvature.root(unit(j)).value());
        }
        for (int i = 0; i < WIDTH; i++) {
            double[] expected = hessian(c, i);
            for (int k = 0; k < WIDTH; k++) {
                double sum = 0;
                for (double[] column : columns) {
                    sum += column[i] * column[k];
                }
                assertThat(sum).isCloseTo(expected[k], within(1e-15));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void drawnCotangentsHaveMeanZeroAndTheHessianAsSecondMoment(Case c) {
        OutputCurvature curvature = c.loss.curvature(outputs(), c.targets).orElseThrow();
        if (!c.isSampled) {
            assertThatThrownBy(curvature::sampled)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("RADEMACHER");
            return;
        }
        int draws = 20_000;
        double[] mean = new double[WIDTH];
        double[][] second = new double[WIDTH][WIDTH];
        Tensor cotangent = curvature.sampled();
        try (Program program = Program.of(List.of(), List.of(cotangent))) {
            for (int n = 0; n < draws; n++) {
                program.resample(n);
                program.run();
                double[] drawn = Arena.toDoubles(program.memory(cotangent));
                for (int i = 0; i < WIDTH; i++) {
                    mean[i] += drawn[i] / draws;
                    for (int k = 0; k < WIDTH; k++) {
                        second[i][k] += drawn[i] * drawn[k] / draws;
                    }
                }
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            double[] expected = hessian(c, i);
            // Four standard errors of a mean whose terms are at most of the size of the Hessian's diagonal.
            double scale = Math.sqrt(hessian(c, 1)[1]);
            assertThat(mean[i]).isCloseTo(0, within(4 * Math.max(scale, 1) / Math.sqrt(draws)));
            for (int k = 0; k < WIDTH; k++) {
                assertThat(second[i][k]).isCloseTo(expected[k], within(0.03 * Math.max(1, expected[i])));
            }
        }
    }

    @Test
    void aLossOfItsOwnSaysNothingUnlessAsked() {
        Loss mine = new Loss() {
            @Override
            public Tensor perExample(Tensor outputs, Tensor targets) {
                return outputs.sub(targets).square().sum(1);
            }

            @Override
            public boolean fisherIsGaussNewton() {
                return false;
            }
        };
        assertThat(mine.curvature(outputs(), outputs())).isEmpty();
    }
}
