package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.autodiff.ZeroDerivative;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How much each class counts in the cross-entropy of integer targets [examples, ...], of which some are ignored. */
final class TokenTargets {
    private TokenTargets() {}

    /**
     * What both operations know.
     *
     * @param classes the number of classes
     * @param ignored the target that does not count
     * @param weights of the classes; empty if all are 1
     * @param dtype of the result
     */
    record Classes(int classes, long ignored, List<Double> weights, DType dtype) {
        double weight(int k) {
            return weights.isEmpty() ? 1 : weights.get(k);
        }

        /** The class at a position, or -1 if it is ignored. */
        int at(Elements targets, int i, Shape shape) {
            double target = targets.get(i);
            if (target == ignored) {
                return -1;
            }
            if (!(target >= 0 && target < classes)) {
                throw new IndexOutOfBoundsException("tokenCrossEntropy: target " + (long) target + " at element " + i
                        + " of targets " + shape + " is outside of 0.." + (classes - 1) + " and is not the ignored "
                        + ignored + "; the model needs an output for each class");
            }
            return (int) target;
        }
    }

    private interface OfTargets extends ZeroDerivative {
        Classes classes();

        @Override
        default DType dtype(Tensor... in) {
            if (in[0].dtype() != DType.INT64) {
                throw new ShapeException(
                        "tokenCrossEntropy: targets must be INT64, found " + in[0].dtype() + " " + in[0].shape());
            }
            return classes().dtype;
        }
    }

    /**
     * The factor of -ln p of each class, [examples, ..., classes]: the class's weight times 1 - smoothing for the
     * target plus smoothing / classes for every class.
     */
    record Rows(Classes classes, double smoothing) implements OfTargets {
        @Override
        public Shape infer(Tensor... in) {
            return Shape.of(LongStream.concat(LongStream.of(in[0].shape().toArray()), LongStream.of(classes.classes))
                    .toArray());
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            Elements targets = Elements.of(in[0]);
            Elements to = Elements.of(out);
            Shape shape = Shape.of(in[0]);
            int n = classes.classes;
            return () -> {
                for (int i = 0; i < targets.size(); i++) {
                    int target = classes.at(targets, i, shape);
                    for (int k = 0; k < n; k++) {
                        double share = smoothing / n + (k == target ? 1 - smoothing : 0);
                        to.set(i * n + k, target < 0 ? 0 : classes.weight(k) * share);
                    }
                }
            };
        }
    }

    /** 1 / the sum of the weights of an example's targets, [examples]; 0 if that is 0. */
    record Scale(Classes classes) implements OfTargets {
        @Override
        public Shape infer(Tensor... in) {
            return Shape.of(in[0].shape().size(0));
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            Elements targets = Elements.of(in[0]);
            Elements to = Elements.of(out);
            Shape shape = Shape.of(in[0]);
            return () -> {
                int width = targets.size() / Math.max(1, to.size());
                for (int row = 0; row < to.size(); row++) {
                    double sum = 0;
                    for (int i = row * width; i < (row + 1) * width; i++) {
                        int target = classes.at(targets, i, shape);
                        sum += target < 0 ? 0 : classes.weight(target);
                    }
                    to.set(row, sum == 0 ? 0 : 1 / sum);
                }
            };
        }
    }
}
