package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What arrays must be to make a {@link DataSet}. */
final class ExampleChecks {
    private ExampleChecks() {}

    static void requireFloating(INDArray features) {
        if (!DType.of(features).isFloating()) {
            throw new ShapeException("data set: features must be FLOAT32 or FLOAT64, found INT64; tokens are for"
                    + " DataSet.ofSequences");
        }
    }

    static void requireNumbers(INDArray features) {
        if (features.rank() < 1 || features.isEmpty()) {
            throw new ShapeException("data set: features need the shape [N, ...] with at least one example and one"
                    + " number, found " + Shape.of(features));
        }
    }

    /** Refuses targets that do not belong to the features. */
    static void requireFit(INDArray features, INDArray targets, boolean mayBeTokens) {
        requireNumbers(features);
        DType dtype = DType.of(targets);
        if (targets.rank() < 1 || targets.size(0) != features.size(0)) {
            throw new ShapeException("data set: features " + Shape.of(features) + " are " + features.size(0)
                    + " examples, but targets have shape " + Shape.of(targets)
                    + "; the first axis of both counts the examples");
        }
        if (targets.isEmpty()) {
            throw new ShapeException("data set: targets of shape " + Shape.of(targets) + " hold no numbers");
        }
        if (dtype.isFloating() && DType.of(features).isFloating() && dtype != DType.of(features)) {
            throw new ShapeException("data set: features are " + DType.of(features) + ", but targets are " + dtype
                    + "; targets must be of the same dtype, or INT64 labels");
        }
        if (!dtype.isFloating() && targets.rank() != 1 && !mayBeTokens) {
            throw new ShapeException(
                    "data set: INT64 targets are labels, one for each example, so their shape must be ["
                            + features.size(0) + "], found " + Shape.of(targets)
                            + "; a token at each step is for DataSet.ofSequences");
        }
    }

    /** The number of classes: as given, or the largest label plus 1 if it is 0. */
    static int countClasses(INDArray labels, int given) {
        Elements values = Elements.of(labels);
        int most = given > 0 ? given : Integer.MAX_VALUE;
        double max = 0;
        for (int i = 0; i < values.size(); i++) {
            double label = values.get(i);
            if (label < 0 || label >= most) {
                throw new IllegalArgumentException("data set: label " + (long) label + " at position " + i
                        + " is not a class; classes count from 0 to less than " + most);
            }
            max = Math.max(max, label);
        }
        return given > 0 ? given : (int) max + 1;
    }
}
