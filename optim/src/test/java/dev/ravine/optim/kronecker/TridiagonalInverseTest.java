package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The block-tridiagonal inverse is the inverse of a matrix whose blocks on three diagonals are known. */
class TridiagonalInverseTest {
    private static final double GAMMA = 0.4;

    private static SupervisedObjective objective(Module net, int outputs) {
        net.initialize(DType.FLOAT64, 3);
        DataSet data = DataSet.of(Dense.matrix(9, 3, 1), Dense.matrix(9, outputs, 2));
        return SupervisedObjective.builder(net, new Loss.SquaredError(Reduction.SUM), data)
                .workers(new Workers(1))
                .build();
    }

    private static KroneckerFactors.Builder settings() {
        return KroneckerFactors.builder().cotangents(Cotangents.EXACT).tridiagonal(true);
    }

    private static Module net(int... widths) {
        Module[] parts = new Module[2 * widths.length - 3];
        for (int l = 0; l + 1 < widths.length; l++) {
            parts[2 * l] = new Linear(widths[l], widths[l + 1]);
            if (l + 2 < widths.length) {
                parts[2 * l + 1] = Activation.tanh();
            }
        }
        return new Sequential(parts);
    }

    /** The dense inverse of the operator, and the greatest difference of its blocks from the wanted ones. */
    private static double difference(KroneckerFactors factors, double[][] matrix, FactorDamping damping) {
        double largest = 0;
        int at = 0;
        int blocks = factors.layout().blocks().size();
        for (int l = 0; l < blocks; l++) {
            INDArray a = factors.factors(l).get(0);
            INDArray g = factors.factors(l).get(1);
            Shifts shifts = Shifts.of(a, g, GAMMA, damping);
            double[][] damped = kronecker(shifted(a, shifts.left()), shifted(g, shifts.right()));
            largest = Math.max(largest, difference(matrix, damped, at, at));
            int next = at + damped.length;
            if (l + 1 < blocks) {
                double[][] cross = kronecker(
                        rows(factors.cross().get(l).get(0)),
                        rows(factors.cross().get(l).get(1)));
                largest = Math.max(largest, difference(matrix, cross, at, next));
            }
            at = next;
        }
        assertThat(at).isEqualTo(matrix.length);
        return largest;
    }

    private static double difference(double[][] matrix, double[][] block, int row, int column) {
        double largest = 0;
        for (int i = 0; i < block.length; i++) {
            for (int j = 0; j < block[0].length; j++) {
                largest = Math.max(largest, Math.abs(matrix[row + i][column + j] - block[i][j]));
                largest = Math.max(largest, Math.abs(matrix[column + j][row + i] - block[i][j]));
            }
        }
        return largest;
    }

    private static double[][] rows(INDArray matrix) {
        int n = (int) matrix.size(1);
        double[] flat = Arena.toDoubles(matrix);
        double[][] rows = new double[flat.length / n][n];
        for (int i = 0; i < flat.length; i++) {
            rows[i / n][i % n] = flat[i];
        }
        return rows;
    }

    private static double[][] shifted(INDArray matrix, double shift) {
        double[][] rows = rows(matrix);
        for (int i = 0; i < rows.length; i++) {
            rows[i][i] += shift;
        }
        return rows;
    }

    private static double[][] kronecker(double[][] a, double[][] g) {
        double[][] product = new double[a.length * g.length][a[0].length * g[0].length];
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < product[0].length; j++) {
                product[i][j] = a[i / g.length][j / g[0].length] * g[i % g.length][j % g[0].length];
            }
        }
        return product;
    }

    /** By Gauss and Jordan's elimination; the matrix is positive definite. */
    private static double[][] inverted(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][];
        double[][] b = new double[n][n];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
            b[i][i] = 1;
        }
        for (int k = 0; k < n; k++) {
            double pivot = a[k][k];
            for (int j = 0; j < n; j++) {
                a[k][j] /= pivot;
                b[k][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = a[i][k];
                for (int j = 0; i != k && j < n; j++) {
                    a[i][j] -= factor * a[k][j];
                    b[i][j] -= factor * b[k][j];
                }
            }
        }
        return b;
    }

    @ParameterizedTest
    @EnumSource(names = {"TRACE", "NORM", "EQUAL"})
    void twoLayersHaveTheInverseOfTheWholeMatrix(FactorDamping damping) {
        requireInverse(net(3, 4, 2), 2, damping);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRACE", "EQUAL"})
    void fourLayersHaveThreeDiagonals(FactorDamping damping) {
        requireInverse(net(3, 2, 3, 2, 2), 2, damping);
    }

    private static void requireInverse(Module net, int outputs, FactorDamping damping) {
        try (SupervisedObjective objective = objective(net, outputs);
                KroneckerFactors factors = settings().build(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, damping);
                KroneckerFactors diagonal =
                        KroneckerFactors.builder().cotangents(Cotangents.EXACT).build(objective);
                KroneckerInverse ofDiagonal = new KroneckerInverse(diagonal, damping)) {
            factors.update(objective, objective.theta(), Scope.all());
            diagonal.update(objective, objective.theta(), Scope.all());
            assertThat(inverse.refresh(GAMMA)).isEmpty();
            ofDiagonal.refresh(GAMMA);
            assertThat(difference(factors, inverted(Dense.of(inverse)), damping))
                    .isLessThan(1e-11);
            // The block-diagonal inverse has no cross moments.
            assertThat(difference(factors, inverted(Dense.of(ofDiagonal)), damping))
                    .isGreaterThan(1e-2);
        }
    }

    @Test
    void anInverseStaysWhereAFactorIsNotFinite() {
        try (SupervisedObjective objective = objective(net(3, 4, 2), 2);
                KroneckerFactors factors = settings().build(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
            factors.update(objective, objective.theta(), Scope.all());
            inverse.refresh(GAMMA);
            double[] before = Arena.toDoubles(inverse.numbers());
            Elements.of(factors.factors(1).get(1)).set(0, Double.NaN);
            assertThat(inverse.refresh(0.1)).singleElement().asString().contains("2.weight");
            assertThat(Arena.toDoubles(inverse.numbers())).containsExactly(before);
        }
    }

    /** A layer at two places. */
    private static final class Places extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 1, 3);

        @Override
        public Tensor forward(Tensor x) {
            return x.reshape(Shape.of(x.shape().size(0), 3, 1))
                    .matmul(weight.tensor())
                    .sum(1);
        }
    }

    @Test
    void whatItCannotDoIsRefused() {
        try (SupervisedObjective objective = objective(net(3, 4, 2), 2);
                KroneckerFactors factors = settings().build(objective);
                SupervisedObjective places = objective(new Places(), 3)) {
            assertThatThrownBy(() -> new KroneckerInverse(factors, FactorDamping.EXACT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TRACE");
            assertThatThrownBy(() -> KroneckerInverse.corrected(factors))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("corrected");
            assertThatThrownBy(() -> settings().build(places))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight");
        }
    }
}
