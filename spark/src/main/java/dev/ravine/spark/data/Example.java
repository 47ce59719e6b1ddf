package dev.ravine.spark.data;

import java.io.Serializable;

/** One example on its way from Spark's rows to {@link Rows}. */
public final class Example implements Serializable {
    private static final long serialVersionUID = 1;

    /** float[], double[] or long[]. */
    Object features;

    /** Likewise; the same array where the example is its own target. */
    Object targets;

    double weight;

    /** For Kryo. */
    Example() {}

    Example(Object features, Object targets, double weight) {
        this.features = features;
        this.targets = targets;
        this.weight = weight;
    }
}
