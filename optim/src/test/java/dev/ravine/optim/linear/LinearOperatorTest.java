package dev.ravine.optim.linear;

import static dev.ravine.optim.linear.LinearOperator.Property.POSITIVE_SEMIDEFINITE;
import static dev.ravine.optim.linear.LinearOperator.Property.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class LinearOperatorTest {
    private static final int N = 4;

    private final double[] a = Arena.toDoubles(Points.random(DType.FLOAT64, N * N, 1));
    private final double[] b = Arena.toDoubles(Points.random(DType.FLOAT64, N * N, 2));
    private final INDArray v = Points.random(DType.FLOAT64, N, 3);

    private final LinearOperator plain = Points.dense(a);
    private final LinearOperator symmetric = Points.dense(b, SYMMETRIC);
    private final LinearOperator positive = Points.dense(b, SYMMETRIC, POSITIVE_SEMIDEFINITE);

    /** sum over j of m_ij v_j. */
    private double[] times(double[] m) {
        double[] x = Arena.toDoubles(v);
        double[] product = new double[N];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                product[i] += m[i * N + j] * x[j];
            }
        }
        return product;
    }

    private static double[] combined(double p, double[] x, double q, double[] y) {
        double[] sum = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            sum[i] = p * x[i] + q * y[i];
        }
        return sum;
    }

    @Test
    void theAlgebraIsThatOfTheDenseMatrices() {
        double[] av = times(a);
        double[] bv = times(b);
        double[] x = Arena.toDoubles(v);
        assertThat(Points.apply(plain, v)).containsExactly(av);
        assertThat(Points.apply(plain.plus(symmetric), v)).containsExactly(combined(1, av, 1, bv), within(1e-14));
        assertThat(Points.apply(plain.scaled(-2.5), v)).containsExactly(combined(-2.5, av, 0, av), within(1e-14));
        assertThat(Points.apply(plain.shifted(0.75), v)).containsExactly(combined(1, av, 0.75, x), within(1e-14));
        assertThat(Points.apply(plain.scaled(2).plus(symmetric.shifted(-1)).scaled(0.5), v))
                .containsExactly(combined(1, av, 0.5, combined(1, bv, -1, x)), within(1e-14));
    }

    @Test
    void aSumCanBeAppliedAgain() {
        LinearOperator sum = plain.plus(symmetric);
        double[] first = Points.apply(sum, v);
        Points.apply(sum, Points.random(DType.FLOAT64, N, 9));
        assertThat(Points.apply(sum, v)).containsExactly(first);
    }

    @Test
    void blocksStandAlongTheDiagonal() {
        LinearOperator block =
                LinearOperator.block(List.of(plain, LinearOperator.inverseOfDiagonal(Points.vector(2, 4)), symmetric));
        assertThat(block.size()).isEqualTo(2 * N + 2);
        INDArray joined = Points.random(DType.FLOAT64, 2 * N + 2, 4);
        double[] product = Points.apply(block, joined);
        double[] x = Arena.toDoubles(joined);
        for (int i = 0; i < N; i++) {
            double first = 0;
            double last = 0;
            for (int j = 0; j < N; j++) {
                first += a[i * N + j] * x[j];
                last += b[i * N + j] * x[N + 2 + j];
            }
            assertThat(product[i]).isEqualTo(first);
            assertThat(product[N + 2 + i]).isEqualTo(last);
        }
        assertThat(product[N]).isEqualTo(x[N] / 2);
        assertThat(product[N + 1]).isEqualTo(x[N + 1] / 4);
    }

    @EachFloatType
    void theInverseOfADiagonalDivides(DType dtype) {
        INDArray x = Points.random(dtype, 7, 6);
        INDArray d = Points.zeros(x);
        Vectors.fill(d, 4);
        LinearOperator inverse = LinearOperator.inverseOfDiagonal(d);
        assertThat(inverse.size()).isEqualTo(7);
        double[] quarter = Arena.toDoubles(x);
        for (int i = 0; i < quarter.length; i++) {
            quarter[i] /= 4; // exact in both precisions
        }
        assertThat(Points.apply(inverse, x)).containsExactly(quarter);
    }

    @Test
    void propertiesSurviveWhatCannotBreakThem() {
        assertThat(plain.properties()).isEmpty();
        assertThat(symmetric.properties()).containsExactly(SYMMETRIC);
        assertThat(positive.properties()).containsExactlyInAnyOrder(SYMMETRIC, POSITIVE_SEMIDEFINITE);
        assertThat(LinearOperator.inverseOfDiagonal(v).properties())
                .containsExactlyInAnyOrder(SYMMETRIC, POSITIVE_SEMIDEFINITE);

        assertThat(positive.plus(positive).properties()).containsExactlyInAnyOrder(SYMMETRIC, POSITIVE_SEMIDEFINITE);
        assertThat(positive.plus(symmetric).properties()).containsExactly(SYMMETRIC);
        assertThat(positive.plus(plain).properties()).isEmpty();

        assertThat(positive.scaled(0).properties()).contains(POSITIVE_SEMIDEFINITE);
        assertThat(positive.scaled(-1).properties()).containsExactly(SYMMETRIC);
        assertThat(positive.shifted(1).properties()).contains(POSITIVE_SEMIDEFINITE);
        assertThat(positive.shifted(-1).properties()).containsExactly(SYMMETRIC);
        assertThat(plain.scaled(-1).properties()).isEmpty();
        assertThat(plain.shifted(1).properties()).isEmpty();

        assertThat(LinearOperator.block(List.of(positive, positive)).properties())
                .contains(POSITIVE_SEMIDEFINITE);
        assertThat(LinearOperator.block(List.of(positive, symmetric)).properties())
                .containsExactly(SYMMETRIC);
    }

    @Test
    void propertiesCannotBeChangedFromOutside() {
        assertThatThrownBy(() -> symmetric.properties().add(POSITIVE_SEMIDEFINITE))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aCurvatureIsSymmetricAndSemidefiniteUnlessItIsTheHessian() {
        try (FunctionObjective cube = new FunctionObjective(
                        DType.FLOAT64, 2, x -> x.mul(x).mul(x).sum());
                Linearization at = cube.linearize(Points.vector(2, -3), Scope.all())) {
            LinearOperator hessian = LinearOperator.of(at, Curvature.HESSIAN);
            assertThat(hessian.size()).isEqualTo(2);
            assertThat(Points.apply(hessian, Points.vector(1, 10)))
                    .containsExactly(new double[] {12, -180}, within(1e-12));
            assertThat(hessian.properties()).containsExactly(SYMMETRIC);
            assertThat(LinearOperator.of(at, Curvature.GAUSS_NEWTON).properties())
                    .contains(POSITIVE_SEMIDEFINITE);
        }
    }

    @Test
    void sizesMustAgree() {
        LinearOperator smaller = Points.dense(new double[] {1}, SYMMETRIC);
        assertThatThrownBy(() -> plain.plus(smaller))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 and 1");
        assertThatThrownBy(() -> Points.apply(LinearOperator.inverseOfDiagonal(Points.vector(1, 2)), v))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void aDiagonalBlockIsAPartOfTheMatrix() {
        LinearOperator block = symmetric.diagonalBlock(1, 2);
        assertThat(block.size()).isEqualTo(2);
        assertThat(block.properties()).containsExactly(SYMMETRIC);
        assertThat(positive.diagonalBlock(0, 1).properties()).contains(POSITIVE_SEMIDEFINITE);
        for (double[] x : new double[][] {{1, 0}, {0, 1}, {2, -3}}) {
            assertThat(Points.apply(block, Points.vector(x)))
                    .containsExactly(
                            new double[] {
                                b[N + 1] * x[0] + b[N + 2] * x[1], b[2 * N + 1] * x[0] + b[2 * N + 2] * x[1],
                            },
                            within(1e-15));
        }
        assertThat(Points.apply(symmetric.diagonalBlock(0, N), v)).containsExactly(times(b));
        assertThat(Points.apply(symmetric.diagonalBlock(3, 1), Points.vector(1)))
                .containsExactly(b[3 * N + 3]);
    }

    @Test
    void aBlockOfABlockIsAPartOfThePart() {
        LinearOperator inner = symmetric.diagonalBlock(1, 3).shifted(0.5).diagonalBlock(1, 1);
        assertThat(Points.apply(inner, Points.vector(1))).containsExactly(b[2 * N + 2] + 0.5);
    }

    @Test
    void aBlockMustLieWithinTheMatrix() {
        for (long[] range : new long[][] {{-1, 2}, {3, 2}, {4, 1}, {0, 0}}) {
            assertThatThrownBy(() -> symmetric.diagonalBlock(range[0], range[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("size 4");
        }
    }

    @Test
    void operatorsSayHowTheyWerePutTogether() {
        LinearOperator a = LinearOperator.of("HESSIAN", 3, (v, out) -> {}, LinearOperator.Property.SYMMETRIC);
        LinearOperator d = LinearOperator.inverseOfDiagonal(Points.vector(1, 2, 3));
        assertThat(a.shifted(0.1)).hasToString("HESSIAN + 0.1 I");
        assertThat(a.shifted(0.1).scaled(2)).hasToString("2.0 (HESSIAN + 0.1 I)");
        assertThat(a.plus(d)).hasToString("HESSIAN + inverse of a diagonal");
        assertThat(a.diagonalBlock(1, 2)).hasToString("rows 1 to 2 of HESSIAN");
        assertThat(LinearOperator.block(List.of(a, a.shifted(1)))).hasToString("diag(HESSIAN, HESSIAN + 1.0 I)");
    }
}
