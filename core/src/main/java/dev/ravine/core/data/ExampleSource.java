package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples as a computation needs them: what one example looks like, and copies of chosen rows. A {@link DataSet} is
 * one whose rows are all in memory; another one may hold some of the rows only.
 */
public interface ExampleSource {
    /** {@return the number of examples, at least 1; row numbers are below it} */
    int size();

    /** {@return the dtype of all numbers that are not integers} */
    DType dtype();

    /** {@return the dtype of the features} */
    DType featureType();

    /** {@return the dtype of the targets; {@link DType#INT64} for labels and tokens} */
    DType targetType();

    /** {@return the shape of one example} */
    Shape featureShape();

    /** {@return the shape of one target; a scalar for labels} */
    Shape targetShape();

    /** {@return whether the targets are class labels: one integer for each example} */
    boolean hasLabels();

    /**
     * {@return the number of classes}
     *
     * @throws IllegalStateException if the targets are not labels
     */
    int classes();

    /**
     * Requires that the targets are class labels.
     *
     * @throws IllegalStateException if they are not
     */
    default void requireLabels() {
        if (!hasLabels()) {
            throw new IllegalStateException("the targets are numbers of shape " + targetShape() + ", not labels: there"
                    + " are no classes; ask hasLabels() first");
        }
    }

    /** {@return the weights of all examples; empty if all count alike} */
    Optional<ExampleWeights> weights();

    /** {@return whether examples have weights; by default, whether {@link #weights()} says so} */
    default boolean hasWeights() {
        return weights().isPresent();
    }

    /**
     * {@return how many neighbouring rows are best visited close to one another; 1 if the order does not matter} Mini-
     * batches follow it ({@link Batches#Batches(int, int, long, int)}).
     */
    default int block() {
        return 1;
    }

    /** {@return a checksum of all numbers, to detect that data have changed; may read all data} */
    long checksum();

    /**
     * Binds a copy of examples to the memory that a program reads.
     *
     * @param count the number of rows that a run copies
     * @param features dense, [count, ...], of {@link #featureType()}
     * @param targets dense, [count, ...], of {@link #targetType()}
     * @return the copy, to be run
     * @throws dev.ravine.core.ShapeException if an array's shape or dtype does not fit
     */
    RowCopy rowCopy(int count, INDArray features, INDArray targets);

    /**
     * Binds a copy of examples' weights to the memory that a program reads.
     *
     * @param count the number of rows that a run copies
     * @param weights dense, [count], of {@link #dtype()}
     * @return the copy, to be run
     * @throws IllegalStateException if the examples have no weights
     */
    RowCopy weightCopy(int count, INDArray weights);
}
