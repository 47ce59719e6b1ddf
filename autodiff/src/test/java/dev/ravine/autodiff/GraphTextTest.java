package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GraphTextTest {
    private static String text(UnaryOperator<Tensor> f) {
        Tensor x = Tensor.variable("x", Arena.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
        return GraphText.of(f.apply(x));
    }

    private static Tensor noise(Tensor x, long seed, double rate) {
        return Tensor.noise("mask", x.dtype(), x.shape(), seed, (out, from, to, rng) -> {
            for (int i = from; i < to; i++) {
                out.set(i, rng.nextDouble() < rate ? 0 : 1);
            }
        });
    }

    @Test
    void namesEachOperationWithItsSettings() {
        assertThat(text(x -> x.tanh().mul(0.5).sum(1)))
                .isEqualTo("#0 variable 'x' [2, 3] FLOAT64; #1 tanh of #0 [2, 3] FLOAT64;"
                        + " #2 Scale(a=0.5) of #1 [2, 3] FLOAT64; #3 Sum(axes=[1], divisor=1) of #2 [2, 1] FLOAT64;"
                        + " #4 Reshape(shape=[2]) of #3 [2] FLOAT64");
    }

    @Test
    void equalGraphsHaveEqualTextAndOthersDoNot() {
        List<UnaryOperator<Tensor>> graphs = List.of(
                Tensor::tanh,
                Tensor::relu,
                x -> x.mul(2.0),
                x -> x.mul(2.0000000000000004),
                x -> x.add(Tensor.constant(DType.FLOAT64, Shape.of(3), 1, 2, 3)),
                x -> x.add(Tensor.constant(DType.FLOAT64, Shape.of(3), 1, 2, 4)),
                x -> x.mul(noise(x, 1, 0.1)),
                x -> x.mul(noise(x, 2, 0.1)),
                x -> x.mul(noise(x, 1, 0.3)),
                x -> x.detach(),
                x -> x.sub(x.tanh()),
                x -> x.tanh().sub(x));
        assertThat(graphs.stream().map(GraphTextTest::text)).doesNotHaveDuplicates();
        graphs.forEach(graph -> assertThat(text(graph)).isEqualTo(text(graph)).doesNotContain("Lambda"));
    }
}
