package dev.ravine.autodiff;

import dev.ravine.core.Elements;
import dev.ravine.core.Rng;

/** Draws random numbers for {@link Tensor#noise}. */
@FunctionalInterface
public interface NoiseSampler {
    /**
     * Fills a stretch of an array.
     *
     * @param out the array's numbers
     * @param from the first element to draw
     * @param to the element after the last one
     * @param rng the only source of randomness
     */
    void fill(Elements out, int from, int to, Rng rng);
}
