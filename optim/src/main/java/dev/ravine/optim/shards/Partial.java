package dev.ravine.optim.shards;

import dev.ravine.core.Elements;

/**
 * The contribution of one shard to a sum over examples. The numbers lie in native memory of this process, or in plain
 * arrays that came over a wire ({@link Elements#of(float[])}, {@link Elements#of(double[])}).
 *
 * @param loss the sum of its examples' losses
 * @param gradient the gradient of that sum, or null if it was not asked for
 * @param statistic the statistic of its examples, flat, or null if it was not asked for
 */
public record Partial(double loss, Elements gradient, Elements statistic) {}
