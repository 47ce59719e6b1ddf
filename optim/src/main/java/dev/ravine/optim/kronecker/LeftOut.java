package dev.ravine.optim.kronecker;

import dev.ravine.optim.objective.Span;
import java.io.Serializable;
import java.util.List;

/**
 * Parameters that have no part in Kronecker factors.
 *
 * @param withoutRows whether these are all whose examples cannot be told apart
 * @param spans where the others are
 */
record LeftOut(boolean withoutRows, List<Span> spans) implements Serializable {
    /** {@return whether a parameter is left out although it could have factors} */
    boolean contains(Span parameter) {
        return spans.stream().anyMatch(span -> span.from() <= parameter.from() && parameter.to() <= span.to());
    }
}
