package dev.ravine.optim.shards;

import dev.ravine.core.Lifetime;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All groups of shards of one model: at its parameters, at one other point, and at points that products need. */
final class ShardPool implements AutoCloseable {
    private final ShardedModel model;
    private final Workers workers;
    private final List<ShardGroup> groups = new ArrayList<>();
    private final Deque<ShardGroup> idle = new ArrayDeque<>();
    /** Groups in use whose graphs are those of now. */
    private final Set<ShardGroup> lent = new HashSet<>();

    private ShardGroup atParameters;
    private ShardGroup elsewhere;
    private long finishedCost;
    private final Lifetime lifetime = new Lifetime("the objective", this::release);

    ShardPool(ShardedModel model, Workers workers) {
        this.model = model;
        this.workers = workers;
        this.atParameters = kept(ShardGroup.atParameters(model));
    }

    private ShardGroup kept(ShardGroup group) {
        groups.add(group);
        return group;
    }

    /** How long shards may be used; whoever computes with them enters it. */
    Lifetime lifetime() {
        return lifetime;
    }

    /** Shards that read theta: in place where it is the model's parameters, else from a copy. */
    synchronized ShardGroup at(INDArray theta) {
        lifetime.require();
        if (theta == atParameters.point()) {
            return atParameters;
        }
        if (elsewhere == null) {
            elsewhere = kept(ShardGroup.elsewhere(model));
        }
        SharedVectors.copy(theta, elsewhere.point(), workers);
        return elsewhere;
    }

    /** A group of its own for products at one point, to be given back. */
    synchronized ShardGroup forProducts() {
        lifetime.require();
        ShardGroup group = idle.isEmpty() ? kept(ShardGroup.forProducts(model)) : idle.pop();
        lent.add(group);
        return group;
    }

    /** Whether a group that is in use has the graphs of now, so that shards may be added to it. */
    synchronized boolean isCurrent(ShardGroup group) {
        return lent.contains(group);
    }

    /** Takes a group for products back: for its next use, or for good if its graphs are out of date. */
    synchronized void giveBack(ShardGroup group) {
        if (lifetime.isClosed()) {
            return;
        }
        if (lent.remove(group)) {
            idle.push(group);
        } else {
            discard(group);
        }
    }

    /** Starts again with new graphs; groups that are in use are discarded when they are given back. */
    synchronized void renew() {
        discard(atParameters);
        if (elsewhere != null) {
            discard(elsewhere);
            elsewhere = null;
        }
        idle.forEach(this::discard);
        idle.clear();
        lent.clear();
        atParameters = kept(ShardGroup.atParameters(model));
    }

    private void discard(ShardGroup group) {
        finishedCost += group.executedCost();
        groups.remove(group);
        group.close();
    }

    /** Gives up the memory of all shards that are not in use. */
    synchronized void discardIdleShards() {
        groups.forEach(ShardGroup::discardIdle);
    }

    /** The native memory of all shards, in use or kept for their next use. */
    synchronized long bytes() {
        long bytes = 0;
        for (ShardGroup group : groups) {
            bytes += group.bytes();
        }
        return bytes;
    }

    /** The work of all shards so far, by {@link dev.ravine.autodiff.Op#cost}. */
    synchronized long executedCost() {
        long cost = finishedCost;
        for (ShardGroup group : groups) {
            cost += group.executedCost();
        }
        return cost;
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private synchronized void release() {
        groups.forEach(ShardGroup::close);
        groups.clear();
        idle.clear();
        lent.clear();
    }
}
