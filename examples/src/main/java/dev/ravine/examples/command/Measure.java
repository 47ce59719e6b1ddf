package dev.ravine.examples.command;

/**
 * A figure of a net.
 *
 * @param name as the table and the charts call it
 * @param isBetterWhenLarger whether a larger one is better
 * @param kind what it is a figure of
 */
record Measure(String name, boolean isBetterWhenLarger, Kind kind) {
    /** What a figure says. */
    enum Kind {
        /** What the optimizers are asked to minimise. */
        OBJECTIVE,
        /** Something else about the training data. */
        TRAINING,
        /** How good the net is on data that it has not seen. */
        TEST
    }
}
