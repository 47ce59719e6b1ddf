package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class EvaluationTest {
    private final INDArray array = Arena.of(DType.FLOAT64, Shape.of(2), 1, 2);
    private final Tensor w = Tensor.variable("w", array);

    @Test
    void valuesAreComputedOnce() {
        Tensor noise = Tensor.noise(
                "noise", DType.FLOAT64, Shape.of(), 1, (out, from, to, rng) -> out.set(from, rng.nextDouble()));
        Tensor y = w.add(noise);
        assertThat(Arena.toDoubles(y.value())).isEqualTo(Arena.toDoubles(y.value()));
        INDArray first = Evaluation.of(y);
        assertThat(Evaluation.of(y)).isSameAs(first);
    }

    @Test
    void aValueBelongsToItsCaller() {
        Tensor y = w.exp();
        Vectors.fill(y.value(), 7);
        assertThat(y.value().getDouble(0)).isEqualTo(Math.exp(1));
        INDArray source = Arena.of(DType.FLOAT64, Shape.of(1), 3);
        Tensor constant = Tensor.constant(source);
        Vectors.fill(source, 7);
        assertThat(constant.scalar()).isEqualTo(3);
    }

    @Test
    void oldNumbersAreNeverMixedWithNewOnes() {
        Tensor y = w.square();
        Tensor untouched = Tensor.constant(DType.FLOAT64, Shape.of(2), 5, 6).square();
        assertThat(Arena.toDoubles(y.value())).containsExactly(1, 4);
        assertThat(untouched.value()).isNotNull();
        Vectors.fill(array, 3);
        w.touch();
        assertThatThrownBy(y::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("square [2] FLOAT64")
                .hasMessageContaining("variable 'w'");
        assertThatThrownBy(() -> y.add(w).value()).isInstanceOf(IllegalStateException.class);
        assertThat(Arena.toDoubles(w.square().value())).containsExactly(9, 9);
        assertThat(Arena.toDoubles(untouched.value())).containsExactly(25, 36);
    }

    @Test
    void anInputHasNoValueOfItsOwn() {
        Tensor x = Tensor.input("pixels", DType.FLOAT32, Shape.of(2));
        assertThatThrownBy(() -> x.exp().value())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("input 'pixels' [2] FLOAT32");
        assertThat(x.exp()).hasToString("exp [2] FLOAT32");
    }

    @Test
    void aTensorPrintsItsNumbers() {
        assertThat(w.mul(2).toString())
                .contains("scale [2] FLOAT64")
                .contains("2")
                .contains("4");
        assertThat(w.toString()).contains("variable 'w' [2] FLOAT64");
    }

    @Test
    void aVeryDeepGraphIsNoProblem() {
        Tensor y = w;
        for (int i = 0; i < 20_000; i++) {
            y = y.add(1);
        }
        assertThat(Arena.toDoubles(y.value())).containsExactly(20_001, 20_002);
        assertThat(Arena.toDoubles(Autodiff.gradient(y.sum(), w).value())).containsExactly(1, 1);
    }

    @Test
    void onlyVariablesChange() {
        assertThatThrownBy(() -> w.exp().touch()).hasMessageContaining("exp is no variable");
        assertThatThrownBy(() -> Tensor.variable(
                        "t",
                        Arena.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
                                .transpose()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dense row-major");
    }
}
