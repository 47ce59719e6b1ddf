package dev.ravine.autodiff;

import dev.ravine.core.Elements;
import dev.ravine.core.Rng;

/** Draws random numbers for {@link Tensor#noise}. */
@FunctionalInterface
public interface NoiseSampler {
    /**
     * Fills a range of an array with random numbers.
     *
     * @param out the array's numbers
     * @param from the index of the first element to draw
     * @param to the index after the last element
     * @param rng the only source of randomness
     */
    void fill(Elements out, int from, int to, Rng rng);
}
