package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Rng;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The seeds of the noise in one graph while modules build it. Each place at which a module draws noise gets a seed of
 * its own: the first place the module's, later places seeds that follow from it. So a module that is used in several
 * places draws other numbers in each. Places are counted in the order in which the graph is built, so another graph of
 * the same model, for another shard or in another process, has the same seeds.
 */
final class NoisePlaces {
    private static final ThreadLocal<NoisePlaces> CURRENT = new ThreadLocal<>();

    private final Tensor input;
    private Set<Long> taken;

    private NoisePlaces(Tensor input) {
        this.input = input;
    }

    /**
     * Builds a part of a graph. The outermost call begins to count; noise that its input is computed from counts too.
     *
     * @param x the input
     * @param forward builds the graph
     */
    static Tensor build(Tensor x, UnaryOperator<Tensor> forward) {
        if (CURRENT.get() != null) {
            return forward.apply(x);
        }
        CURRENT.set(new NoisePlaces(x));
        try {
            return forward.apply(x);
        } finally {
            CURRENT.remove();
        }
    }

    /** The seed of the next place of a module; the module's own seed while no graph is built. */
    static long next(long seed) {
        NoisePlaces current = CURRENT.get();
        return current == null ? seed : current.take(seed);
    }

    private long take(long seed) {
        if (taken == null) {
            taken = input.noiseSeeds();
        }
        Rng places = new Rng(seed).split("place");
        long own = seed;
        for (long place = 1; !taken.add(own); place++) {
            own = places.split(place).nextLong();
        }
        return own;
    }
}
