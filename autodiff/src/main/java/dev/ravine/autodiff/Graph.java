package dev.ravine.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Walks through graphs. */
final class Graph {
    private Graph() {}

    /** All tensors that the outputs are computed from, and the outputs; operands before the tensors that use them. */
    static List<Tensor> ancestors(Collection<Tensor> outputs) {
        return ancestors(outputs, Set.of());
    }

    /** The same, but the walk stops at the cuts, which are included. */
    static List<Tensor> ancestors(Collection<Tensor> outputs, Set<Tensor> cuts) {
        return ancestors(outputs, t -> !cuts.contains(t));
    }

    /** The same, but the walk goes only through tensors that are open; it includes those where it stops. */
    static List<Tensor> ancestors(Collection<Tensor> outputs, Predicate<Tensor> isOpen) {
        Set<Tensor> seen = new HashSet<>(outputs);
        Deque<Tensor> waiting = new ArrayDeque<>(seen);
        List<Tensor> order = new ArrayList<>();
        while (!waiting.isEmpty()) {
            Tensor t = waiting.pop();
            order.add(t);
            if (isOpen.test(t)) {
                for (Tensor in : t.operands()) {
                    if (seen.add(in)) {
                        waiting.push(in);
                    }
                }
            }
        }
        order.sort(Comparator.comparingLong(Tensor::id));
        return order;
    }
}
