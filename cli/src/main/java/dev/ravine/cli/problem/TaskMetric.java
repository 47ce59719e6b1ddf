package dev.ravine.cli.command;

/**
 * A figure of a net.
 *
 * @param name as the table and the charts call it
 * @param isBetterWhenLarger whether a larger one is better
 * @param kind what it is a figure of
 * @param rounding below this, figures are rounding and the same
 */
record Measure(String name, boolean isBetterWhenLarger, Kind kind, double rounding) {
    Measure(String name, boolean isBetterWhenLarger, Kind kind) {
        this(name, isBetterWhenLarger, kind, 0);
    }

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
