package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
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
    private final Lifetime lifetime;

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
        this.lifetime = new Lifetime("the linearization", shards::close);
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
        lifetime.enter();
        try {
            double sum = 0;
            for (double loss : shards.losses()) {
                sum += loss;
            }
            return sum * scale;
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void gradient(INDArray out) {
        lifetime.enter();
        try {
            Vectors.sum(scale, shards.gradients(), true, out, workers);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void product(Curvature curvature, INDArray v, INDArray out) {
        if (mixesRows && curvature == Curvature.EMPIRICAL_FISHER) {
            throw new UnsupportedOperationException(
                    curvature + " is made of the gradients of single examples, which do not"
                            + " exist where an example's output depends on the others of its batch; use evaluation mode, or"
                            + " another curvature");
        }
        lifetime.enter();
        try {
            Vectors.sum(scale, shards.products(curvature, v), true, out, workers);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
