package dev.ravine.optim;

import dev.ravine.core.DType;
import dev.ravine.optim.objective.Objective;

/**
 * Holds an optimizer to the kind of objective that its first step saw. What it keeps from step to step, such as
 * vectors, or its place in the examples, fits no other number of parameters or examples.
 */
public final class SameObjective {
    private boolean isKnown;
    private DType dtype;
    private long size;
    private int examples;

    /** Before the first step. */
    public SameObjective() {}

    /**
     * Refuses an objective with another dtype, or another number of parameters or examples, than the first one.
     *
     * @param optimizer whose name goes into the message
     * @param objective of the step
     * @throws IllegalArgumentException if it is another one
     */
    public void require(Optimizer optimizer, Objective objective) {
        if (!isKnown) {
            isKnown = true;
            dtype = objective.dtype();
            size = objective.size();
            examples = objective.examples();
        }
        if (dtype != objective.dtype() || size != objective.size()) {
            throw new IllegalArgumentException(optimizer.name() + " keeps " + dtype + " vectors of " + size
                    + " elements, found an objective of " + objective.dtype() + " and " + objective.size()
                    + "; use an optimizer for one objective");
        }
        if (examples != objective.examples()) {
            throw new IllegalArgumentException(optimizer.name() + " began with an objective of " + examples
                    + " examples, found one of " + objective.examples() + "; use an optimizer for one objective");
        }
    }

    /** Forgets the first objective, as when another state is restored. */
    public void forget() {
        isKnown = false;
    }
}
