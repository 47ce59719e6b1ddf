package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;
import java.util.Arrays;

/** Reshapes each example: [examples, ...] to [examples, sizes...]. The numbers keep their order. */
public final class Unflatten extends Module {
    private final long[] sizes;

    /**
     * Makes a layer.
     *
     * @param sizes the axes of an example, such as height, width and channels
     * @throws IllegalArgumentException if there are none, or one is less than 1
     */
    public Unflatten(long... sizes) {
        if (sizes.length == 0) {
            throw new IllegalArgumentException("unflatten: an example needs at least one axis, found none");
        }
        for (long size : sizes) {
            Check.atLeastOne("unflatten: a size", size);
        }
        this.sizes = sizes.clone();
    }

    /** {@return the axes of an example} */
    public long[] sizes() {
        return sizes.clone();
    }

    @Override
    public Tensor forward(Tensor x) {
        long[] dims = new long[sizes.length + 1];
        dims[0] = x.shape().size(0);
        System.arraycopy(sizes, 0, dims, 1, sizes.length);
        Shape shape = Shape.of(dims);
        if (shape.count() != x.shape().count()) {
            throw new ShapeException("unflatten: " + Arrays.toString(sizes) + " are "
                    + shape.dropping(0).count() + " numbers an example, found " + x.shape());
        }
        return x.reshape(shape);
    }

    @Override
    protected String description() {
        return Arrays.toString(sizes);
    }
}
