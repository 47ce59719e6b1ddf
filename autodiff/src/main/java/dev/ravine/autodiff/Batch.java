package dev.ravine.autodiff;

import dev.ravine.core.Check;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows the examples of a batch through a graph: which tensors depend on them, and where they are in each. Operations
 * say what they do with them in {@link Op#examples}.
 */
public final class Batch {
    private final long count;
    private final Map<Tensor, Optional<Examples>> known = new HashMap<>();
    private Tensor firstMixed;

    /**
     * A batch.
     *
     * @param count the number of examples
     * @param inputs tensors whose first axis counts the examples, such as features and targets
     */
    public Batch(long count, List<Tensor> inputs) {
        this.count = count;
        Check.noNulls("the inputs of a batch", inputs)
                .forEach(input -> known.put(input, Optional.of(Examples.apart(count, 1))));
    }

    /** {@return the number of examples} */
    public long count() {
        return count;
    }

    /**
     * {@return where the examples are, or empty if the tensor does not depend on them}
     *
     * @param tensor of a graph over the inputs
     */
    public Optional<Examples> of(Tensor tensor) {
        if (!known.containsKey(tensor)) {
            Graph.ancestors(List.of(tensor), known.keySet()).forEach(t -> {
                if (!known.containsKey(t)) {
                    known.put(t, follow(t));
                }
            });
        }
        return known.get(tensor);
    }

    /**
     * {@return the first operation, among the ancestors of the tensors asked for so far, whose result depends on
     * several examples at once}
     */
    public Optional<String> firstMixing() {
        return Optional.ofNullable(firstMixed).map(Tensor::describe);
    }

    private Optional<Examples> follow(Tensor y) {
        if (y.op() instanceof Leaf leaf) {
            return leaf.hasExamples() ? Optional.of(Examples.apart(count, 1)) : Optional.empty();
        }
        Examples found = null;
        for (int i = 0; i < y.operands().size(); i++) {
            Optional<Examples> operand = known.get(y.operand(i));
            if (operand.isPresent()) {
                Examples in = operand.get();
                Examples out = in.isApart() ? y.op().examples(y, i, in) : in;
                found = found == null ? out : both(found, out);
            }
        }
        if (firstMixed == null && found != null && found.kind() == Examples.Kind.MIXED) {
            firstMixed = y;
        }
        return Optional.ofNullable(found);
    }

    /** Two operands with examples along different axes pair each example with every other one. */
    private static Examples both(Examples a, Examples b) {
        if (a.isApart() && b.isApart()) {
            return a.equals(b) || a.count() == 1 ? a : a.mixed();
        }
        return a.kind() == Examples.Kind.MIXED || b.isApart() ? a : b;
    }
}
