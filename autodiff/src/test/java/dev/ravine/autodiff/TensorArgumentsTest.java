package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arguments that cannot be used are refused by errors that name them. */
class TensorArgumentsTest {
    private final Tensor x = Tensor.fill(DType.FLOAT64, Shape.of(2, 3), 1);

    @Test
    void sizesOfReshapesAreRefused() {
        assertThatThrownBy(() -> x.reshape(Long.MAX_VALUE, -1, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContainingAll("[2, 3]", "9223372036854775807", "more elements");
        assertThatThrownBy(() -> x.reshape(-1, -2))
                .isInstanceOf(ShapeException.class)
                .hasMessageContainingAll("[2, 3]", "[-1, -2]", "negative");
    }

    @Test
    void operandsAreCounted() {
        assertThatThrownBy(() -> x.add(x).operand(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("2 operands", "index 2");
    }

    @Test
    void aJacobianNeedsParameters() {
        assertThatThrownBy(() -> new Jacobian(x, List.of()).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[2, 3]", "at least one parameter");
    }
}
