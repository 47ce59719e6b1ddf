package dev.ravine.optim.objective;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.nn.ParameterVector;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A stretch of a vector.
 *
 * @param from its first element
 * @param to the element after its last one
 */
public record Span(int from, int to) implements Serializable {
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
        for (Span span : Check.noNulls("spans", spans)) {
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
        for (Span span : Check.noNulls("spans", spans)) {
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
        return joined(parameters.segments().stream()
                .filter(s -> !s.parameter().isFrozen())
                .map(s -> new Span(Math.toIntExact(s.offset()), Math.toIntExact(s.offset() + s.size())))
                .toList());
    }

    /** The same stretches, neighbours joined. */
    static List<Span> joined(List<Span> spans) {
        List<Span> joined = new ArrayList<>();
        for (Span span : spans) {
            int last = joined.size() - 1;
            boolean adjoins = last >= 0 && joined.get(last).to() == span.from;
            joined.add(adjoins ? new Span(joined.remove(last).from(), span.to) : span);
        }
        return List.copyOf(joined);
    }

    /** The elements that are in both lists, each in ascending order. */
    static List<Span> intersection(List<Span> some, List<Span> others) {
        List<Span> both = new ArrayList<>();
        for (Span a : some) {
            for (Span b : others) {
                int from = Math.max(a.from, b.from);
                int to = Math.min(a.to, b.to);
                if (from < to) {
                    both.add(new Span(from, to));
                }
            }
        }
        return joined(both);
    }

    /** The elements of a list that are not in another one, each in ascending order. */
    static List<Span> difference(List<Span> some, List<Span> without) {
        List<Span> left = new ArrayList<>();
        for (Span a : some) {
            int at = a.from;
            for (Span b : without) {
                if (b.to > at && b.from < a.to) {
                    if (b.from > at) {
                        left.add(new Span(at, b.from));
                    }
                    at = b.to;
                }
            }
            if (at < a.to) {
                left.add(new Span(at, a.to));
            }
        }
        return joined(left);
    }
}
