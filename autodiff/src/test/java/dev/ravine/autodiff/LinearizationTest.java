package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LinearizationTest {
    private static final int CASES = 6;

    /** A tanh net with softmax cross-entropy, mean over cases. */
    private static final class Net {
        private final INDArray flat;
        private final List<Tensor> parameters = new ArrayList<>();
        private final Tensor outputs;
        private final Tensor loss;

        Net(int... widths) {
            int layers = widths.length - 1;
            int size = 0;
            for (int l = 0; l < layers; l++) {
                size += (widths[l] + 1) * widths[l + 1];
            }
            flat = random(1, size);
            Tensor h = Tensor.constant(random(2, (long) CASES * widths[0])).reshape(CASES, widths[0]);
            long offset = 0;
            for (int l = 0; l < layers; l++) {
                Tensor w = Tensor.variable("w" + l, Arena.view(flat, offset, Shape.of(widths[l], widths[l + 1])));
                offset += w.shape().count();
                Tensor b = Tensor.variable("b" + l, Arena.view(flat, offset, Shape.of(widths[l + 1])));
                offset += b.shape().count();
                parameters.add(w);
                parameters.add(b);
                h = h.matmul(w).add(b);
                h = l < layers - 1 ? h.tanh() : h;
            }
            outputs = h;
            Tensor targets = Tensor.constant(Arena.ofIntegers(0, 1, 2, 0, 1, 2)).oneHot(widths[layers], DType.FLOAT64);
            loss = outputs.logSoftmax(1).mul(targets).sum().mul(-1.0 / CASES);
        }
    }

    private static INDArray random(long seed, long size) {
        INDArray array = Arena.create(DType.FLOAT64, Shape.of(size));
        Rng rng = new Rng(seed);
        for (int i = 0; i < size; i++) {
            array.putScalar(i, rng.nextGaussian() * 0.5);
        }
        return array;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void matrixProductsAreAsFewAsTheoryAllows(int layers) {
        int[] widths = new int[layers + 1];
        java.util.Arrays.setAll(widths, i -> i == layers ? 3 : 4 + i);
        Net net = new Net(widths);
        List<Tensor> directions = net.parameters.stream()
                .map(p -> Tensor.input("v", p.dtype(), p.shape()))
                .toList();
        try (Program gradient = Program.of(net.parameters, Autodiff.gradient(net.loss, net.parameters));
                Program hvp = along(directions, Autodiff.hvp(net.loss, net.parameters, directions));
                Program gnv = along(
                        directions, Autodiff.gaussNewtonVector(net.loss, net.outputs, net.parameters, directions))) {
            assertThat(gradient.plannedOps(LinearizationTest::isProduct)).isEqualTo(3 * layers - 1);
            assertThat(hvp.plannedOps(LinearizationTest::isProduct, directions.get(0)))
                    .isEqualTo(6 * layers - 4);
            assertThat(gnv.plannedOps(LinearizationTest::isProduct, directions.get(0)))
                    .isEqualTo(4 * layers - 2);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STRUCTURAL")
    void formsAreProductsOfVectorsThroughTheMatrix(Curvature curvature) {
        Net net = new Net(4, 5, 3);
        try (GraphLinearization linearization = GraphLinearization.builder(net.loss, net.parameters)
                .outputs(net.outputs)
                .meanOver(CASES)
                .build()) {
            int size = (int) linearization.size();
            List<INDArray> vectors = List.of(random(3, size), random(4, size), random(5, size));
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(size));
            linearization.gradient(gradient);
            double[] before = Arena.toDoubles(gradient);
            double[][] forms = linearization.forms(curvature, vectors);
            INDArray product = Arena.create(DType.FLOAT64, Shape.of(size));
            for (int j = 0; j < 3; j++) {
                linearization.product(curvature, vectors.get(j), product);
                for (int i = 0; i < 3; i++) {
                    double expected = Vectors.dot(vectors.get(i), product);
                    assertThat(forms[i][j]).isCloseTo(expected, within(1e-13 * Math.max(1, Math.abs(expected))));
                }
            }
            linearization.gradient(gradient);
            assertThat(Arena.toDoubles(gradient)).containsExactly(before);
            // Elsewhere they are those of the other point.
            INDArray theta = random(6, size);
            linearization.moveTo(theta);
            double[][] moved = linearization.forms(curvature, vectors);
            linearization.product(curvature, vectors.get(0), product);
            assertThat(moved[0][0]).isCloseTo(Vectors.dot(vectors.get(0), product), within(1e-12));
            assertThat(moved[0][0]).isNotCloseTo(forms[0][0], within(1e-6));
        }
    }

    @Test
    void formsTakeTwoProductsALayerAndShareTheActivations() {
        Net net = new Net(40, 50, 30, 3);
        try (GraphLinearization linearization = GraphLinearization.builder(net.loss, net.parameters)
                .outputs(net.outputs)
                .build()) {
            INDArray v = random(3, linearization.size());
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(linearization.size()));
            linearization.forms(Curvature.GAUSS_NEWTON, List.of(v));
            linearization.moveTo(random(6, linearization.size()));
            linearization.gradient(gradient);
            long before = linearization.executedCost();
            linearization.forms(Curvature.GAUSS_NEWTON, List.of(v));
            long cost = linearization.executedCost() - before;
            // Two products with each weight, but one with the first: the data have no tangent.
            long products = 2L * CASES * (40 * 50 + 2 * 50 * 30 + 2 * 30 * 3);
            assertThat(cost).isBetween(products, products + products / 10);
        }
    }

    private static boolean isProduct(Computation op) {
        return op instanceof MatrixOps.MatMul || op instanceof AddableProduct.PlusProduct;
    }

    private static Program along(List<Tensor> directions, List<Tensor> products) {
        return Program.builder()
                .inputs(directions, null)
                .outputs(products, null)
                .build();
    }

    @Test
    void aSecondProductRecomputesNothingThatDoesNotDependOnItsVector() {
        Net net = new Net(5, 7, 6, 3);
        try (GraphLinearization at = GraphLinearization.of(net.loss, net.outputs, net.parameters)) {
            INDArray v = random(3, at.size());
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(at.size()));
            for (Curvature curvature : List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON)) {
                at.product(curvature, v, out);
                long first = at.executedOps(curvature);
                at.product(curvature, v, out);
                long second = at.executedOps(curvature) - first;
                at.product(curvature, v, out);
                long third = at.executedOps(curvature) - first - second;
                assertThat(second).isEqualTo(third).isLessThan(first);
                assertThat(second).isEqualTo(at.dependentOps(curvature, false));
            }
        }
    }

    /** Of tanh's second derivative in reverse, -2 h h' d, only the product with the moving h' is left for each vector. */
    @Test
    void aHessianProductOfATanhLayerMultipliesThreeTimesAndAddsOnce() {
        Tensor x = Tensor.constant(random(1, 4).reshape(2, 2));
        Tensor w = Tensor.variable("w", random(2, 6).reshape(2, 3));
        Tensor u = Tensor.variable("u", random(3, 6).reshape(3, 2));
        Tensor loss = x.matmul(w).tanh().matmul(u).square().sum();
        Tensor v = Tensor.input("v", DType.FLOAT64, w.shape());
        Tensor product = Autodiff.hvp(loss, w, v);
        try (Program program = Program.of(List.of(v), List.of(product))) {
            assertThat(program.plannedOps(op -> op instanceof BinaryOps.Mul, v)).isEqualTo(3);
            assertThat(program.plannedOps(op -> op instanceof BinaryOps.Add, v)).isEqualTo(1);
            assertThat(program.plannedOps(op -> op instanceof UnaryOps.Neg, v)).isZero();
            assertThat(program.plannedOps(op -> op instanceof UnaryOps.Scale, v))
                    .isEqualTo(1); // of the square
        }
    }

    @Test
    void productsAreThoseOfTheDenseMatrices() {
        Net net = new Net(3, 4, 3);
        try (GraphLinearization at = GraphLinearization.builder(net.loss, net.parameters)
                .outputs(net.outputs)
                .meanOver(CASES)
                .build()) {
            int n = (int) at.size();
            double[][] hessian = dense(at, Curvature.HESSIAN);
            double[][] gaussNewton = dense(at, Curvature.GAUSS_NEWTON);
            double[][] fisher = dense(at, Curvature.FISHER);
            double[][] empirical = dense(at, Curvature.EMPIRICAL_FISHER);
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(n));
            at.gradient(gradient);
            double h = 1e-5;
            for (int j = 0; j < n; j++) {
                INDArray plus = gradientAt(net, j, h);
                INDArray minus = gradientAt(net, j, -h);
                for (int i = 0; i < n; i++) {
                    double difference = (plus.getDouble(i) - minus.getDouble(i)) / (2 * h);
                    assertThat(hessian[i][j]).isCloseTo(difference, within(1e-8));
                    assertThat(hessian[i][j]).isCloseTo(hessian[j][i], within(1e-14));
                    assertThat(gaussNewton[i][j]).isCloseTo(gaussNewton[j][i], within(1e-14));
                    assertThat(fisher[i][j]).isEqualTo(gaussNewton[i][j]);
                }
            }
            double[][] outer = meanOfSquaredGradients(net, n);
            for (int i = 0; i < n; i++) {
                assertThat(empirical[i]).containsExactly(outer[i], within(1e-13));
            }
        }
    }

    private static double[][] dense(Linearization at, Curvature curvature) {
        int n = (int) at.size();
        double[][] matrix = new double[n][n];
        INDArray e = Arena.create(DType.FLOAT64, Shape.of(n));
        INDArray column = Arena.create(DType.FLOAT64, Shape.of(n));
        for (int j = 0; j < n; j++) {
            Vectors.fill(e, 0);
            e.putScalar(j, 1);
            at.product(curvature, e, column);
            for (int i = 0; i < n; i++) {
                matrix[i][j] = column.getDouble(i);
            }
        }
        return matrix;
    }

    private static INDArray gradientAt(Net net, int j, double h) {
        try (GraphLinearization at =
                GraphLinearization.builder(net.loss, net.parameters).build()) {
            INDArray theta = Arena.copyOf(net.flat);
            theta.putScalar(j, theta.getDouble(j) + h);
            at.moveTo(theta);
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            at.gradient(out);
            return out;
        }
    }

    private static double[][] meanOfSquaredGradients(Net net, int n) {
        double[][] sum = new double[n][n];
        for (int c = 0; c < CASES; c++) {
            Tensor one = net.outputs.slice(0, c, c + 1);
            Tensor loss = one.logSoftmax(1).slice(1, c % 3, c % 3 + 1).sum().neg();
            try (GraphLinearization at = GraphLinearization.of(loss, net.parameters)) {
                INDArray g = Arena.create(DType.FLOAT64, Shape.of(n));
                at.gradient(g);
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        sum[i][j] += g.getDouble(i) * g.getDouble(j) / CASES;
                    }
                }
            }
        }
        return sum;
    }

    @Test
    void thePointIsFixedWhateverHappensToTheParameters() {
        Net net = new Net(3, 4, 3);
        try (GraphLinearization at = GraphLinearization.of(net.loss, net.outputs, net.parameters)) {
            INDArray v = random(3, at.size());
            INDArray before = Arena.create(DType.FLOAT64, Shape.of(at.size()));
            INDArray after = Arena.create(DType.FLOAT64, Shape.of(at.size()));
            at.hessian(v, before);
            double value = at.value();
            Vectors.scale(2, net.flat);
            net.parameters.forEach(Tensor::touch);
            at.hessian(v, after);
            assertThat(Arena.toDoubles(after)).isEqualTo(Arena.toDoubles(before));
            assertThat(at.value()).isEqualTo(value);
            at.moveTo(net.flat);
            at.hessian(v, after);
            assertThat(at.value()).isNotEqualTo(value);
            assertThat(Arena.toDoubles(after)).isNotEqualTo(Arena.toDoubles(before));
        }
    }

    @Test
    void dataCanBeReplaced() {
        Tensor w = Tensor.variable("w", random(1, 3));
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(3));
        Tensor loss = w.mul(x).sum().square();
        try (GraphLinearization at =
                GraphLinearization.builder(loss, List.of(w)).inputs(x).build()) {
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(3));
            INDArray ones = Arena.of(DType.FLOAT64, Shape.of(3), 1, 1, 1);
            at.set(x, ones);
            at.hessian(ones, out);
            assertThat(Arena.toDoubles(out)).containsExactly(6, 6, 6);
            at.set(x, Arena.of(DType.FLOAT64, Shape.of(3), 1, 0, 2));
            at.hessian(ones, out);
            assertThat(Arena.toDoubles(out)).containsExactly(6, 0, 12);
        }
    }

    @Test
    void productsCreateNoArray() {
        Net net = new Net(5, 7, 3);
        try (GraphLinearization at = GraphLinearization.of(net.loss, net.outputs, net.parameters)) {
            INDArray v = random(3, at.size());
            at.gaussNewton(v, v);
            at.hessian(v, v);
            long before = Arena.create(DType.FLOAT32, Shape.of(1)).getId();
            for (int i = 0; i < 20; i++) {
                at.gaussNewton(v, v);
                at.hessian(v, v);
            }
            assertThat(Arena.create(DType.FLOAT32, Shape.of(1)).getId() - before)
                    .isEqualTo(1);
        }
    }

    @Test
    void productsSayWhatIsMissing() {
        Net net = new Net(3, 2);
        try (GraphLinearization at = GraphLinearization.of(net.loss, net.outputs, net.parameters)) {
            INDArray v = random(3, at.size());
            assertThatThrownBy(() -> at.product(Curvature.EMPIRICAL_FISHER, v, v))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("meanOver(examples)");
        }
        try (GraphLinearization at = GraphLinearization.of(net.loss, net.parameters)) {
            INDArray v = random(3, at.size());
            assertThatThrownBy(() -> at.gaussNewton(v, v))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("pass them to GraphLinearization.of(loss, outputs, parameters)");
        }
    }
}
