package dev.ravine.core.kernels;

import dev.ravine.core.Window;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels of another library that replace Ravine's own where they are faster. A set is a service: a jar on the class
 * path names its class in {@code META-INF/services/dev.ravine.core.kernels.KernelSet}, and {@link KernelSets} finds it.
 *
 * <p>Each method may decline, and then Ravine's own kernel runs. What a set offers must keep the contract of the
 * kernel that it replaces: the same treatment of infinities and NaN, errors within the same bound, the same bits from
 * run to run on any thread, no further threads, and no allocation of Java objects in a run. Whoever binds a kernel
 * holds its arrays while it runs, and closes it.
 */
public interface KernelSet {
    /** {@return name and version, as reports show them} */
    String name();

    /**
     * {@return a kernel that computes one tensor of a convolution from the other two, as {@link ConvolutionKernels}
     * says; or empty}
     *
     * @param role which of the tensors is the result
     * @param x images, not empty
     * @param w weights, not empty
     * @param y outputs, not empty
     * @param window how the weights move over the images
     * @param groups the number of groups of channels that do not meet
     * @param beta 0 to overwrite the result, 1 to add to it
     */
    Optional<Kernel> convolution(
            ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, long groups, double beta);

    /**
     * {@return the kernel y = op(a) op(b) + beta y, as {@link MatrixKernels#gemm} says; or empty}
     *
     * @param a matrix, m x k, or k x m if transposed; not empty
     * @param transposeA whether op(a) is a's transpose
     * @param b matrix, k x n, or n x k if transposed; not empty
     * @param transposeB whether op(b) is b's transpose
     * @param y result, m x n, not empty
     * @param beta 0 to overwrite y, 1 to add to it
     */
    Optional<Kernel> product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta);

    /**
     * {@return the kernel y = tanh x, or empty}
     *
     * @param x input, not empty
     * @param y result, which may be the input
     */
    Optional<Kernel> tanh(INDArray x, INDArray y);
}
