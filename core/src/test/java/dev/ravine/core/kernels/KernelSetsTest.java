package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Window;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class KernelSetsTest {
    private record Named(String name) implements KernelSet {
        @Override
        public Optional<Kernel> convolution(
                ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, long groups, double beta) {
            return Optional.empty();
        }

        @Override
        public Optional<Kernel> product(
                INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
            return Optional.empty();
        }

        @Override
        public Optional<Kernel> tanh(INDArray x, INDArray y) {
            return Optional.empty();
        }
    }

    private static final KernelSet FIRST = new Named("oneDNN 3.11.0");
    private static final KernelSet SECOND = new Named("Other 1");

    @Test
    void theOneSetOnTheClassPathIsUsed() {
        assertThat(KernelSets.choose(List.of(), null)).isEmpty();
        assertThat(KernelSets.choose(List.of(FIRST), null)).contains(FIRST);
    }

    @Test
    void thePropertyChooses() {
        assertThat(KernelSets.choose(List.of(FIRST, SECOND), "other")).contains(SECOND);
        assertThat(KernelSets.choose(List.of(FIRST, SECOND), "onednn")).contains(FIRST);
    }

    @Test
    void severalSetsNeedAChoice() {
        assertThatThrownBy(() -> KernelSets.choose(List.of(FIRST, SECOND), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("several kernel sets are on the class path: onednn, other")
                .hasMessageContaining("choose one with -Dravine.kernels=onednn, or -Dravine.kernels=own");
    }

    @Test
    void aSetThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> KernelSets.choose(List.of(), "onednn"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("-Dravine.kernels=onednn names a kernel set that is not on the class path")
                .hasMessageContaining("oneDNN's is in the artifact ravine-onednn");
    }

    @Test
    void withoutASetTheKernelsAreRavinesOwn() {
        assertThat(KernelSets.name()).isEqualTo("own");
    }
}
