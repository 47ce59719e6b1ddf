package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over shards that stay at one point. */
public final class ShardedLinearization implements Linearization {
    private final ShardRunner.Pinned shards;
    private final long size;
    private final DType dtype;
    private final double scale;
    private final boolean mixesRows;
    private final Workers workers;
    private boolean closed;

    /**
     * A linearization of the mean loss.
     *
     * @param shards at the point, closed with this
     * @param size the number of parameters
     * @param dtype of the parameters
     * @param examples how many there are in all shards
     * @param mixesRows whether examples depend on one another, so that they have no gradients of their own
     * @param workers which share the adding
     */
    public ShardedLinearization(
            ShardRunner.Pinned shards, long size, DType dtype, int examples, boolean mixesRows, Workers workers) {
        this.shards = shards;
        this.size = size;
        this.dtype = dtype;
        this.scale = 1.0 / examples;
        this.mixesRows = mixesRows;
        this.workers = workers;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public double value() {
        double sum = 0;
        for (double loss : open().losses()) {
            sum += loss;
        }
        return sum * scale;
    }

    @Override
    public void gradient(INDArray out) {
        Check.vector("the memory for the gradient", out, dtype, size);
        Vectors.sum(scale, open().gradients(), true, out, workers);
    }

    @Override
    public void product(Curvature curvature, INDArray v, INDArray out) {
        if (mixesRows && curvature == Curvature.EMPIRICAL_FISHER) {
            throw new UnsupportedOperationException(
                    curvature + " is made of the gradients of single examples, which do not"
                            + " exist where an example's output depends on the others of its batch; use evaluation mode, or"
                            + " another curvature");
        }
        Check.vector("the vector of a product", v, dtype, size);
        Check.vector("the memory for a product", out, dtype, size);
        Vectors.sum(scale, open().products(curvature, v), true, out, workers);
    }

    private ShardRunner.Pinned open() {
        if (closed) {
            throw new IllegalStateException("the linearization is closed");
        }
        return shards;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            shards.close();
        }
    }
}
