package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Hold;
import dev.ravine.core.kernels.Kernel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes values on demand, node by node, and keeps each in its tensor: for scripts that print and tests that compare.
 * Repeated work belongs in a {@link Program}.
 */
final class Evaluation {
    private Evaluation() {}

    /** The numbers of a tensor; the caller must not write to them. */
    static INDArray of(Tensor tensor) {
        if (tensor.op() instanceof Leaf) {
            return leaf(tensor);
        }
        if (isCurrent(tensor)) {
            return tensor.computed;
        }
        long now = Leaf.Variable.now();
        Map<Tensor, Tensor> newest = new HashMap<>();
        List<Tensor> unchecked = Graph.ancestors(List.of(tensor), t -> !isCurrent(t));
        for (Tensor t : unchecked) {
            if (isCurrent(t)) {
                continue;
            }
            Tensor latest = latestVariable(t, newest);
            newest.put(t, latest);
            if (t.computed == null) {
                compute(t);
            } else if (latest != null && changedAt(latest) > t.computedAt) {
                throw new IllegalStateException("the value of " + t.describe() + " was computed before "
                        + latest.describe() + " changed; build the graph again, or use a Program, which replays it");
            }
        }
        unchecked.stream().filter(t -> t.computed != null).forEach(t -> t.computedAt = Math.max(t.computedAt, now));
        return tensor.computed;
    }

    /** Whether the numbers were computed, or found to be right, after the last change of any variable. */
    private static boolean isCurrent(Tensor t) {
        return t.computed != null && t.computedAt == Leaf.Variable.now();
    }

    /** Whether the tensor has a value without a program, because it depends on no input. */
    static boolean isPossible(Tensor tensor) {
        return Graph.ancestors(List.of(tensor), t -> t.computed == null).stream()
                .noneMatch(t -> t.op() instanceof Leaf.Input);
    }

    private static INDArray leaf(Tensor tensor) {
        INDArray array = ((Leaf) tensor.op()).array();
        if (array == null) {
            throw new IllegalStateException(tensor.describe() + " has no value of its own: make a Program with it as"
                    + " input, set it and run");
        }
        return array;
    }

    private static void compute(Tensor t) {
        if (t.op() instanceof Leaf) {
            return;
        }
        INDArray[] in = t.operands().stream()
                .map(i -> i.op() instanceof Leaf ? leaf(i) : i.computed)
                .toArray(INDArray[]::new);
        INDArray out = Arena.create(t.dtype(), t.shape());
        if (!out.isEmpty()) {
            try (Kernel kernel = t.op().bind(in, out)) {
                Hold.of(List.of(in)).during(kernel::run);
            }
        }
        t.computed = out;
        t.computedAt = Leaf.Variable.now();
    }

    /** Of the variables that a tensor depends on, the one that changed last, or null if there is none. */
    private static Tensor latestVariable(Tensor t, Map<Tensor, Tensor> newest) {
        if (t.op() instanceof Leaf) {
            return t.op() instanceof Leaf.Variable ? t : null;
        }
        Tensor latest = null;
        for (Tensor in : t.operands()) {
            Tensor candidate = newest.get(in);
            if (candidate != null && (latest == null || changedAt(candidate) > changedAt(latest))) {
                latest = candidate;
            }
        }
        return latest;
    }

    private static long changedAt(Tensor variable) {
        return ((Leaf) variable.op()).changedAt();
    }
}
