package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Statistics of single examples against the gradients of one example after the other. */
final class OneByOne {
    private OneByOne() {}

    /**
     * Checks the mean of squared gradients, and that value and gradient in the same pass are those of a pass of their own.
     *
     * @param objective which computes them in one pass
     * @param single whose gradients of single examples are squared
     * @param plain whose value and gradient are expected
     * @param all the scope of all examples
     * @param one the scope of each example
     */
    static void assertSquaredGradients(
            SupervisedObjective objective,
            SupervisedObjective single,
            SupervisedObjective plain,
            Scope all,
            IntFunction<Scope> one,
            double tolerance) {
        INDArray theta = objective.theta();
        Shape shape = Shape.of(theta.length());
        INDArray gradient = Arena.create(DType.FLOAT64, shape);
        INDArray squares = Arena.create(DType.FLOAT64, shape);
        INDArray other = Arena.create(DType.FLOAT64, shape);
        double value = objective.gradient(theta, all, gradient, SquaredGradients.inOnePass(), squares);
        double[] expected = new double[(int) theta.length()];
        int examples = objective.examples();
        for (int i = 0; i < examples; i++) {
            single.gradient(theta, one.apply(i), other);
            for (int j = 0; j < expected.length; j++) {
                expected[j] += other.getDouble(j) * other.getDouble(j) / examples;
            }
        }
        assertThat(Arena.toDoubles(squares)).containsExactly(expected, within(tolerance));
        assertThat(plain.gradient(theta, all, other)).isCloseTo(value, within(1e-14));
        assertThat(Arena.toDoubles(other)).containsExactly(Arena.toDoubles(gradient), within(1e-14));
    }
}
