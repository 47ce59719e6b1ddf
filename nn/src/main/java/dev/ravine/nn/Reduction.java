package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;

/** How to turn many numbers into one. */
public enum Reduction {
    /** Their mean. */
    MEAN {
        @Override
        Tensor over(Tensor x, int... axes) {
            return x.mean(axes);
        }
    },
    /** Their sum. */
    SUM {
        @Override
        Tensor over(Tensor x, int... axes) {
            return x.sum(axes);
        }
    };

    /** {@return the tensor without the named axes, or a scalar if none is named} */
    abstract Tensor over(Tensor x, int... axes);
}
