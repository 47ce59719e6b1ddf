package dev.ravine.optim.kronecker;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The quadratic model over combinations of a few directions: m(c) = c'b + c'Qc / 2, with b the gradient's products with
 * the directions and Q the damped curvature's.
 */
public final class RateModel {
    /**
     * Eigenvalues of the two-by-two model that are smaller by this factor are rounding: the directions are parallel.
     */
    private static final double PARALLEL = 1e-12;

    private RateModel() {}

    /**
     * The best combination of a direction and the last step.
     *
     * @param rate of the direction
     * @param momentum of the last step
     * @param change m there, never positive
     */
    public record Best(double rate, double momentum, double change) {}

    /**
     * Minimises the model over a direction and the last step.
     *
     * @param forms 2 x 2, their products with one another through the curvature, from {@code Linearization.forms}
     * @param shift damping and L2, which the forms do not have
     * @param gradient of the objective
     * @param both the direction, and the last step, which may be zero
     * @param goesBack whether momentum may be negative; if not, the best combination without the last step takes the
     *     place of one that would take a part of it back
     * @return the best combination
     * @throws ShapeException if the forms are not 2 x 2, there are not two vectors, or they do not have the length of
     *     the gradient
     */
    public static Best over(double[][] forms, double shift, INDArray gradient, List<INDArray> both, boolean goesBack) {
        if (Check.noNulls("the vectors of a model of rates", both).size() != 2) {
            throw new ShapeException(
                    "a model of rates is over two vectors, a direction and the last step, found " + both.size());
        }
        if (forms.length != 2 || forms[0].length != 2 || forms[1].length != 2) {
            throw new ShapeException("a model of rates needs 2 x 2 forms, found rows of "
                    + Arrays.stream(forms)
                            .map(row -> String.valueOf(row.length))
                            .toList()
                    + " numbers; take those of the same two vectors");
        }
        Check.vector("the direction", both.get(0), DType.of(gradient), gradient.length());
        Check.vector("the last step", both.get(1), DType.of(gradient), gradient.length());
        double[][] q = new double[2][2];
        double[] b = new double[2];
        for (int i = 0; i < 2; i++) {
            b[i] = Vectors.dot(gradient, both.get(i));
            for (int j = 0; j < 2; j++) {
                q[i][j] = forms[i][j] + shift * Vectors.dot(both.get(i), both.get(j));
            }
        }
        Best best = minimise(q, b, PARALLEL);
        if (goesBack || !(best.momentum() < 0)) {
            return best;
        }
        return minimise(new double[][] {{q[0][0], 0}, {0, 0}}, new double[] {b[0], 0}, PARALLEL);
    }

    /**
     * Minimises the model over two directions by the pseudo-inverse of Q, since the directions may be parallel or the
     * second one zero.
     *
     * @param q symmetric, 2 x 2, positive semidefinite up to rounding
     * @param b of two elements
     * @param cutoff eigenvalues below this fraction of the largest count as zero
     */
    static Best minimise(double[][] q, double[] b, double cutoff) {
        // Scaled to a unit diagonal, so that directions of unlike lengths count alike.
        double s0 = scale(q[0][0]);
        double s1 = scale(q[1][1]);
        double a = q[0][0] * s0 * s0;
        double d = q[1][1] * s1 * s1;
        double c = q[0][1] * s0 * s1;
        double half = (a + d) / 2;
        double root = Math.hypot((a - d) / 2, c);
        double large = half + root;
        double small = half - root;
        double angle = Math.atan2(2 * c, a - d) / 2;
        double[] first = {Math.cos(angle), Math.sin(angle)};
        double[] second = {-first[1], first[0]};
        double b0 = b[0] * s0;
        double b1 = b[1] * s1;
        double x = 0;
        double y = 0;
        double change = 0;
        double[][] vectors = {first, second};
        double[] values = {large, small};
        for (int i = 0; i < 2; i++) {
            double along = b0 * vectors[i][0] + b1 * vectors[i][1];
            if (values[i] > cutoff * large && values[i] > 0) {
                x -= along / values[i] * vectors[i][0];
                y -= along / values[i] * vectors[i][1];
                change -= along * along / values[i] / 2;
            }
        }
        return new Best(x * s0, y * s1, change);
    }

    private static double scale(double diagonal) {
        return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
    }
}
