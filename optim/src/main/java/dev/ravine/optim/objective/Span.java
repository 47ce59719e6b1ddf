package dev.ravine.optim.objective;

import dev.ravine.core.Elements;
import dev.ravine.nn.ParameterVector;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

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

    /**
     * Sets a vector to zero outside of some spans.
     *
     * @param spans in ascending order
     * @param vector changed in place
     */
    public static void clearOutside(List<Span> spans, INDArray vector) {
        Elements elements = Elements.of(vector);
        int at = 0;
        for (Span span : spans) {
            clear(elements, at, span.from());
            at = span.to();
        }
        clear(elements, at, elements.size());
    }

    /**
     * {@return whether a vector is zero outside of some spans}
     *
     * @param spans in ascending order
     * @param vector any
     */
    public static boolean isZeroOutside(List<Span> spans, INDArray vector) {
        Elements elements = Elements.of(vector);
        int at = 0;
        for (Span span : spans) {
            if (!isZero(elements, at, span.from())) {
                return false;
            }
            at = span.to();
        }
        return isZero(elements, at, elements.size());
    }

    private static boolean isZero(Elements elements, int from, int to) {
        for (int i = from; i < to; i++) {
            if (elements.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void clear(Elements elements, int from, int to) {
        for (int i = from; i < to; i++) {
            elements.set(i, 0);
        }
    }

    /** The stretches of parameters that are not frozen, neighbours joined. */
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
