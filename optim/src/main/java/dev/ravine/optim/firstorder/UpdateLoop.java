package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.optim.Displacement;
import dev.ravine.optim.objective.Span;
import java.util.List;

/**
 * Applies a rule to theta chunk by chunk, between what comes before any rule (clipping, weight decay added to the
 * gradient) and after it (weight decay of theta, the subtraction).
 *
 * <p>The gradient receives the old theta, so an update that turns out not to be finite can be undone.
 */
final class UpdateLoop {
    private final Elements theta;
    private final Elements gradient;
    private final List<Elements> state;
    private Chunk doubles;
    private Chunk floats;
    private Chunk chunk;
    private int from;
    private double moved;
    private double clipped;

    /**
     * The update of some parameters.
     *
     * @param rule of this step
     * @param frame what happens around it
     * @param spans what may change
     */
    record Part(UpdateRule rule, UpdateFrame frame, List<Span> spans) {}

    /**
     * The result of an update.
     *
     * @param moved how far theta moved; not a number if the update was undone
     * @param clippedNorm the gradient's norm after clipping, if its elements have a limit
     * @param hasMoved whether any element of theta changed
     */
    record Outcome(double moved, double clippedNorm, boolean hasMoved) {
        boolean isUndone() {
            return Double.isNaN(moved);
        }
    }

    /**
     * Updates of vectors that stay the same.
     *
     * @param theta changed in place
     * @param gradient receives the old theta
     * @param state changed in place
     */
    UpdateLoop(Elements theta, Elements gradient, List<Elements> state) {
        this.theta = theta;
        this.gradient = gradient;
        this.state = state;
    }

    /** Whose updates these are. */
    Elements theta() {
        return theta;
    }

    /**
     * Updates.
     *
     * @param parts which share no parameter
     * @param gradientNorm the gradient's norm
     * @return how far theta moved
     */
    Outcome run(List<Part> parts, double gradientNorm) {
        Hold.enter(theta, gradient);
        try {
            return update(parts, gradientNorm);
        } finally {
            Hold.exit(theta, gradient);
        }
    }

    private Outcome update(List<Part> parts, double gradientNorm) {
        Part first = parts.get(0);
        double factor = first.rule.factor() * first.frame.gradientFactor();
        if (factor * gradientNorm < harmless() && first.frame.isSimple() && isAll(first.spans)) {
            boolean hasMoved = new Displacement(gradient.owner(), -factor, theta.owner()).apply();
            return new Outcome(hasMoved ? factor * gradientNorm : 0, Double.NaN, hasMoved);
        }
        moved = 0;
        clipped = 0;
        for (Part part : parts) {
            chunk = chunkFor(part.rule);
            for (Span span : part.spans) {
                if (!update(span, part)) {
                    undo(parts, span);
                    return new Outcome(Double.NaN, Double.NaN, false);
                }
            }
        }
        boolean hasMoved = parts.stream().anyMatch(part -> hasMoved(part.spans));
        return new Outcome(hasMoved ? Math.sqrt(moved) : 0, Math.sqrt(clipped), hasMoved);
    }

    /** Mostly the first elements tell. */
    private boolean hasMoved(List<Span> spans) {
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++) {
                if (theta.get(i) != gradient.get(i)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether all is finite; if not, the chunk from {@code from} on is not written. */
    private boolean update(Span span, Part part) {
        for (from = span.from(); from < span.to(); from += Chunk.LENGTH) {
            chunk.count = Math.min(Chunk.LENGTH, span.to() - from);
            chunk.read(from);
            clipped += chunk.before(part.frame);
            chunk.apply(part.rule);
            double sum = chunk.after(part.frame.keep());
            if (!Double.isFinite(sum) && chunk.firstNonFinite() >= 0) {
                return false;
            }
            moved += sum;
            chunk.write(from);
        }
        return true;
    }

    private Chunk chunkFor(UpdateRule rule) {
        if (theta instanceof Elements.Floats && rule instanceof UpdateRule.SinglePrecision) {
            floats = floats == null ? new FloatChunk(theta, gradient, state) : floats;
            return floats;
        }
        doubles = doubles == null ? new DoubleChunk(theta, gradient, state) : doubles;
        return doubles;
    }

    private boolean isAll(List<Span> spans) {
        return spans.size() == 1 && spans.get(0).from() == 0 && spans.get(0).to() == theta.size();
    }

    /** Half of half a unit in the last place of the largest number: the sum of both is still finite. */
    private double harmless() {
        return theta instanceof Elements.Floats ? Math.ulp(Float.MAX_VALUE) / 4 : Math.ulp(Double.MAX_VALUE) / 4;
    }

    /** Puts back the old theta in the chunks that were written, up to {@code from} in the last span. */
    private void undo(List<Part> parts, Span last) {
        for (Part part : parts) {
            for (Span span : part.spans) {
                undo(span.from(), span.equals(last) ? from : span.to());
                if (span.equals(last)) {
                    return;
                }
            }
        }
    }

    private void undo(int begin, int end) {
        double[] values = new double[Chunk.LENGTH];
        for (int at = begin; at < end; at += Chunk.LENGTH) {
            int some = Math.min(Chunk.LENGTH, end - at);
            gradient.read(at, some, values);
            theta.write(at, some, values);
        }
    }

    /** Which number was not finite in the update that was undone. */
    String firstNonFinite(List<String> stateNames) {
        int i = chunk.firstNonFinite();
        if (!Double.isFinite(chunk.next(i))) {
            return "parameter " + (from + i) + " would become " + chunk.next(i);
        }
        int k = 0;
        while (Double.isFinite(chunk.state(k, i))) {
            k++;
        }
        return "element " + (from + i) + " of '" + stateNames.get(k) + "' would become " + chunk.state(k, i);
    }
}
