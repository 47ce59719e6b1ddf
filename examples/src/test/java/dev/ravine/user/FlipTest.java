package dev.ravine.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Linear;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The linear operation of the documentation. */
class FlipTest {
    record Flip() implements Linear {
        @Override
        public Shape infer(Tensor... in) {
            return in[0].shape();
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            Elements from = Elements.of(x);
            Elements to = Elements.of(y);
            return () -> {
                for (int i = 0; i < from.size(); i++) {
                    to.set(i, from.get(from.size() - 1 - i));
                }
            };
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return Tensor.of(this, cotangent);
        }
    }

    @Test
    void keepsTheContract() {
        DerivativeContract.of("flip", in -> Tensor.of(new Flip(), in.get(0)))
                .input(Shape.of(2, 3))
                .check();
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(3), 1, 2, 3);
        assertThat(Arena.toDoubles(Tensor.of(new Flip(), x).value())).containsExactly(3, 2, 1);
    }
}
