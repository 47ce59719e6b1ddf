package dev.ravine.optim;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which examples an evaluation is over, and the seed of all randomness in it. Two evaluations with one scope see the
 * same examples, dropout masks and noise.
 */
public final class Scope {
    private final int[] rows;
    private final long noise;

    private Scope(int[] rows, long noise) {
        this.rows = rows;
        this.noise = noise;
    }

    /**
     * All examples of the objective.
     *
     * @return a scope without noise seed, which is 0
     */
    public static Scope all() {
        return new Scope(null, 0);
    }

    /**
     * Some examples.
     *
     * @param rows their numbers, at least one
     * @return a scope
     * @throws IllegalArgumentException if there are none
     */
    public static Scope of(int... rows) {
        if (rows.length == 0) {
            throw new IllegalArgumentException("a scope needs at least one example");
        }
        return new Scope(rows.clone(), 0);
    }

    /**
     * Consecutive examples, beginning again at the first one after the last.
     *
     * @param from the first
     * @param count how many
     * @param examples how many there are
     * @return a scope
     */
    public static Scope cyclic(int from, int count, int examples) {
        return of(IntStream.range(0, count).map(i -> (from + i) % examples).toArray());
    }

    /**
     * The same examples with other randomness.
     *
     * @param seed for dropout masks and other noise
     * @return a scope
     */
    public Scope withNoise(long seed) {
        return new Scope(rows, seed);
    }

    /**
     * The seed of all randomness.
     *
     * @return 0 unless set
     */
    public long noise() {
        return noise;
    }

    /**
     * The examples.
     *
     * @param examples how many the objective has
     * @return row numbers, not to be changed
     */
    public int[] rows(int examples) {
        return rows == null ? IntStream.range(0, examples).toArray() : rows;
    }

    @Override
    public String toString() {
        return rows == null
                ? "all examples"
                : rows.length + " examples from " + Arrays.stream(rows).min().getAsInt();
    }
}
