package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.PoolingKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What windows over images see: as patches, added up again, and the place of the largest number. */
final class WindowOps {
    private WindowOps() {}

    /** Images [examples, height, width, channels] as patches [examples, out height, out width, window * channels]. */
    record Unfold(Window window) implements Linear {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            return window.outputs(name(), x, x.rank() == 4 ? window.count() * x.size(3) : 0);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return ConvolutionKernels.unfold(x, window, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.fold(window, x.shape().size(1), x.shape().size(2));
        }
    }

    /** The transpose of {@link Unfold}: patches added up to images of a given size. */
    record Fold(Window window, long height, long width) implements Linear {
        @Override
        public Shape infer(Tensor... in) {
            Shape patches = in[0].shape();
            if (patches.rank() != 4 || patches.size(3) % window.count() != 0) {
                throw new ShapeException("fold: needs patches [examples, output height, output width, " + window.count()
                        + " * channels], found " + patches);
            }
            Shape images = Shape.of(patches.size(0), height, width, patches.size(3) / window.count());
            Shape expected = window.outputs(name(), images, patches.size(3));
            if (!patches.equals(expected)) {
                throw new ShapeException("fold: images " + images + " have patches " + expected + " under this window,"
                        + " found " + patches);
            }
            return images;
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return ConvolutionKernels.fold(x, window, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.unfold(window);
        }

        @Override
        public long cost(Tensor y) {
            return y.operand(0).shape().count();
        }
    }

    /** Where each window has its maximum, as line times width plus column; the first of equal ones. */
    record PoolArgmax(Window window) implements ZeroDerivative {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            return window.outputs(name(), x, x.rank() == 4 ? x.size(3) : 0);
        }

        @Override
        public DType dtype(Tensor... in) {
            return DType.INT64;
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return PoolingKernels.argmax(in[0], window, out);
        }

        @Override
        public long cost(Tensor y) {
            return y.shape().count() * window.count();
        }
    }

    /** The largest number of each window: its place, and the number there. */
    static Tensor maxPool(Tensor x, Window window) {
        Tensor places = Tensor.of(new PoolArgmax(window), x);
        Shape images = x.shape();
        Shape outputs = places.shape();
        Tensor flat = x.reshape(Shape.of(images.size(0), images.size(1) * images.size(2), images.size(3)));
        Shape lines = Shape.of(outputs.size(0), outputs.size(1) * outputs.size(2), outputs.size(3));
        return flat.gatherAlong(1, places.reshape(lines)).reshape(outputs);
    }

    /** The mean of each window, as a convolution with equal weights; zeros around the image count or do not. */
    static Tensor averagePool(Tensor x, Window window, boolean countsPadding) {
        long channels = x.shape().rank() == 4 ? x.shape().size(3) : 0;
        window.outputs("avgPool2d", x.shape(), channels);
        Tensor weights = Tensor.fill(
                x.dtype(),
                Shape.of(window.height().size(), window.width().size(), 1, channels),
                countsPadding ? 1.0 / window.count() : 1);
        Tensor sums = x.conv2d(weights, window, channels);
        return countsPadding ? sums : sums.mul(counts(x, window).reciprocal());
    }

    /** How many numbers of the image each window sees. */
    private static Tensor counts(Tensor x, Window window) {
        Tensor ones =
                Tensor.fill(x.dtype(), Shape.of(1, x.shape().size(1), x.shape().size(2), 1), 1);
        Tensor weights = Tensor.fill(
                x.dtype(), Shape.of(window.height().size(), window.width().size(), 1, 1), 1);
        return ones.conv2d(weights, window, 1);
    }
}
