package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Module;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.Moments;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Facts that hold exactly, on matrices that are neither square nor multiples of the identity. */
class MatrixMethodsTest {
    private static final DType F64 = DType.FLOAT64;

    /** An orthogonal matrix: I - 2 u u' / u'u. */
    private static double[] reflection(int n, double seed) {
        double[] u = IntStream.range(0, n)
                .mapToDouble(i -> Math.sin(seed + 1.3 * i * i) + 0.2)
                .toArray();
        double norm = IntStream.range(0, n).mapToDouble(i -> u[i] * u[i]).sum();
        double[] q = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                q[i * n + j] = (i == j ? 1 : 0) - 2 * u[i] * u[j] / norm;
            }
        }
        return q;
    }

    /** U diag(s) V', of shape [rows, columns]. */
    private static double[] matrix(int rows, int columns, double... s) {
        double[] u = reflection(rows, 0.5);
        double[] v = reflection(columns, 2.5);
        double[] a = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < s.length; k++) {
                    a[i * columns + j] += u[i * rows + k] * s[k] * v[j * columns + k];
                }
            }
        }
        return a;
    }

    /** A function whose gradient is the same everywhere. */
    private static FunctionObjective linear(double... gradient) {
        return new FunctionObjective(
                F64,
                gradient.length,
                x -> x.mul(Tensor.constant(F64, Shape.of(gradient.length), gradient))
                        .sum());
    }

    private static double[] step(FirstOrder optimizer, FunctionObjective objective) {
        INDArray theta = Arena.create(F64, Shape.of(objective.size()));
        optimizer.step(objective, theta);
        Vectors.scale(-1, theta);
        return Arena.toDoubles(theta);
    }

    // ---- Muon -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"3, 5", "5, 3", "4, 4", "1, 6", "7, 1"})
    void newtonSchulzMapsSingularValuesByAPolynomial(int rows, int columns) {
        double[] s = IntStream.range(0, Math.min(rows, columns))
                .mapToDouble(i -> 2.5 / (1 + i))
                .toArray();
        double norm = Math.sqrt(
                IntStream.range(0, s.length).mapToDouble(i -> s[i] * s[i]).sum());
        double[] mapped = s.clone();
        for (int i = 0; i < s.length; i++) {
            double x = s[i] / (norm + 1e-7);
            for (int k = 0; k < 5; k++) {
                x = 3.4445 * x - 4.7750 * x * x * x + 2.0315 * x * x * x * x * x;
            }
            mapped[i] = x;
        }
        try (Arena arena = new Arena("a test")) {
            INDArray x = Arena.of(F64, Shape.of(rows, columns), matrix(rows, columns, s));
            new NewtonSchulz(F64, rows, columns, 5, arena).apply(x, Workers.CALLER);
            assertThat(Points.relativeDistance(Arena.toDoubles(x), matrix(rows, columns, mapped)))
                    .isLessThan(1e-13);
        }
    }

    /** A weight of more axes is that of the flattened matrix [rest, outputs], and outputs over inputs is the factor. */
    @Test
    void theFactorOfAStepIsThatOfTheFlattenedShape() {
        double[] g = matrix(2, 8, 1, 0.4);
        double[] tall = matrix(8, 2, 1, 0.4);
        double[] flat = muon(g, MuonAdjustment.ORIGINAL, 2, 8);
        assertThat(muon(g, MuonAdjustment.ORIGINAL, 2, 1, 8)).containsExactly(flat);
        assertThat(muon(g, MuonAdjustment.ORIGINAL, 1, 2, 8)).containsExactly(flat);
        double[] other = muon(tall, MuonAdjustment.ORIGINAL, 8, 2);
        assertThat(norm(flat) / norm(other)).isCloseTo(2, within(1e-12));
        assertThat(norm(muon(g, MuonAdjustment.MATCH_RMS_ADAMW, 2, 8)) / norm(flat))
                .isCloseTo(0.2 * Math.sqrt(8) / 2, within(1e-12));
        assertThat(norm(muon(tall, MuonAdjustment.MATCH_RMS_ADAMW, 8, 2)) / norm(other))
                .isCloseTo(0.2 * Math.sqrt(8), within(1e-12));
    }

    private static double norm(double[] x) {
        return Vectors.norm(Points.vector(x));
    }

    private static double[] muon(double[] gradient, MuonAdjustment adjustment, long... shape) {
        Module net = MatrixNets.weight(F64, shape);
        try (FunctionObjective objective = linear(gradient);
                Muon muon = Muon.builder(net)
                        .matrices(ParameterGroup.of("all", net, Parameters.named("*")))
                        .adjustment(adjustment)
                        .build()) {
            return step(muon, objective);
        }
    }

    @Test
    void onlyHiddenMatricesAreOrthogonalized() {
        Module net = MatrixNets.deep();
        net.initialize(F64, 1);
        assertThat(Muon.builder(net).build())
                .hasToString("muon(lr=0.02, mu=0.95, matrices=2 of 8); Muon: 2.weight [5, 4], 4.weight [4, 4]; AdamW:"
                        + " 0.weight [6, 5], 0.bias [5], 2.bias [4], 4.bias [4], 6.weight [4, 3], 6.bias [3]");
        ParameterGroup first = ParameterGroup.of("first", net, Parameters.under("0"));
        assertThat(Muon.builder(net).matrices(first).build().toString())
                .contains("; Muon: 0.weight [6, 5]; AdamW: 0.bias");
        ParameterGroup biases = ParameterGroup.of("biases", net, Parameters.biasesAndGains());
        assertThatThrownBy(() -> Muon.builder(net).matrices(biases))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no parameter of two axes or more");
        assertThatThrownBy(() -> Muon.builder(net).matrices(new ParameterGroup("cut", 3, 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.weight")
                .hasMessageContaining("as a whole");
    }

    // ---- Shampoo ----------------------------------------------------------------------------------------------

    /** (G G')^-1/4 G (G' G)^-1/4 = U V'. */
    @ParameterizedTest
    @CsvSource({"3, 5", "5, 3", "4, 4"})
    void theFirstStepOfShampooHasSingularValuesOfOne(int rows, int columns) {
        double[] s = IntStream.range(0, Math.min(rows, columns))
                .mapToDouble(i -> 3.0 / (1 + i))
                .toArray();
        double[] ones = s.clone();
        Arrays.fill(ones, 1);
        try (FunctionObjective objective = linear(matrix(rows, columns, s));
                Shampoo shampoo = Shampoo.builder(MatrixNets.weight(F64, rows, columns))
                        .learningRate(1)
                        .grafting(Grafting.NONE)
                        .every(1)
                        .build()) {
            assertThat(Points.relativeDistance(step(shampoo, objective), matrix(rows, columns, ones)))
                    .isLessThan(1e-11);
        }
    }

    /** With the exponent 1/2 the singular values are inverted: a wrong exponent would be seen. */
    @Test
    void theExponentCounts() {
        try (FunctionObjective objective = linear(matrix(3, 3, 4, 2, 1));
                Shampoo shampoo = Shampoo.builder(MatrixNets.weight(F64, 3, 3))
                        .learningRate(1)
                        .grafting(Grafting.NONE)
                        .every(1)
                        .exponent(0.5)
                        .build()) {
            assertThat(Points.relativeDistance(step(shampoo, objective), matrix(3, 3, 0.25, 0.5, 1)))
                    .isLessThan(1e-12);
        }
    }

    /** For diagonal matrices the sums are AdaGrad's, with the exponents 1/4 and 1/4 of both sides. */
    @Test
    void ofDiagonalMatricesShampooIsAdaGrad() {
        double[] weights = {2, 0, 0, 0, 0.5, 0, 0, 0, 7};
        try (FunctionObjective objective = new FunctionObjective(
                        F64,
                        9,
                        x -> x.square()
                                .mul(Tensor.constant(F64, Shape.of(9), weights))
                                .sum());
                Shampoo shampoo = Shampoo.builder(MatrixNets.weight(F64, 3, 3))
                        .learningRate(0.3)
                        .betas(0, 1)
                        .grafting(Grafting.NONE)
                        .every(1)
                        .build()) {
            INDArray theta = Points.vector(1.5, 0, 0, 0, -2, 0, 0, 0, 0.8);
            double[] expected = Arena.toDoubles(theta);
            double[] sums = new double[9];
            for (int t = 0; t < 10; t++) {
                shampoo.step(objective, theta);
                for (int i = 0; i < 9; i += 4) {
                    double g = 2 * weights[i] * expected[i];
                    sums[i] += g * g;
                    expected[i] -= 0.3 * g / Math.sqrt(sums[i]);
                }
            }
            assertThat(Points.relativeDistance(Arena.toDoubles(theta), expected))
                    .isLessThan(1e-12);
        }
    }

    // ---- SOAP -------------------------------------------------------------------------------------------------

    /** 0.5 || A W B - T ||^2 for W of shape [3, 4]. */
    private static FunctionObjective leastSquares(double[] a, double[] b) {
        double[] target = matrix(3, 4, 3, 2, 1.5);
        return new FunctionObjective(F64, 12, x -> {
            Tensor product = Tensor.constant(F64, Shape.of(3, 3), a)
                    .matmul(x.reshape(Shape.of(3, 4)))
                    .matmul(Tensor.constant(F64, Shape.of(4, 4), b));
            return product.sub(Tensor.constant(F64, Shape.of(3, 4), target))
                    .square()
                    .mul(0.5)
                    .sum();
        });
    }

    private static double[] identity(int n) {
        return IntStream.range(0, n * n)
                .mapToDouble(i -> i % (n + 1) == 0 ? 1 : 0)
                .toArray();
    }

    /** In the basis of the identity: Adam that leaves out its first gradient and counts from the second. */
    @Test
    void withoutRotationSoapIsAdam() {
        double[] a = matrix(3, 3, 1.2, 0.7, 0.4);
        double[] b = matrix(4, 4, 1.1, 0.9, 0.6, 0.3);
        INDArray theta = Arena.create(F64, Shape.of(12));
        INDArray adam = Arena.create(F64, Shape.of(12));
        INDArray gradient = Arena.create(F64, Shape.of(12));
        INDArray mean = Arena.create(F64, Shape.of(12));
        INDArray square = Arena.create(F64, Shape.of(12));
        try (FunctionObjective objective = leastSquares(a, b);
                Soap soap = soap()) {
            soap.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsOnly(0);
            OptimizerState state = soap.state();
            Map<String, INDArray> vectors = new HashMap<>(state.vectors());
            vectors.put("w.left_basis", Points.vector(identity(3)));
            vectors.put("w.right_basis", Points.vector(identity(4)));
            soap.restore(new OptimizerState(state.steps(), state.numbers(), vectors));
            for (int t = 1; t <= 20; t++) {
                soap.step(objective, theta);
                objective.gradient(adam, Scope.all(), gradient);
                double root = Math.sqrt(1 - Math.pow(0.95, t));
                Elementwise.run(
                        BiasCorrection.atOnce(new Moments(0.9, 0.95, 1e-8 / root), t, 0.01),
                        adam,
                        gradient,
                        mean,
                        square);
                Vectors.axpy(-1, gradient, adam);
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), Arena.toDoubles(adam)))
                        .as("step %d", t)
                        .isLessThan(1e-13);
            }
        }
    }

    private static Soap soap() {
        return Soap.builder(MatrixNets.weight(F64, 3, 4))
                .learningRate(0.01)
                .betas(0.9, 0.95)
                .weightDecay(0)
                .every(1000)
                .build();
    }

    /** W becomes O1 W O2: with eigenvectors as a basis the whole trajectory turns. */
    @Test
    void soapTurnsWithItsProblem() {
        double[] a = matrix(3, 3, 1.2, 0.7, 0.4);
        double[] b = matrix(4, 4, 1.1, 0.9, 0.6, 0.3);
        double[] left = reflection(3, 4.1);
        double[] right = reflection(4, 5.3);
        INDArray theta = Arena.create(F64, Shape.of(12));
        INDArray turned = Arena.create(F64, Shape.of(12));
        // Reflections are their own inverses.
        try (FunctionObjective objective = leastSquares(a, b);
                FunctionObjective other = leastSquares(product(a, left, 3, 3), product(right, b, 4, 4));
                Soap first = turning();
                Soap second = turning()) {
            for (int t = 0; t < 25; t++) {
                first.step(objective, theta);
                second.step(other, turned);
            }
        }
        double[] expected = product(product(left, Arena.toDoubles(theta), 3, 4), right, 3, 4);
        assertThat(Points.relativeDistance(Arena.toDoubles(turned), expected)).isLessThan(1e-10);
        assertThat(Points.relativeDistance(Arena.toDoubles(turned), Arena.toDoubles(theta)))
                .isGreaterThan(0.1);
    }

    private static Soap turning() {
        return Soap.builder(MatrixNets.weight(F64, 3, 4))
                .learningRate(0.05)
                .epsilon(1e-2)
                .every(4)
                .build();
    }

    /** Of an m x n matrix and a matrix of n columns. */
    private static double[] product(double[] a, double[] b, int m, int n) {
        int inner = a.length / m;
        INDArray y = Arena.create(F64, Shape.of(m, n));
        MatrixKernels.gemm(
                        Arena.of(F64, Shape.of(m, inner), a), false, Arena.of(F64, Shape.of(inner, n), b), false, y, 0)
                .run();
        return Arena.toDoubles(y);
    }
}
