package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArctangentTest {
    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 0.3, -1, 2.5, -40, 1e6})
    void valueAndDerivativesAreThoseOfTheArctangent(double at) {
        Tensor x = Tensor.variable("x", Arena.of(DType.FLOAT64, Shape.of(1), at));
        Tensor y = Arctangent.of(x);
        Tensor slope = Autodiff.gradient(y.sum(), List.of(x)).get(0);
        Tensor bend = Autodiff.gradient(slope.sum(), List.of(x)).get(0);
        double d = 1 / (1 + at * at);
        assertThat(y.sum().scalar()).isCloseTo(Math.atan(at), within(1e-15 * Math.max(1, Math.abs(at))));
        assertThat(slope.sum().scalar()).isCloseTo(d, within(1e-14));
        assertThat(bend.sum().scalar()).isCloseTo(-2 * at * d * d, within(1e-14));
    }
}
