package dev.ravine.core;

import java.util.random.RandomGenerator;

/**
 * A seeded generator whose whole state is one number that can be saved. SplitMix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014): the state advances by a fixed odd constant and each output
 * is a mix of it. Not safe for use by several threads at once; {@link #split} off a generator for each.
 */
public final class Rng implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /**
     * A generator.
     *
     * @param seed the same seed gives the same numbers on every machine; also restores a {@link #state()}
     */
    public Rng(long seed) {
        this.state = seed;
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /**
     * An independent generator for a purpose; this one does not advance.
     *
     * @param key identifies the purpose: a step, a layer, a worker
     * @return a generator that depends only on this state and the key
     */
    public Rng split(long key) {
        return new Rng(mix(state ^ mix(key + GOLDEN_GAMMA)));
    }

    /**
     * An independent generator for a named purpose; this one does not advance.
     *
     * @param key identifies the purpose, for example a parameter's path
     * @return a generator that depends only on this state and the key
     */
    public Rng split(String key) {
        long hash = 0;
        for (int i = 0; i < key.length(); i++) {
            hash = mix(hash + key.charAt(i) + GOLDEN_GAMMA);
        }
        return split(hash);
    }

    /** {@return the whole state, to save and to restore with {@link #Rng(long)}} */
    public long state() {
        return state;
    }

    /**
     * A random order of 0 .. n-1 (Fisher-Yates).
     *
     * @param n the number of elements
     * @return a permutation
     * @throws IllegalArgumentException if there are fewer than none, or more than an array holds
     */
    public int[] permutation(int n) {
        int[] order = new int[Check.arrayLength("elements of a permutation", n, Integer.BYTES)];
        permute(order);
        return order;
    }

    /**
     * Fills an array with the numbers from 0 in random order.
     *
     * @param order overwritten with the result of {@link #permutation}
     */
    public void permute(int[] order) {
        for (int i = 0; i < order.length; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return "Rng[state " + state + "]";
    }
}
