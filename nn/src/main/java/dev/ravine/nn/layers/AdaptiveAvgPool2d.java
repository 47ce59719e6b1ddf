package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;

/**
 * Images [examples, height, width, channels] of any size as images of one size. As in PyTorch, line i of n is the mean
 * of the lines from floor(i height / n) to ceil((i + 1) height / n), the last one excluded, and columns likewise. With
 * size 1 x 1 it is the mean of each channel (global average pooling); {@link Flatten} then gives [examples, channels].
 */
public final class AdaptiveAvgPool2d extends Module {
    private final long height;
    private final long width;

    /**
     * Makes a layer.
     *
     * @param height lines of the output, at least 1
     * @param width columns of the output, at least 1
     * @throws IllegalArgumentException if one is less than 1
     */
    public AdaptiveAvgPool2d(long height, long width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "adaptiveAvgPool2d: the output must have at least 1 x 1, found " + height + " x " + width);
        }
        this.height = height;
        this.width = width;
    }

    /** {@return the mean of each channel, as images of 1 x 1} */
    public static AdaptiveAvgPool2d global() {
        return new AdaptiveAvgPool2d(1, 1);
    }

    /** {@return lines of the output} */
    public long height() {
        return height;
    }

    /** {@return columns of the output} */
    public long width() {
        return width;
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.size(1) < 1 || shape.size(2) < 1) {
            throw new ShapeException(
                    "adaptiveAvgPool2d: needs images [examples, height, width, channels] of at least 1 x" + " 1, found "
                            + shape);
        }
        if (height == 1 && width == 1) {
            return x.meanKeeping(1, 2);
        }
        long examples = shape.size(0);
        long columns = shape.size(2);
        long channels = shape.size(3);
        Tensor lines = means(x.dtype(), height, shape.size(1))
                .matmul(x.reshape(Shape.of(examples, shape.size(1), columns * channels)));
        return means(x.dtype(), width, columns)
                .matmul(lines.reshape(Shape.of(examples * height, columns, channels)))
                .reshape(Shape.of(examples, height, width, channels));
    }

    /** The matrix [outputs, inputs] that takes the mean of each output's part of the inputs. */
    private static Tensor means(DType dtype, long outputs, long inputs) {
        double[] weights = new double[Math.toIntExact(outputs * inputs)];
        for (long i = 0; i < outputs; i++) {
            long from = i * inputs / outputs;
            long to = ((i + 1) * inputs + outputs - 1) / outputs;
            for (long j = from; j < to; j++) {
                weights[(int) (i * inputs + j)] =
                        dtype == DType.FLOAT32 ? (float) (1.0 / (to - from)) : 1.0 / (to - from);
            }
        }
        return Tensor.constant(dtype, Shape.of(outputs, inputs), weights);
    }
}
