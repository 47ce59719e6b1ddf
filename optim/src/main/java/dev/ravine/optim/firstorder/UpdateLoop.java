package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Workers;
import dev.ravine.optim.Displacement;
import dev.ravine.optim.objective.Span;
import java.util.List;

/**
 * Applies a rule to theta chunk by chunk, between what comes before any rule (clipping, weight decay added to the
 * gradient) and after it (weight decay of theta, the subtraction). Several threads share the chunks; sums are added in
 * the order of the chunks, so that results do not depend on how many.
 *
 * <p>The gradient receives the old theta, so an update that turns out not to be finite can be undone.
 */
final class UpdateLoop {
    /** The fewest chunks per thread for which waking another thread pays. */
    private static final int WORTH_SHARING = 24;

    private final Elements theta;
    private final Elements gradient;
    private final List<Elements> state;
    private final Workers workers;
    private final UpdateWork[] works;
    private UpdatePieces pieces = new UpdatePieces(List.of());
    private UpdateWork failed;

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
     * @param workers which share the chunks
     */
    UpdateLoop(Elements theta, Elements gradient, List<Elements> state, Workers workers) {
        this.theta = theta;
        this.gradient = gradient;
        this.state = state;
        this.workers = workers;
        this.works = new UpdateWork[workers.count()];
    }

    /** Whether these are updates of an array, by these workers. */
    boolean isOf(Object array, Workers by) {
        return theta.owner() == array && workers == by;
    }

    /**
     * Updates.
     *
     * @param parts which share no parameter
     * @param gradientNorm the gradient's norm
     * @return how far theta moved
     */
    Outcome run(List<UpdatePart> parts, double gradientNorm) {
        Hold.enter(theta, gradient);
        try {
            return update(parts, gradientNorm);
        } finally {
            Hold.exit(theta, gradient);
        }
    }

    private Outcome update(List<UpdatePart> parts, double gradientNorm) {
        UpdatePart first = parts.get(0);
        double factor = first.rule().factor() * first.frame().gradientFactor();
        if (factor * gradientNorm < harmless() && first.frame().isSimple() && isAll(first.spans())) {
            boolean hasMoved = new Displacement(gradient.owner(), -factor, theta.owner()).apply(workers);
            return new Outcome(hasMoved ? factor * gradientNorm : 0, Double.NaN, hasMoved);
        }
        if (!pieces.isOf(parts)) {
            pieces = new UpdatePieces(parts.stream().map(UpdatePart::spans).toList());
        }
        if (!runOnAll(parts)) {
            pieces.undo(theta, gradient);
            return new Outcome(Double.NaN, Double.NaN, false);
        }
        boolean hasMoved = parts.stream().anyMatch(part -> hasMoved(part.spans()));
        return new Outcome(hasMoved ? Math.sqrt(pieces.moved()) : 0, Math.sqrt(pieces.clipped()), hasMoved);
    }

    /** Returns whether all is finite. */
    private boolean runOnAll(List<UpdatePart> parts) {
        pieces.begin();
        int tasks = Math.max(1, Math.min(workers.count(), pieces.count() / WORTH_SHARING));
        for (int i = 0; i < tasks; i++) {
            works[i] = works[i] == null ? new UpdateWork(theta, gradient, state) : works[i];
        }
        workers.run(tasks, i -> works[i].run(parts, pieces, share(i, tasks), share(i + 1, tasks)));
        failed = null;
        for (int i = tasks - 1; i >= 0; i--) {
            failed = works[i].hasFailed() ? works[i] : failed;
        }
        return failed == null;
    }

    private int share(int task, int tasks) {
        return (int) ((long) pieces.count() * task / tasks);
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

    private boolean isAll(List<Span> spans) {
        return spans.size() == 1 && spans.get(0).from() == 0 && spans.get(0).to() == theta.size();
    }

    /** Half of half a unit in the last place of the largest number: the sum of both is still finite. */
    private double harmless() {
        return theta instanceof Elements.Floats ? Math.ulp(Float.MAX_VALUE) / 4 : Math.ulp(Double.MAX_VALUE) / 4;
    }

    /** Which number was not finite in the update that was undone. */
    String firstNonFinite(List<String> stateNames) {
        return failed.firstNonFinite(stateNames);
    }
}
