package dev.ravine.cli.study;

/**
 * How much an analysis may do.
 *
 * @param seed of data, starts and orders
 * @param isQuick whether it is to be done in seconds, on small sizes, for a first look and for tests
 */
public record Effort(long seed, boolean isQuick) {
    /** One of two sizes. */
    <T> T choose(T quick, T full) {
        return isQuick ? quick : full;
    }
}
