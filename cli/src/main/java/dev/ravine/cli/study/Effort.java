package dev.ravine.cli.study;

/**
 * How much work an analysis may do.
 *
 * @param seed seed of data, starts and orders
 * @param isQuick whether to finish in seconds on small sizes, for a first look and for tests
 */
public record Effort(long seed, boolean isQuick) {
    /** The first value if quick, else the second. */
    <T> T choose(T quick, T full) {
        return isQuick ? quick : full;
    }
}
