package dev.ravine.core;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Holds the memory of several arrays during a computation: whoever closes their arenas meanwhile, it stays. */
public final class Hold {
    private final Lifetime[] lifetimes;

    private Hold(Set<Lifetime> distinct) {
        distinct.remove(Lifetime.ENDLESS);
        this.lifetimes = distinct.toArray(new Lifetime[0]);
    }

    /**
     * Prepares a hold.
     *
     * @param arrays what a computation reads and writes
     * @return a hold that can be used again and again
     * @throws IllegalStateException if the memory of one was returned, naming its owner
     */
    public static Hold of(Collection<INDArray> arrays) {
        Set<Lifetime> distinct = new LinkedHashSet<>();
        for (INDArray array : Check.noNulls("the arrays to hold", arrays)) {
            distinct.add(ArrayMemory.requireOpen(array));
        }
        return new Hold(distinct);
    }

    /**
     * Prepares a hold of an object and of the memory that it uses.
     *
     * @param own the object's lifetime
     * @param arrays what its computations read and write
     * @return a hold that can be used again and again
     * @throws IllegalStateException if the memory of one was returned, naming its owner
     */
    public static Hold of(Lifetime own, Collection<INDArray> arrays) {
        Set<Lifetime> distinct = new LinkedHashSet<>(List.of(own));
        distinct.addAll(Arrays.asList(of(arrays).lifetimes));
        return new Hold(distinct);
    }

    /**
     * Prepares a hold.
     *
     * @param elements what a computation reads and writes
     * @return a hold that can be used again and again
     */
    public static Hold ofElements(Collection<Elements> elements) {
        Set<Lifetime> distinct = new LinkedHashSet<>();
        for (Elements each : Check.noNulls("the elements to hold", elements)) {
            distinct.add(each.lifetime());
        }
        return new Hold(distinct);
    }

    /**
     * Holds the memory of two arrays, without allocation. To be ended by {@link #exit(Elements, Elements)} in a {@code
     * finally} block.
     *
     * @param x an array
     * @param y another, or the same
     * @throws IllegalStateException if the memory of one was returned, naming its owner; then there is nothing to end
     */
    public static void enter(Elements x, Elements y) {
        x.lifetime().enter();
        if (x.lifetime() != y.lifetime()) {
            try {
                y.lifetime().enter();
            } catch (IllegalStateException e) {
                x.lifetime().exit();
                throw e;
            }
        }
    }

    /**
     * Ends the hold of two arrays, which were reachable until now.
     *
     * @param x an array
     * @param y another, or the same
     */
    public static void exit(Elements x, Elements y) {
        try {
            x.lifetime().exit();
            if (x.lifetime() != y.lifetime()) {
                y.lifetime().exit();
            }
        } finally {
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
        }
    }

    /**
     * Begins a computation, which must be ended by {@link #exit} in a {@code finally} block.
     *
     * @throws IllegalStateException if the memory of an array was returned, naming its owner; then there is nothing to
     *     end
     */
    public void enter() {
        int entered = 0;
        try {
            while (entered < lifetimes.length) {
                lifetimes[entered].enter();
                entered++;
            }
        } finally {
            if (entered < lifetimes.length) {
                exit(entered);
            }
        }
    }

    /**
     * Does one thing between {@link #enter} and {@link #exit}.
     *
     * @param use what to do
     * @throws IllegalStateException if the memory of an array was returned, naming its owner
     */
    public void during(Runnable use) {
        enter();
        try {
            use.run();
        } finally {
            exit();
        }
    }

    /** Ends it. */
    public void exit() {
        exit(lifetimes.length);
    }

    private void exit(int count) {
        for (int i = 0; i < count; i++) {
            lifetimes[i].exit();
        }
    }
}
