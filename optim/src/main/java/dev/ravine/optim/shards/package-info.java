/**
 * How a sum over examples is cut into shards, computed and added: a {@link dev.ravine.optim.shards.ShardRunner}
 * computes shards in threads of this process or elsewhere, and {@link dev.ravine.optim.shards.ShardedSum} adds what
 * they return in their order. It uses {@code nn} and what is below it, and no other room of {@code optim}; {@code
 * optim.objective} uses it.
 */
package dev.ravine.optim.shards;
