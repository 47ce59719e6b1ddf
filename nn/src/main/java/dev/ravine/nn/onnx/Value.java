package dev.ravine.nn.onnx;

import java.util.ArrayList;
import java.util.List;

/** What a layer gives to the next one. */
final class Value {
    private final String name;
    private final boolean isChannelsFirst;
    private final long[] sizes;

    /**
     * A value in the graph.
     *
     * @param name in the graph
     * @param isChannelsFirst whether the graph has the last axis right behind the examples, as ONNX's convolutions do
     * @param sizes of an example's axes in Ravine's order, channels last; {@link OnnxModel#ANY} for a size that is not
     *     fixed
     */
    Value(String name, boolean isChannelsFirst, long... sizes) {
        this.name = name;
        this.isChannelsFirst = isChannelsFirst;
        this.sizes = sizes;
    }

    String name() {
        return name;
    }

    boolean isChannelsFirst() {
        return isChannelsFirst;
    }

    long[] sizes() {
        return sizes;
    }

    /** Another value in the same layout and of the same sizes. */
    Value named(String other) {
        return new Value(other, isChannelsFirst, sizes);
    }

    Value sized(long... others) {
        return new Value(name, isChannelsFirst, others);
    }

    long channels() {
        return sizes[sizes.length - 1];
    }

    /** With the axis of channels last. */
    Value last(OnnxGraph graph) {
        if (!isChannelsFirst) {
            return this;
        }
        return transposed(graph, false, 1, sizes.length);
    }

    /** With the axis of channels right behind the examples. */
    Value first(OnnxGraph graph) {
        if (isChannelsFirst || sizes.length < 2) {
            return this;
        }
        return transposed(graph, true, sizes.length, 1);
    }

    private Value transposed(OnnxGraph graph, boolean toFirst, int from, int to) {
        List<Long> order = new ArrayList<>();
        for (long axis = 0; axis <= sizes.length; axis++) {
            if (axis != from) {
                order.add(axis);
            }
        }
        order.add(to == 1 ? 1 : order.size(), (long) from);
        long[] axes = order.stream().mapToLong(Long::longValue).toArray();
        return new Value(graph.node("Transpose", Attributes.none().integers("perm", axes), name), toFirst, sizes);
    }
}
