package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionKernels;
import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The three bilinear functions that come from the form T(x, w, y) of {@link ConvolutionKernels}: the convolution dT/dy,
 * and its transposes dT/dx and dT/dw. The transposes of each are the other two, so derivatives of any order are made of
 * these three. A transposed convolution is dT/dx with y as its input.
 */
final class ConvolutionOps {
    private ConvolutionOps() {}

    /** What the three have in common: images x, weights w [rows, columns, channels / groups, outputs], outputs y. */
    private interface Convolution extends AddableProduct {
        Window window();

        long groups();

        /** Multiply-adds for each output: the places of a window times the channels of a group. */
        static long cost(Window window, Shape weights, Shape outputs) {
            return 2 * outputs.count() * window.count() * weights.size(2);
        }

        /** The first axis counts examples, unless it is that of the weights, or is summed over. */
        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            boolean isFirst = i == 0 && in.areWithinFirst(y.operand(0).shape());
            return in.count() == 1 || isFirst ? in : in.mixed();
        }

        /** dT/dx for images of some shape. */
        default Tensor handedBack(Tensor outputs, Tensor weights, Shape images) {
            return Tensor.of(new ConvInput(window(), groups(), images.size(1), images.size(2)), outputs, weights);
        }

        default void requireWeights(Shape weights, long channels) {
            boolean isKernel = weights.rank() == 4
                    && weights.size(0) == window().height().size()
                    && weights.size(1) == window().width().size();
            if (!isKernel) {
                throw new ShapeException(
                        name() + ": a window of " + window().height().size() + " x "
                                + window().width().size() + " needs weights ["
                                + window().height().size() + ", "
                                + window().width().size() + ", channels / groups, outputs], found " + weights);
            }
            boolean divides = groups() > 0 && channels % groups() == 0 && weights.size(3) % groups() == 0;
            if (!divides) {
                throw new ShapeException(name() + ": " + groups() + " groups do not divide " + channels
                        + " channels and " + weights.size(3)
                        + " outputs; choose a number of groups that divides both");
            }
            if (weights.size(2) * groups() != channels) {
                throw new ShapeException(name() + ": images of " + channels + " channels in " + groups()
                        + " groups need weights with " + channels / groups() + " channels, found " + weights
                        + "; the layout is [rows, columns, channels / groups, outputs], and images have their channels"
                        + " last");
            }
        }

        default void requireOutputs(Shape outputs, Shape expected, Shape images) {
            if (!outputs.equals(expected)) {
                throw new ShapeException(
                        name() + ": images " + images + " have outputs " + expected + ", found " + outputs);
            }
        }
    }

    /** y = dT/dy: the convolution of images with weights. */
    record Conv(Window window, long groups) implements Convolution {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            Shape w = in[1].shape();
            Shape outputs = window.outputs(name(), x, w.rank() == 4 ? w.size(3) : 0);
            requireWeights(w, x.size(3));
            return outputs;
        }

        @Override
        public Kernel kernel(INDArray x, INDArray w, double beta, INDArray y) {
            return ConvolutionKernels.outputs(x, w, window, groups, beta, y);
        }

        @Override
        public Tensor transposeFirst(Tensor c, Tensor x, Tensor w) {
            return handedBack(c, w, x.shape());
        }

        @Override
        public Tensor transposeSecond(Tensor c, Tensor x, Tensor w) {
            return Tensor.of(new ConvWeight(window, groups), x, c);
        }

        /** Patches meet the weights. */
        @Override
        public Rows rows(Tensor y, int i, Tensor cotangent) {
            return i == 1 ? patchRows(window, groups, y.operand(0), cotangent) : null;
        }

        @Override
        public long cost(Tensor y) {
            return Convolution.cost(window, y.operand(1).shape(), y.shape());
        }
    }

    /** x = dT/dx: outputs handed back to images of a given size. */
    record ConvInput(Window window, long groups, long height, long width) implements Convolution {
        @Override
        public Shape infer(Tensor... in) {
            Shape y = in[0].shape();
            Shape w = in[1].shape();
            if (y.rank() != 4) {
                throw new ShapeException(name() + ": needs outputs [examples, height, width, outputs], found " + y);
            }
            long channels = w.rank() == 4 ? w.size(2) * groups : 0;
            requireWeights(w, channels);
            Shape images = Shape.of(y.size(0), height, width, channels);
            requireOutputs(y, window.outputs(name(), images, w.size(3)), images);
            return images;
        }

        @Override
        public Kernel kernel(INDArray y, INDArray w, double beta, INDArray x) {
            return ConvolutionKernels.images(y, w, window, groups, beta, x);
        }

        @Override
        public Tensor transposeFirst(Tensor c, Tensor y, Tensor w) {
            return Tensor.of(new Conv(window, groups), c, w);
        }

        @Override
        public Tensor transposeSecond(Tensor c, Tensor y, Tensor w) {
            return Tensor.of(new ConvWeight(window, groups), c, y);
        }

        /** The rows of y meet the weights, and patches of the cotangent come back. */
        @Override
        public Rows rows(Tensor x, int i, Tensor cotangent) {
            if (i == 0) {
                return null;
            }
            Rows ofConvolution = patchRows(window, groups, cotangent, x.operand(0));
            Tensor patches = ofConvolution.inputs();
            Tensor met = ofConvolution.cotangents();
            return new Rows(met, patches, true);
        }

        @Override
        public long cost(Tensor x) {
            return Convolution.cost(window, x.operand(1).shape(), x.operand(0).shape());
        }
    }

    /** w = dT/dw: summed over examples and positions. */
    record ConvWeight(Window window, long groups) implements Convolution {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            Shape y = in[1].shape();
            Shape outputs = window.outputs(name(), x, y.rank() == 4 ? y.size(3) : 0);
            requireOutputs(y, outputs, x);
            Shape weights = Shape.of(
                    window.height().size(), window.width().size(), groups > 0 ? x.size(3) / groups : 0, y.size(3));
            requireWeights(weights, x.size(3));
            return weights;
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y, double beta, INDArray w) {
            return ConvolutionKernels.weights(x, y, window, groups, beta, w);
        }

        @Override
        public Tensor transposeFirst(Tensor c, Tensor x, Tensor y) {
            return handedBack(y, c, x.shape());
        }

        @Override
        public Tensor transposeSecond(Tensor c, Tensor x, Tensor y) {
            return Tensor.of(new Conv(window, groups), x, c);
        }

        @Override
        public Examples examples(Tensor w, int i, Examples in) {
            return in.count() == 1 ? in : in.mixed();
        }

        @Override
        public long cost(Tensor w) {
            return Convolution.cost(window, w.shape(), w.operand(1).shape());
        }
    }

    /**
     * Rows whose products add up to the derivative by the weights: the patch of each position, and the outputs there.
     * With groups, a position has a row for each group, which holds the group's outputs and zeros for the others.
     */
    private static Rows patchRows(Window window, long groups, Tensor images, Tensor outputs) {
        long f = outputs.shape().size(3);
        long positions = outputs.shape().count() / Math.max(1, f);
        long channels = images.shape().size(3) / groups;
        Tensor patches = images.unfold(window);
        if (groups == 1) {
            return new Rows(
                    patches.reshape(Shape.of(positions, window.count() * channels)),
                    outputs.reshape(Shape.of(positions, f)),
                    false);
        }
        Tensor apart = patches.reshape(Shape.of(positions, window.count(), groups, channels))
                .permute(0, 2, 1, 3)
                .reshape(Shape.of(positions * groups, window.count() * channels));
        double[] ones = new double[(int) (groups * f)];
        for (int j = 0; j < f; j++) {
            ones[(int) (j * groups / f * f + j)] = 1;
        }
        Tensor own = Tensor.constant(outputs.dtype(), Shape.of(groups, f), ones);
        Tensor spread = outputs.reshape(Shape.of(positions, 1, f)).mul(own).reshape(Shape.of(positions * groups, f));
        return new Rows(apart, spread, false);
    }
}
