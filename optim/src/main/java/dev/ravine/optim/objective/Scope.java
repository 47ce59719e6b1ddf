package dev.ravine.optim.objective;

import dev.ravine.core.Check;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The examples of an evaluation, and the seed of all randomness in it. Two evaluations with the same scope see the same
 * examples, dropout masks and noise.
 */
public final class Scope {
    private final int[] rows;
    private final long noise;

    private Scope(int[] rows, long noise) {
        if (rows != null && rows.length == 0) {
            throw new IllegalArgumentException("a scope needs at least one example");
        }
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
        return new Scope(rows.clone(), 0);
    }

    /**
     * {@return a scope of some examples, without a copy}
     *
     * @param rows their numbers, at least one; must not change afterwards
     * @param noise the seed of all randomness
     */
    public static Scope view(int[] rows, long noise) {
        return new Scope(rows, noise);
    }

    /**
     * Some of this scope's examples. After the last one it starts again at the first.
     *
     * @param from the first, counted within this scope
     * @param count the number of examples
     * @param examples the number of examples that the objective has
     * @return a scope with this one's noise
     */
    public Scope part(int from, int count, int examples) {
        Check.notNegative("the first example of a part", from);
        Check.notNegative("the examples of a part", count);
        Check.arrayLength("the examples of a part", count, Integer.BYTES);
        int[] all = rows(examples);
        if (all.length == 0 && count > 0) {
            throw new IllegalArgumentException("a part of " + count + " examples cannot be taken from a scope of none");
        }
        int[] some = IntStream.range(0, count)
                .map(i -> all[(int) (((long) from + i) % all.length)])
                .toArray();
        return new Scope(some, noise);
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
     * @param examples the number of examples that the objective has
     * @return row numbers, not to be changed
     */
    public int[] rows(int examples) {
        if (rows != null) {
            return rows;
        }
        return IntStream.range(0, Check.arrayLength("the examples of a scope", examples, Integer.BYTES))
                .toArray();
    }

    /**
     * {@return the number of examples in this scope}
     *
     * @param examples the number of examples that the objective has
     */
    public int count(int examples) {
        return rows == null ? examples : rows.length;
    }

    @Override
    public String toString() {
        return rows == null
                ? "all examples"
                : rows.length + " examples from " + Arrays.stream(rows).min().getAsInt();
    }
}
