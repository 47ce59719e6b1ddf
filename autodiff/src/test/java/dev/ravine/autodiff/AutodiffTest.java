package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AutodiffTest {
    private static Tensor scalar(double value) {
        return Tensor.constant(DType.FLOAT64, Shape.of(), value);
    }

    private static Tensor vector(double... values) {
        return Tensor.constant(DType.FLOAT64, Shape.of(values.length), values);
    }

    private static Tensor random(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        Rng rng = new Rng(seed);
        return Tensor.constant(
                DType.FLOAT64,
                shape,
                DoubleStream.generate(rng::nextGaussian).limit(shape.count()).toArray());
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    /** f(x, y) = (1 - x)^2 + 100 (y - x^2)^2. */
    private static Tensor rosenbrock(Tensor v) {
        Tensor x = v.slice(0, 0, 1);
        Tensor y = v.slice(0, 1, 2);
        return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)).sum();
    }

    @Test
    void gradientAndHessianOfRosenbrockAreTheClosedForms() {
        double x = -1.2;
        double y = 1;
        Tensor v = vector(x, y);
        Tensor f = rosenbrock(v);
        assertThat(numbers(Autodiff.gradient(f, v)))
                .containsExactly(new double[] {-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)}, within(1e-10));
        assertThat(Arena.toDoubles(Jacobian.denseHessian(f, v)))
                .containsExactly(new double[] {2 - 400 * (y - 3 * x * x), -400 * x, -400 * x, 200}, within(1e-10));
    }

    @Test
    void jacobianIsTheSameFromColumnsAndFromRows() {
        Tensor a = random(1, 3, 4);
        Tensor wide = random(2, 4);
        Tensor tall = random(3, 2);
        // y = A x: the Jacobian is A, from rows; and x -> outer(x, b): from columns.
        assertThat(Arena.toDoubles(Jacobian.dense(a.matmul(wide.reshape(4, 1)).reshape(3), wide)))
                .containsExactly(numbers(a), within(1e-14));
        Tensor outer = tall.reshape(2, 1).mul(vector(5, 7, 9));
        assertThat(Arena.toDoubles(Jacobian.dense(outer, tall))).containsExactly(5, 0, 7, 0, 9, 0, 0, 5, 0, 7, 0, 9);
        assertThat(Jacobian.dense(outer, tall).shape()).containsExactly(2, 3, 2);
    }

    @Test
    void fifthDerivativeOfAPowerByNestingEitherWay() {
        Tensor x = scalar(1.3);
        Tensor forward = x.pow(5);
        Tensor reverse = x.pow(5);
        for (int i = 0; i < 5; i++) {
            forward = Autodiff.jvp(List.of(forward), List.of(x), List.of(scalar(1)))
                    .get(0);
            reverse = Autodiff.gradient(reverse, x);
        }
        assertThat(forward.scalar()).isCloseTo(120, within(1e-9));
        assertThat(reverse.scalar()).isCloseTo(120, within(1e-9));
    }

    @Test
    void hessianVectorProductsAgreeInAllFourMixesOfModes() {
        Tensor x = random(1, 5);
        Tensor v = random(2, 5);
        Tensor f = x.tanh().mul(x.exp()).sum().square();
        Tensor forwardOverReverse = Autodiff.hvp(f, x, v);
        Tensor slope = Autodiff.jvp(List.of(f), List.of(x), List.of(v)).get(0);
        Tensor reverseOverForward = Autodiff.gradient(slope, x);
        Tensor reverseOverReverse =
                Autodiff.gradient(Autodiff.gradient(f, x).mul(v).sum(), x);
        assertThat(numbers(reverseOverForward)).containsExactly(numbers(forwardOverReverse), within(1e-10));
        assertThat(numbers(reverseOverReverse)).containsExactly(numbers(forwardOverReverse), within(1e-10));
        double curvature =
                Autodiff.jvp(List.of(slope), List.of(x), List.of(v)).get(0).scalar();
        assertThat(curvature).isCloseTo(v.mul(forwardOverReverse).sum().scalar(), within(1e-10));
    }

    @Test
    void nestedDerivativesDoNotConfuseTheirVariables() {
        // d/dx [ x * d/dy (x + y) ] = 1, where confusing the two tangents gives 2.
        Tensor x = scalar(1);
        Tensor y = scalar(1);
        Tensor inner =
                Autodiff.jvp(List.of(x.add(y)), List.of(y), List.of(scalar(1))).get(0);
        Tensor outer = Autodiff.jvp(List.of(x.mul(inner)), List.of(x), List.of(scalar(1)))
                .get(0);
        assertThat(outer.scalar()).isEqualTo(1);
    }

    @Test
    void gaussNewtonIsTheProductOfItsThreeMatrices() {
        Tensor w = random(1, 3, 2);
        Tensor v = random(2, 3, 2);
        Tensor x = random(3, 4, 3);
        Tensor outputs = x.matmul(w).tanh();
        Tensor loss = outputs.logSumExp(1).add(outputs.square().sum(1)).sum();
        double[] product = numbers(Autodiff.gaussNewtonVector(loss, outputs, w, v));
        Tensor jacobian = Tensor.constant(Jacobian.dense(outputs, w)).reshape(8, 6);
        Tensor hessian = Tensor.constant(Jacobian.denseHessian(loss, outputs)).reshape(8, 8);
        Tensor direct = jacobian.matmul(hessian.matmul(jacobian.matmul(v.reshape(6, 1))), true, false);
        assertThat(product).containsExactly(numbers(direct), within(1e-12));
    }

    @Test
    void gaussNewtonRefusesALossOnOtherOutputs() {
        Tensor w = random(1, 3);
        Tensor loss = w.tanh().sum();
        assertThatThrownBy(() -> Autodiff.gaussNewtonVector(loss, w.tanh(), w, w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was not built from the outputs");
    }

    @Test
    void namedTensorsAreIndependentEvenWhenOneIsMadeOfTheOther() {
        Tensor x = scalar(3);
        Tensor z = x.square();
        Tensor f = z.mul(x);
        List<Tensor> partial = Autodiff.gradient(f, List.of(x, z));
        assertThat(partial.get(0).scalar()).isEqualTo(9); // z held fixed
        assertThat(partial.get(1).scalar()).isEqualTo(3);
        assertThat(Autodiff.gradient(f, x).scalar()).isEqualTo(27); // through z as well
        Tensor forward = Autodiff.jvp(List.of(f), List.of(x, z), List.of(scalar(2), scalar(5)))
                .get(0);
        assertThat(forward.scalar()).isEqualTo(9 * 2 + 3 * 5);
    }

    @Test
    void sharedTensorsCollectAllTheirUses() {
        Tensor w = scalar(2);
        Tensor f = w.mul(w).mul(w).add(w);
        assertThat(Autodiff.gradient(f, w).scalar()).isEqualTo(13);
        assertThat(Autodiff.hvp(f, w, scalar(1)).scalar()).isEqualTo(12);
    }

    @Test
    void whatTheLossDoesNotUseHasZeroDerivatives() {
        Tensor x = random(1, 3);
        Tensor unused = random(2, 2, 2);
        Tensor f = x.square().sum();
        assertThat(numbers(Autodiff.gradient(f, unused))).containsOnly(0).hasSize(4);
        assertThat(numbers(
                        Autodiff.hvp(f, List.of(x, unused), List.of(x, unused)).get(1)))
                .containsOnly(0)
                .hasSize(4);
        assertThat(numbers(Autodiff.gradient(f.detach(), x))).containsOnly(0);
        assertThat(numbers(Autodiff.gradient(x.mul(x.detach()).sum(), x))).containsExactly(numbers(x));
    }

    @Test
    void ruleOfTheMaximumSharesTies() {
        Tensor x = vector(1, 3, 3, 2);
        assertThat(numbers(Autodiff.gradient(x.max(), x))).containsExactly(0, 0.5, 0.5, 0);
        Tensor y = vector(1, 2, 3, 4);
        assertThat(numbers(Autodiff.gradient(x.maximum(y).sum(), x))).containsExactly(0.5, 1, 0.5, 0);
    }

    @Test
    void derivativesAtLargeArgumentsStayFinite() {
        Tensor x = vector(-1e4, -800, 0, 800, 1e4);
        for (Tensor f : List.of(x.softplus(), x.logSoftmax(), x.softmax(), x.sigmoid(), x.tanh(), x.elu(1), x.silu())) {
            assertThat(numbers(f)).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
            assertThat(DoubleStream.of(numbers(Autodiff.gradient(f.sum(), x)))).allMatch(Double::isFinite);
            assertThat(DoubleStream.of(numbers(Autodiff.hvp(f.sum(), x, x.filled(1)))))
                    .allMatch(Double::isFinite);
        }
    }

    /** s(x) s(-x) and s(x) s(-x) (s(-x) - s(x)) by mpmath with 50 digits, for the logistic function s. */
    @Test
    void higherDerivativesOfSoftplusKeepTheirDigits() {
        double[][] cases = {
            {9.5, 7.484062555283866e-5, -7.482942247586434e-5},
            {37, 8.533047625744065e-17, -8.533047625744063e-17},
            {200, 1.383896526736738e-87, -1.383896526736738e-87}
        };
        for (double[] c : cases) {
            Tensor x = vector(c[0]);
            Tensor second =
                    Autodiff.gradient(Autodiff.gradient(x.softplus().sum(), x).sum(), x);
            assertThat(numbers(second)[0]).isCloseTo(c[1], withinPercentage(1e-12));
            assertThat(numbers(Autodiff.gradient(second.sum(), x))[0]).isCloseTo(c[2], withinPercentage(1e-12));
        }
    }

    @Test
    void errorsNameTheOpAndTheShapes() {
        Tensor a = random(1, 2, 3);
        assertThatThrownBy(() -> a.matmul(a))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("matMul")
                .hasMessageContaining("[2, 3] times [2, 3]");
        assertThatThrownBy(() -> a.add(random(1, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("add")
                .hasMessageContaining("[2, 3] and [4]");
        assertThatThrownBy(() -> a.add(Tensor.constant(DType.FLOAT32, Shape.of(3), 1, 2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("FLOAT64 [2, 3] and FLOAT32 [3]");
        assertThatThrownBy(() -> a.add(Tensor.fill(DType.FLOAT32, Shape.of(3), 0)))
                .hasMessageContaining("FLOAT64 [2, 3] and FLOAT32 [3]");
        assertThatThrownBy(() -> Tensor.fill(DType.FLOAT32, Shape.of(3), 0).add(a))
                .hasMessageContaining("FLOAT32 [3] and FLOAT64 [2, 3]");
        assertThatThrownBy(() -> a.reshape(4, 2)).hasMessageContaining("6 elements, but [4, 2] has 8");
        assertThatThrownBy(() -> a.reshape(1, 2, 3).transpose())
                .hasMessage("transpose: needs a matrix, found shape [1, 2, 3]; use permute");
        assertThatThrownBy(() -> a.sum(2)).hasMessageContaining("axis 2 does not exist in shape [2, 3]");
        assertThatThrownBy(() -> a.slice(1, 2, 5)).hasMessageContaining("[2, 5) is not inside axis 1");
        assertThatThrownBy(() -> a.gather(a)).hasMessageContaining("indices must be INT64");
        assertThatThrownBy(() -> Tensor.fill(DType.FLOAT64, Shape.of(0, 2), 1).max(0))
                .hasMessageContaining("empty axis 0");
        assertThatThrownBy(() -> Autodiff.gradient(a, a)).hasMessageContaining("the loss must have one element");
        assertThatThrownBy(() -> Autodiff.jvp(List.of(a), List.of(a), List.of(random(1, 3))))
                .hasMessageContaining("direction 0 is constant 'constant' [3] FLOAT64");
        Tensor labels = Tensor.constant(Arena.ofIntegers(0, 7));
        assertThatThrownBy(() -> labels.oneHot(3, DType.FLOAT64).value())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("index 7 at position 1 is outside of 0..2");
    }
}
