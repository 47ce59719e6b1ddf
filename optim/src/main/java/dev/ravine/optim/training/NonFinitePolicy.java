package dev.ravine.optim.training;

/** What to do when the loss or gradient of a step is infinite or not a number. The model's parameters stay in any case. */
public enum NonFinitePolicy {
    /** Training ends with the exception. */
    STOP,
    /** The next step uses the next examples. */
    SKIP_BATCH,
    /** The same examples are tried again with steps half as long from now on. */
    SHRINK_STEP
}
