package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions of images [examples, height, width, channels] with weights [rows, columns, channels / groups, outputs],
 * as functions of each two of the three tensors of
 *
 * <pre>{@code
 * T(x, w, y) = sum of x[n, s p + d k - b, c] w[k, c, f] y[n, p, f]
 * }</pre>
 *
 * <p>with output positions p, window places k, stride s, dilation d, padding b, and c within f's group. Patches of some
 * positions are copied out, multiplied by OpenBLAS, and forgotten: memory is 1 MB a thread, whatever the batch. A
 * window of one place is a product without copies. If every channel is a group of its own, plain loops run over the
 * channels.
 *
 * <p>The result is none of the inputs.
 */
public final class ConvolutionKernels {
    static {
        ProductSelfTest.require();
    }

    private ConvolutionKernels() {}

    /**
     * {@return the kernel y = dT/dy + beta y, the convolution of images}
     *
     * @param x images
     * @param w weights
     * @param window how the weights move over the images
     * @param groups the number of groups of channels that do not meet
     * @param beta 0 to overwrite y, 1 to add to it
     * @param y result, [examples, output height, output width, outputs]
     */
    public static Kernel outputs(INDArray x, INDArray w, Window window, long groups, double beta, INDArray y) {
        return of(ConvolutionRole.OUTPUTS, x, w, y, window, groups, beta);
    }

    /**
     * {@return the kernel x = dT/dx + beta x, which hands outputs back to the images}
     *
     * @param y [examples, output height, output width, outputs]
     * @param w weights
     * @param window how the weights move over the images
     * @param groups the number of groups of channels that do not meet
     * @param beta 0 to overwrite x, 1 to add to it
     * @param x result, images
     */
    public static Kernel images(INDArray y, INDArray w, Window window, long groups, double beta, INDArray x) {
        return of(ConvolutionRole.IMAGES, x, w, y, window, groups, beta);
    }

    /**
     * {@return the kernel w = dT/dw + beta w, which sums over examples and positions}
     *
     * @param x images
     * @param y [examples, output height, output width, outputs]
     * @param window how the weights move over the images
     * @param groups the number of groups of channels that do not meet
     * @param beta 0 to overwrite w, 1 to add to it
     * @param w result, weights
     */
    public static Kernel weights(INDArray x, INDArray y, Window window, long groups, double beta, INDArray w) {
        return of(ConvolutionRole.WEIGHTS, x, w, y, window, groups, beta);
    }

    private static Kernel of(
            ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, long groups, double beta) {
        requireFit(x, w, y, window, groups);
        INDArray result = switch (role) {
            case OUTPUTS -> y;
            case IMAGES -> x;
            case WEIGHTS -> w;
        };
        if (x.isEmpty() || w.isEmpty() || y.isEmpty()) {
            return beta == 0 && !result.isEmpty() ? LayoutKernels.fill(result, 0) : () -> {};
        }
        Optional<Kernel> faster = KernelSets.kernel(set -> set.convolution(role, x, w, y, window, groups, beta));
        return new HeldKernel(faster.orElseGet(() -> own(role, x, w, y, window, groups, beta)), x, w, y);
    }

    private static void requireFit(INDArray x, INDArray w, INDArray y, Window window, long groups) {
        Fit.oneFloatingType("a convolution of images, weights and outputs", x, w, y);
        Fit.rank("a convolution", "weights", w, 4);
        Fit.shape("a convolution", "outputs", y, window.outputs("a convolution", Shape.of(x), w.size(-1)));
        if (groups < 1 || x.size(3) % groups != 0 || w.size(-1) % groups != 0) {
            throw new ShapeException("a convolution: " + groups + " groups do not divide the " + x.size(3)
                    + " channels of images " + Shape.of(x) + " and the " + w.size(-1) + " outputs of weights "
                    + Shape.of(w));
        }
        Shape weights = Shape.of(window.height().size(), window.width().size(), x.size(3) / groups, w.size(-1));
        Fit.shape("a convolution of images " + Shape.of(x), "weights", w, weights);
    }

    private static Kernel own(
            ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, long groups, double beta) {
        boolean isDepthwise = groups == x.size(3) && groups == y.size(3) && groups > 1;
        return isDepthwise
                ? new DepthwiseConvolution(role, x, w, y, window, beta)
                : new PatchProducts(role, x, w, y, window, Math.toIntExact(groups), beta);
    }

    /**
     * {@return the kernel that copies out what each window sees} Places outside of the image are zeros.
     *
     * @param x images
     * @param window how it moves over the images
     * @param patches result, [examples, output height, output width, window rows * window columns * channels]
     */
    public static Kernel unfold(INDArray x, Window window, INDArray patches) {
        requireFit("unfold", x, window, patches);
        if (x.isEmpty()) {
            return patches.isEmpty() ? () -> {} : LayoutKernels.fill(patches, 0);
        }
        ImageWindows windows = new ImageWindows(Shape.of(x), window);
        NativeNumbers image = NativeNumbers.of(Elements.of(x));
        NativeNumbers result = NativeNumbers.of(Elements.of(patches));
        Patches cut = new Patches(windows, DType.of(x).bytes(), windows.channels);
        return new HeldKernel(() -> cut.unfold(image, 0, windows.positions(), 0, result), x, patches);
    }

    private static void requireFit(String kernel, INDArray x, Window window, INDArray patches) {
        Fit.oneFloatingType(kernel + " of images and patches", x, patches);
        Fit.rank(kernel, "images", x, 4);
        long taps = window.height().size() * window.width().size();
        Fit.shape(kernel, "patches", patches, window.outputs(kernel, Shape.of(x), taps * x.size(3)));
    }

    /**
     * {@return the kernel that adds up what each window saw, the transpose of {@link #unfold}}
     *
     * @param patches [examples, output height, output width, window rows * window columns * channels]
     * @param window how it moves over the images
     * @param x result, images
     */
    public static Kernel fold(INDArray patches, Window window, INDArray x) {
        requireFit("fold", x, window, patches);
        if (patches.isEmpty()) {
            return x.isEmpty() ? () -> {} : LayoutKernels.fill(x, 0);
        }
        ImageWindows windows = new ImageWindows(Shape.of(x), window);
        NativeNumbers from = NativeNumbers.of(Elements.of(patches));
        NativeNumbers image = NativeNumbers.of(Elements.of(x));
        Patches cut = new Patches(windows, DType.of(x).bytes(), windows.channels);
        Kernel sum = () -> {
            image.zero(0, image.size());
            cut.fold(from, 0, windows.positions(), 0, image);
        };
        return new HeldKernel(sum, patches, x);
    }
}
