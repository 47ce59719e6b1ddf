package dev.ravine.optim.objective;

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
}
