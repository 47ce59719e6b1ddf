/**
 * How a sum over examples is cut into shards, computed and added: a {@link dev.ravine.optim.shards.ShardRunner}
 * computes shards in threads of this process or elsewhere, and {@link dev.ravine.optim.shards.PairwiseSum} adds
 * their results in pairs.
 *
 * <p>This package uses no other package of {@code optim}; only {@code optim.objective} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.shards;
