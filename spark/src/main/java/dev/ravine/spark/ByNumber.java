package dev.ravine.spark;

import org.apache.spark.Partitioner;

/** A number goes to the partition of that number. */
final class ByNumber extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int count;

    ByNumber(int count) {
        this.count = count;
    }

    @Override
    public int numPartitions() {
        return count;
    }

    @Override
    public int getPartition(Object number) {
        return (Integer) number;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByNumber same && count == same.count;
    }

    @Override
    public int hashCode() {
        return count;
    }
}
