package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over shards that stay at one point. */
public final class ShardedLinearization implements Linearization {
    private final ShardRunner.Pinned shards;
    private final long size;
    private final DType dtype;
    private final ShardRequest request;
    private final boolean mixesRows;
    private final SumMemory memory;
    private final Lifetime lifetime;

    /**
     * A linearization of the mean loss.
     *
     * @param shards at the point, closed with this
     * @param request that they were made for
     * @param mixesRows whether examples depend on one another, so that they have no gradients of their own
     * @param memory for the adding
     */
    public ShardedLinearization(ShardRunner.Pinned shards, ShardRequest request, boolean mixesRows, SumMemory memory) {
        this.shards = shards;
        this.size = request.theta().length();
        this.dtype = DType.of(request.theta());
        this.request = request;
        this.mixesRows = mixesRows;
        this.memory = memory;
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
            return request.mean(PairwiseSum.of(shards.losses()));
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void gradient(INDArray out) {
        Check.vector("the memory for the gradient", out, dtype, size);
        lifetime.enter();
        try {
            sum(out, shards::gradients);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void product(Curvature curvature, INDArray v, INDArray out) {
        product(curvature, 0, v, out);
    }

    @Override
    public void product(Curvature curvature, double structural, INDArray v, INDArray out) {
        requireExamples(curvature);
        Check.vector("the vector of a product", v, dtype, size);
        Check.vector("the memory for a product", out, dtype, size);
        lifetime.enter();
        try {
            sum(out, sink -> shards.products(curvature, structural, v, sink));
        } finally {
            lifetime.exit();
        }
    }

    private void sum(INDArray out, Consumer<Consumer<List<Term>>> terms) {
        try (PairwiseSum sum = PairwiseSum.into(out, memory)) {
            terms.accept(sum);
            sum.finish();
        }
    }

    /** {@inheritDoc} Only the Hessian takes products. */
    @Override
    public double[][] forms(Curvature curvature, List<INDArray> vectors) {
        Check.noNulls("the vectors", vectors);
        if (!curvature.isThroughOutputs()) {
            return Linearization.super.forms(curvature, vectors);
        }
        requireExamples(curvature);
        return lifetime.during(() -> mean(shards.forms(curvature, vectors), vectors.size()));
    }

    private double[][] mean(List<double[][]> parts, int n) {
        double[][] sum = new double[n][n];
        for (double[][] part : parts) {
            for (int i = 0; i < sum.length; i++) {
                for (int j = 0; j < sum.length; j++) {
                    sum[i][j] += part[i][j];
                }
            }
        }
        for (double[] row : sum) {
            Arrays.setAll(row, j -> request.mean(row[j]));
        }
        return sum;
    }

    private void requireExamples(Curvature curvature) {
        if (mixesRows && curvature == Curvature.EMPIRICAL_FISHER) {
            throw new UnsupportedOperationException(
                    curvature + " is made of the gradients of single examples, which do not exist where an example's"
                            + " output depends on the others of its batch; use evaluation mode, or another"
                            + " curvature");
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
