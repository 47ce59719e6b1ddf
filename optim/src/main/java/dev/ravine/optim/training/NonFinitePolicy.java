package dev.ravine.optim.training;

/**
 * The reaction to a loss, gradient or update that is infinite or NaN. If an update was not finite, an
 * optimizer that keeps vectors has lost them, and training ends whatever the policy.
 */
public enum NonFinitePolicy {
    /**
     * Training ends with the exception; the parameters are what they were before the step. With a checkpoint folder,
     * the state before the step is saved: a run that goes on tries the same examples again, under another policy if
     * that is wanted.
     */
    STOP,
    /**
     * The next step uses the next examples; the parameters stay. For optimizers that {@link
     * dev.ravine.optim.Optimizer#skipExamples}; others stop.
     */
    SKIP_BATCH,
    /**
     * Half of the last step is taken back, all further ones are half as long, and the same examples are tried again.
     * Costs a copy of the parameters. For optimizers that {@link dev.ravine.optim.Optimizer#shrinkSteps}; others stop.
     */
    SHRINK_STEP
}
