package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;

/** How many numbers become one. */
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

    abstract Tensor over(Tensor x, int... axes);
}
