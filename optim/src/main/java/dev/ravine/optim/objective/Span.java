package dev.ravine.optim.objective;

import dev.ravine.nn.ParameterVector;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a vector.
 *
 * @param from its first element
 * @param to the element after its last one
 */
public record Span(int from, int to) {
    /**
     * Checks the order.
     *
     * @param from its first element, not negative
     * @param to the element after its last one, not before the first
     */
    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("a span must not end before it begins, found " + from + " to " + to);
        }
    }

    /** What is not frozen, neighbours joined. */
    static List<Span> trainable(ParameterVector parameters) {
        List<Span> spans = new ArrayList<>();
        for (ParameterVector.Segment s : parameters.segments()) {
            if (s.parameter().isFrozen()) {
                continue;
            }
            int from = Math.toIntExact(s.offset());
            int last = spans.size() - 1;
            boolean adjoins = last >= 0 && spans.get(last).to() == from;
            spans.add(new Span(adjoins ? spans.remove(last).from() : from, Math.toIntExact(from + s.size())));
        }
        return List.copyOf(spans);
    }
}
