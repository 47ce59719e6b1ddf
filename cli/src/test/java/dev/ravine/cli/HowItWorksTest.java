package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Elementwise;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The snippets of docs/how-it-works.md, in its order; {@link DocSnippetsTest} holds the two together. */
class HowItWorksTest {
    record Cube() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.map(x, y, v -> v * v * v);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.square().mul(3);
        }
    }

    @Test
    void aTensorIsANode() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2), 0.5, -1);
        Tensor y = x.tanh().mul(3);

        assertThat(y.op().name()).isEqualTo("scale");
        assertThat(y.operand(0).op().name()).isEqualTo("tanh");
        assertThat(y.operand(0).operand(0)).isSameAs(x);
        assertThat(y.value().getDouble(0)).isCloseTo(3 * Math.tanh(0.5), within(1e-15));
    }

    @Test
    void aTensorIsANodeAgain() {
        INDArray numbers = Arena.of(DType.FLOAT64, Shape.of(1), 2);
        Tensor w = Tensor.variable("w", numbers);
        Tensor square = w.square();
        assertThat(square.scalar()).isEqualTo(4);

        numbers.putScalar(0, 3);
        w.touch();
        assertThatThrownBy(square::scalar).hasMessageContaining("variable 'w'");
        assertThat(w.square().scalar()).isEqualTo(9);
    }

    @Test
    void forward() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(), 2);
        Tensor y = Tensor.of(new Cube(), x);
        Tensor one = Tensor.constant(DType.FLOAT64, Shape.of(), 1);

        Tensor slope = Autodiff.jvp(List.of(y), List.of(x), List.of(one)).get(0);
        assertThat(slope.scalar()).isEqualTo(12); // 3 x^2
    }

    @Test
    void reverse() {
        Tensor a = Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 2);
        Tensor b = Tensor.constant(DType.FLOAT64, Shape.of(2), 3, 4);
        Tensor loss = a.mul(b).add(a).sum();

        assertThat(Arena.toDoubles(Autodiff.gradient(loss, a).value())).containsExactly(4, 5); // b + 1
    }

    @Test
    void reverseAgain() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(), 1);
        Tensor y = Tensor.constant(DType.FLOAT64, Shape.of(), 1);
        Tensor inner = Autodiff.gradient(x.add(y), y);
        assertThat(Autodiff.gradient(x.mul(inner), x).scalar()).isEqualTo(1);
    }

    @Test
    void andAgain() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 2);
        Tensor v = Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 0);
        Tensor f = Tensor.of(new Cube(), x)
                .sum()
                .add(x.slice(0, 0, 1).mul(x.slice(0, 1, 2)).sum());

        Tensor hv = Autodiff.jvp(List.of(Autodiff.gradient(f, x)), List.of(x), List.of(v))
                .get(0);
        assertThat(Arena.toDoubles(hv.value())).containsExactly(6, 1); // [[6 x0, 1], [1, 6 x1]] v
        assertThat(Arena.toDoubles(Autodiff.hvp(f, x, v).value())).containsExactly(6, 1);
    }

    @Test
    void andAgainAgain() {
        DerivativeContract.of("cube", in -> Tensor.of(new Cube(), in.get(0)))
                .input(Shape.of(2, 3))
                .check();
    }

    @Test
    void aProgramReplaysWhatDependsOnItsInputs() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(2));
        Tensor v = Tensor.input("v", DType.FLOAT64, Shape.of(2));
        Tensor out = x.exp().tanh().mul(v);
        try (Program program = Program.of(List.of(x, v), List.of(out))) {
            program.run();
            assertThat(program.executedOps()).isEqualTo(3); // exp, tanh, mul
            program.set(v, Arena.of(DType.FLOAT64, Shape.of(2), 1, 2));
            program.run();
            assertThat(program.executedOps()).isEqualTo(4); // mul alone
        }
    }

    @Test
    void aLinearizationMultipliesManyVectorsAtOnePoint() {
        INDArray flat = Arena.of(DType.FLOAT64, Shape.of(2), 0.3, -0.2);
        Tensor w = Tensor.variable("w", flat);
        Tensor outputs = w.mul(w).tanh();
        Tensor loss = outputs.exp().sum();
        try (GraphLinearization at = GraphLinearization.of(loss, outputs, List.of(w))) {
            INDArray v = Arena.of(DType.FLOAT64, Shape.of(2), 1, 1);
            INDArray hv = Arena.create(DType.FLOAT64, Shape.of(2));
            at.hessian(v, hv);
            long first = at.executedOps(Curvature.HESSIAN);
            at.hessian(v, hv);
            long second = at.executedOps(Curvature.HESSIAN) - first;
            assertThat(second).isLessThan(first);
        }
    }

    @Test
    void gaussnewtonAndFisherAreJMJ() {
        Tensor w = Tensor.constant(DType.FLOAT64, Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
        Tensor v = Tensor.constant(DType.FLOAT64, Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(1, 3), 0.1, 0.2, 0.3);
        Tensor outputs = x.matmul(w).tanh();
        Tensor loss = outputs.logSumExp(1).sum();

        Tensor jv = Autodiff.jvp(List.of(outputs), List.of(w), List.of(v)).get(0);
        Tensor hjv = Autodiff.hvp(loss, outputs, jv);
        Tensor gv = Autodiff.vjp(List.of(outputs), List.of(w), List.of(hjv)).get(0);
        assertThat(Arena.toDoubles(
                        Autodiff.gaussNewtonVector(loss, outputs, w, v).value()))
                .containsExactly(Arena.toDoubles(gv.value()), within(1e-15));
    }

    @Test
    void oneFlatVector() {
        var net = new Sequential(new Linear(3, 4), Activation.tanh(), new Linear(4, 2));
        ParameterVector theta = net.initialize(DType.FLOAT64, 1);
        assertThat(theta.size()).isEqualTo(3 * 4 + 4 + 4 * 2 + 2);
        assertThat(net.namedParameters().keySet()).containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
    }
}
