package dev.ravine.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Walks through graphs. */
final class Graph {
    private Graph() {}

    /** All tensors that the outputs are computed from, and the outputs; operands before the tensors that use them. */
    static List<Tensor> ancestors(Collection<Tensor> outputs) {
        return ancestors(outputs, Set.of());
    }

    /** The same, but the walk stops at the cuts, which are included. */
    static List<Tensor> ancestors(Collection<Tensor> outputs, Set<Tensor> cuts) {
        Set<Tensor> seen = new HashSet<>(outputs);
        Deque<Tensor> open = new ArrayDeque<>(seen);
        List<Tensor> order = new ArrayList<>();
        while (!open.isEmpty()) {
            Tensor t = open.pop();
            order.add(t);
            if (!cuts.contains(t)) {
                for (Tensor in : t.operands()) {
                    if (seen.add(in)) {
                        open.push(in);
                    }
                }
            }
        }
        order.sort(Comparator.comparingLong(Tensor::id));
        return order;
    }
}
