package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.core.data.ExampleWeights;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the shards of a model's objective live and are computed: in threads of this process, or on other machines. A
 * runner computes shards in any order and several at a time, and returns what they add in the order of the shards, as
 * terms of a {@link PairwiseSum}. It may add neighbours itself: the sum has the same bits, so an objective's numbers do
 * not depend on the runner.
 *
 * <p>A runner knows the model, the loss and the data. It gets row numbers, a point and a vector, and returns plain
 * numbers.
 */
public interface ShardRunner extends AutoCloseable {
    /** {@return how many examples the data have} */
    int examples();

    /** {@return a checksum of the data, by which a resumed run knows them; may read all data} */
    long dataChecksum();

    /**
     * {@return the weights of the examples; empty if all count alike, as by default} If there are weights, the losses,
     * gradients, statistics and products of shards are sums of each example's, times its weight. The objective divides
     * them by the sum of the weights, and asks for no examples of weight 0.
     */
    default Optional<ExampleWeights> weights() {
        return Optional.empty();
    }

    /**
     * {@return the model and its loss as text that is equal in every process; empty if it is not known, as by default}
     * Asked for when a run saves or continues.
     */
    default String graphText() {
        return "";
    }

    /**
     * {@return the sizes of shards that this runner can hold}
     *
     * @param wanted the sizes that the settings ask for
     */
    default ShardSizes sizes(ShardSizes wanted) {
        return wanted;
    }

    /** {@return the native memory of shards in this process, in bytes} */
    long bytes();

    /**
     * Evaluates shards.
     *
     * @param request the shards, the point, and what to compute
     * @param gradients receives the gradients, if they are wanted, in the order of shards, a few at a time; must use the
     *     numbers before it returns
     * @param statistics receives the statistics likewise, if one is asked for
     * @return the sum of the losses of each shard's examples
     * @throws NoRowsException if the statistic needs rows that an operation of the model does not name
     */
    double[] evaluate(ShardRequest request, Consumer<List<Term>> gradients, Consumer<List<Term>> statistics);

    /**
     * {@return shards that stay at one point, for products with many vectors}
     *
     * @param request the shards and the point
     */
    Pinned pin(ShardRequest request);

    /**
     * {@return the first operation on the way to loss and gradient that produces an infinity or NaN, with the row of
     * the data; empty if all numbers are finite}
     *
     * @param request the shards and the point
     */
    Optional<String> firstNonFinite(ShardRequest request);

    /**
     * {@return the model's loss over a number of examples, as statistics see it} It holds no data.
     *
     * @param examples how many
     */
    ModelGraph graph(int examples);

    /** {@return whether an example's output depends on the rest of its batch, so that a scope must be one shard} */
    boolean mixesRows();

    /** Called when the module builds other graphs than before: in another mode, or with other parameters frozen. */
    void graphsChanged();

    /** {@return all work so far, in floating-point operations} */
    long executedCost();

    /** {@return the work of one example's value and gradient, in floating-point operations} */
    double gradientCostPerExample();

    /** Returns all memory, and ends what the runner started. */
    @Override
    void close();

    /** Shards that stay at one point, with what does not depend on the vector computed once. */
    interface Pinned extends AutoCloseable {
        /** {@return the loss of each shard, in order} */
        double[] losses();

        /**
         * Computes the gradients of the shards.
         *
         * @param sink receives them in the order of shards, a few at a time; must use the numbers before it returns
         */
        void gradients(Consumer<List<Term>> sink);

        /**
         * Computes the products of the shards' curvature with a vector.
         *
         * @param curvature which matrix
         * @param structural the weight of the matrix of structural damping, which is added; 0 for the matrix alone
         * @param vector of the parameters' size and dtype
         * @param sink receives them in the order of shards, a few at a time; must use the numbers before it returns
         */
        void products(Curvature curvature, double structural, INDArray vector, Consumer<List<Term>> sink);

        /**
         * {@return for each shard, in order, the products v_i' A v_j of vectors through its curvature}
         *
         * @param curvature any matrix but the Hessian
         * @param vectors of the parameters' size and dtype
         */
        List<double[][]> forms(Curvature curvature, List<INDArray> vectors);

        /** Frees the shards for their next use. */
        @Override
        void close();
    }
}
