package dev.ravine.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.ContractViolation;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Sequential;
import org.junit.jupiter.api.Test;

/** The layers of the documentation, written by a user who sees public names only. */
class LayersTest {
    /**
     * A convolution along one axis with a window of 3, without padding: [cases, length, in] to [cases, length - 2,
     * out].
     */
    private static final class Convolution extends Module {
        private final Parameter kernel;

        Convolution(long in, long out) {
            kernel = parameter("kernel", Initializer.kaimingNormal(), Fans.kernel(3, in, out), 3, in, out);
        }

        @Override
        public Tensor forward(Tensor x) {
            long length = x.shape().size(1) - 2;
            Tensor windows =
                    Tensor.concat(2, x.slice(1, 0, length), x.slice(1, 1, length + 1), x.slice(1, 2, length + 2));
            return windows.matmul(kernel.tensor().reshape(-1, kernel.shape().size(2)));
        }
    }

    @Test
    void aConvolutionMadeOfOtherOperationsKeepsTheContract() {
        Convolution layer = new Convolution(2, 4);
        assertThat(layer.namedParameters().get("kernel").fans()).isEqualTo(new Fans(6, 12));
        ModuleContract.of(() -> new Convolution(2, 4), Shape.of(2, 5, 2)).check();
    }

    /** Subtracts the batch's mean in training. */
    private static class Centred extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return isTraining() ? x.sub(x.meanKeeping(0)) : x;
        }
    }

    /** The same, which says that it mixes rows. */
    private static final class Centering extends Centred {
        @Override
        public boolean rowsMix() {
            return isTraining();
        }
    }

    @Test
    void aLayerThatMixesRowsHasToSaySo() {
        assertThatThrownBy(() -> ModuleContract.of(Centred::new, Shape.of(3, 2)).check())
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("Centred in training mode")
                .hasMessageContaining("rowsMix() must return true");
        ModuleContract.of(Centering::new, Shape.of(3, 2)).check();
        assertThat(new Sequential(new Centering()).firstMixing()).contains("Sequential.0");
    }
}
