package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class JacobianTest {
    /** Outputs of shape [3, 2] from a matrix and a vector, through products and a nonlinearity. */
    private static final class Net {
        private final Tensor w;
        private final Tensor b;
        private final Tensor outputs;
        private final int n;
        private final int m;

        Net(DType dtype) {
            w = Tensor.input("w", dtype, Shape.of(4, 2));
            b = Tensor.input("b", dtype, Shape.of(2));
            Tensor x = Tensor.constant(random(dtype, 12, 1)).reshape(3, 4);
            outputs = x.matmul(w).add(b).tanh().mul(b);
            n = 10;
            m = 6;
        }

        Jacobian jacobian() {
            return new Jacobian(outputs, List.of(w, b));
        }
    }

    private static INDArray random(DType dtype, int size, long seed) {
        INDArray array = Arena.create(dtype, Shape.of(size));
        Rng rng = new Rng(seed);
        Elements out = Elements.of(array);
        for (int i = 0; i < size; i++) {
            out.set(i, rng.nextGaussian() * 0.5);
        }
        return array;
    }

    private static INDArray zeros(DType dtype, long... shape) {
        return Arena.create(dtype, Shape.of(shape));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void columnsAreThoseOfReverseMode(DType dtype) {
        Net net = new Net(dtype);
        INDArray theta = random(dtype, net.n, 2);
        INDArray value = zeros(dtype, net.m);
        INDArray columns = zeros(dtype, net.n, net.m);
        Tensor u = Tensor.input("u", dtype, net.outputs.shape());
        List<Tensor> rows = Autodiff.vjp(List.of(net.outputs), List.of(net.w, net.b), List.of(u));
        double precision = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
        try (Jacobian jacobian = net.jacobian();
                Program program = Program.builder()
                        .inputs(
                                List.of(net.w, net.b),
                                List.of(
                                        Arena.view(theta, 0, net.w.shape()),
                                        Arena.view(theta, net.w.shape().count(), net.b.shape())))
                        .input(u)
                        .output(rows.get(0))
                        .output(rows.get(1))
                        .output(net.outputs)
                        .build()) {
            jacobian.at(theta, value, columns);
            double[] found = Arena.toDoubles(columns);
            Elements unit = Elements.of(program.memory(u));
            for (int k = 0; k < net.m; k++) {
                unit.set(k, 1);
                program.changed(u);
                program.run();
                unit.set(k, 0);
                for (int i = 0; i < net.n; i++) {
                    double expected = i < 8
                            ? Elements.of(program.memory(rows.get(0))).get(i)
                            : Elements.of(program.memory(rows.get(1))).get(i - 8);
                    assertThat(found[i * net.m + k]).isCloseTo(expected, within(precision));
                }
            }
            assertThat(Arena.toDoubles(value)).containsExactly(Arena.toDoubles(program.memory(net.outputs)));
        }
    }

    @Test
    void columnsAreDifferenceQuotientsAtEveryPoint() {
        Net net = new Net(DType.FLOAT64);
        INDArray columns = zeros(DType.FLOAT64, net.n, net.m);
        INDArray unused = zeros(DType.FLOAT64, net.n, net.m);
        INDArray ahead = zeros(DType.FLOAT64, net.m);
        INDArray behind = zeros(DType.FLOAT64, net.m);
        try (Jacobian jacobian = net.jacobian()) {
            for (int point = 0; point < 3; point++) {
                INDArray theta = random(DType.FLOAT64, net.n, 10 + point);
                jacobian.at(theta, ahead, columns);
                double[] found = Arena.toDoubles(columns);
                Elements at = Elements.of(theta);
                for (int i = 0; i < net.n; i++) {
                    double before = at.get(i);
                    at.set(i, before + 1e-5);
                    jacobian.at(theta, ahead, unused);
                    at.set(i, before - 1e-5);
                    jacobian.at(theta, behind, unused);
                    at.set(i, before);
                    for (int k = 0; k < net.m; k++) {
                        double quotient =
                                (Elements.of(ahead).get(k) - Elements.of(behind).get(k)) / 2e-5;
                        assertThat(found[i * net.m + k]).isCloseTo(quotient, within(1e-9));
                    }
                }
            }
        }
    }

    @Test
    void knownDerivativesAndAParameterThatDoesNotMatter() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(2));
        Tensor idle = Tensor.input("idle", DType.FLOAT64, Shape.of());
        try (Jacobian jacobian = new Jacobian(x.square(), List.of(x, idle))) {
            INDArray value = zeros(DType.FLOAT64, 2);
            INDArray columns = zeros(DType.FLOAT64, 3, 2);
            jacobian.at(Arena.of(DType.FLOAT64, Shape.of(3), 3, -5, 7), value, columns);
            assertThat(Arena.toDoubles(value)).containsExactly(9, 25);
            assertThat(Arena.toDoubles(columns)).containsExactly(new double[] {6, 0, 0, -10, 0, 0}, within(1e-15));
        }
    }

    @Test
    void ofALinearFunctionTheColumnsAreTheMatrix() {
        double[] a = {1, 2, 3, 4, 5, 6};
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(3, 1));
        Tensor y = Tensor.constant(DType.FLOAT64, Shape.of(2, 3), a).matmul(x);
        try (Jacobian jacobian = new Jacobian(y, List.of(x))) {
            INDArray columns = zeros(DType.FLOAT64, 3, 2);
            jacobian.at(zeros(DType.FLOAT64, 3), zeros(DType.FLOAT64, 2), columns);
            assertThat(Arena.toDoubles(columns)).containsExactly(1, 4, 2, 5, 3, 6);
        }
    }

    @Test
    void theWorkIsCounted() {
        Net net = new Net(DType.FLOAT64);
        INDArray theta = random(DType.FLOAT64, net.n, 2);
        INDArray value = zeros(DType.FLOAT64, net.m);
        INDArray columns = zeros(DType.FLOAT64, net.n, net.m);
        try (Jacobian jacobian = net.jacobian()) {
            assertThat(jacobian.executedCost()).isZero();
            jacobian.at(theta, value, columns);
            long once = jacobian.executedCost();
            assertThat(once).isPositive();
            jacobian.at(random(DType.FLOAT64, net.n, 3), value, columns);
            assertThat(jacobian.executedCost()).isEqualTo(2 * once);
        }
    }

    @Test
    void shapesMustFit() {
        Net net = new Net(DType.FLOAT64);
        INDArray theta = zeros(DType.FLOAT64, net.n);
        INDArray value = zeros(DType.FLOAT64, net.m);
        INDArray columns = zeros(DType.FLOAT64, net.n, net.m);
        try (Jacobian jacobian = net.jacobian()) {
            for (INDArray wrong : new INDArray[] {
                zeros(DType.FLOAT64, net.m, net.n), zeros(DType.FLOAT64, 60), zeros(DType.FLOAT32, net.n, net.m)
            }) {
                assertThatThrownBy(() -> jacobian.at(theta, value, wrong))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("6 outputs and 10 parameters")
                        .hasMessageContaining("FLOAT64 columns of [10, 6]");
            }
            assertThatThrownBy(() -> jacobian.at(zeros(DType.FLOAT64, 9), value, columns))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> jacobian.at(theta, zeros(DType.FLOAT32, net.m), columns))
                    .isInstanceOf(ShapeException.class);
        }
    }

    /** The tangent of a sum is the direction itself: an input of the program that is also its output. */
    @Test
    void theJacobianOfAShiftIsTheIdentity() {
        Tensor x = Tensor.constant(random(DType.FLOAT64, 3, 1));
        double[] identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        List<Tensor> outputs = List.of(x, x.add(5), x.sub(2), x.add(x.filled(3)), x.reshape(3, 1), x.mul(1));
        for (Tensor y : outputs) {
            assertThat(Arena.toDoubles(Jacobian.dense(y, x))).as("%s", y).containsExactly(identity);
        }
        Tensor wide = x.broadcastTo(Shape.of(2, 3)).sum(0);
        assertThat(Arena.toDoubles(Jacobian.dense(wide, x))).containsExactly(2, 0, 0, 0, 2, 0, 0, 0, 2);
        assertThat(Arena.toDoubles(Jacobian.dense(x.slice(0, 1, 2), x))).containsExactly(0, 1, 0);
        Tensor square = x.square().sum().mul(0.5);
        assertThat(Arena.toDoubles(Jacobian.denseHessian(square, x))).containsExactly(identity);
    }

    @Test
    void aPlannedJacobianOfTheParametersIsTheIdentity() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(2));
        for (Tensor y : List.of(x, x.add(5))) {
            try (Jacobian jacobian = new Jacobian(y, List.of(x))) {
                INDArray value = zeros(DType.FLOAT64, 2);
                INDArray columns = zeros(DType.FLOAT64, 2, 2);
                jacobian.at(Arena.of(DType.FLOAT64, Shape.of(2), 3, -5), value, columns);
                assertThat(Arena.toDoubles(columns)).containsExactly(1, 0, 0, 1);
                assertThat(value.getDouble(1)).isEqualTo(y == x ? -5 : 0);
            }
        }
    }
}
