package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Part of a {@link Plan} that runs at once: one node, or several elementwise ones of a group whose chunks pass from one to
 * the next.
 */
final class PlannedRun {
    final int group;
    private final List<Node> nodes;
    private final Kernel kernel;
    private final long cost;
    private String names;

    /**
     * Keeps how to run nodes.
     *
     * @param cost of all of them, or 0 if they depend on no input
     */
    PlannedRun(List<Node> nodes, Kernel kernel, long cost) {
        this.group = nodes.get(0).group;
        this.nodes = List.copyOf(nodes);
        this.kernel = kernel;
        this.cost = cost;
    }

    /** How many nodes. */
    int ops() {
        return nodes.size();
    }

    /** The floating-point operations of all nodes, or 0 if they depend on no input. */
    long cost() {
        return cost;
    }

    /** Computes the values. A recording of Java's Flight Recorder may ask how long it took. */
    void run() {
        OperationEvent event = new OperationEvent();
        event.begin();
        kernel.run();
        if (event.shouldCommit()) {
            event.operations = names();
            event.shape = nodes.get(nodes.size() - 1).shape().toString();
            event.work = nodes.stream().mapToLong(n -> n.cost).sum();
            event.commit();
        }
    }

    private String names() {
        if (names == null) {
            names = nodes.stream().map(n -> n.op.name()).collect(Collectors.joining(" + "));
        }
        return names;
    }
}
