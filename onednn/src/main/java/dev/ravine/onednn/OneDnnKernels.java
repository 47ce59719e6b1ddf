package dev.ravine.onednn;

import dev.ravine.core.DType;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionRole;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.KernelSet;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The kernels of oneDNN that are faster than Ravine's own and as exact: convolutions, products of matrices, and tanh.
 * Its other functions of one number are not offered: its logistic function is off by up to 4.4 units in the last place,
 * its exponential function of NaN is infinity, and its gelu of an infinity is NaN.
 */
public final class OneDnnKernels implements KernelSet {
    /** With fewer channels than this, derivatives by the images are faster as matrix products. */
    private static final int FEW_CHANNELS = 8;

    /** Products of at most this many multiply-adds are faster in OpenBLAS, which has kernels for small matrices. */
    private static final long SMALL_PRODUCT = 1_000_000;

    /** With fewer columns than this, a row of the result does not fill a vector register. */
    private static final int FEW_COLUMNS = 8;

    /** Derivatives by weights, from fewer examples than this, are not faster, as their inputs are not in the cache. */
    private static final int FEW_EXAMPLES = 128;

    /**
     * Loads the library, and tests it once.
     *
     * @throws IllegalStateException if it cannot be loaded, or computes wrong numbers on this processor
     */
    public OneDnnKernels() {
        OneDnn.load();
        SelfTest.require();
    }

    @Override
    public String name() {
        return "oneDNN " + OneDnn.version();
    }

    @Override
    public Optional<Kernel> convolution(
            ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, long groups, double beta) {
        boolean hasFewChannels = role == ConvolutionRole.IMAGES && x.size(3) / groups < FEW_CHANNELS;
        if (DType.of(x) != DType.FLOAT32 || window.isIdentity() || groups > 1 || hasFewChannels) {
            return Optional.empty();
        }
        return Optional.of(Convolution.of(role, x, w, y, window, beta != 0));
    }

    @Override
    public Optional<Kernel> product(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        long work = a.length() * y.size(1);
        boolean isNarrow = y.size(0) == 1 || y.size(1) < FEW_COLUMNS;
        boolean isOverFew = transposeA && a.size(0) < FEW_EXAMPLES;
        if (DType.of(y) != DType.FLOAT32 || work <= SMALL_PRODUCT || isNarrow || isOverFew) {
            return Optional.empty();
        }
        return Optional.of(Product.of(a, transposeA, b, transposeB, y, beta != 0));
    }

    @Override
    public Optional<Kernel> tanh(INDArray x, INDArray y) {
        return DType.of(x) == DType.FLOAT32 ? Optional.of(Tanh.of(x, y)) : Optional.empty();
    }
}
