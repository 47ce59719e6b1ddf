package dev.ravine.cli.compare;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets several runs train in turns, each in a thread of its own, one at a time. The turn goes to the run that has
 * trained least; among equal ones, to the first after the one that had it. So a slow phase of the machine is shared by
 * all.
 */
final class Turns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final double[] seconds;
    private final boolean[] hasLeft;
    private final double slice;
    private double begin;
    private int holder;

    /**
     * Gives the first turn to the first run.
     *
     * @param runs how many
     * @param slice the training time of a turn in seconds; a turn ends with the step that uses it up
     */
    Turns(int runs, double slice) {
        this.seconds = new double[runs];
        this.hasLeft = new boolean[runs];
        this.slice = slice;
    }

    /** Waits for the first turn of a run. */
    void enter(int run) {
        lock.lock();
        try {
            await(run);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that the run that has the turn made a step; waits if its turn is over.
     *
     * @param run which
     * @param trained its training time so far, in seconds
     */
    void stepped(int run, double trained) {
        lock.lock();
        try {
            seconds[run] = trained;
            if (trained - begin >= slice) {
                pass();
                await(run);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Says that a run has ended; the others go on. */
    void leave(int run) {
        lock.lock();
        try {
            hasLeft[run] = true;
            if (holder == run) {
                pass();
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(int run) {
        while (holder != run) {
            changed.awaitUninterruptibly();
        }
    }

    private void pass() {
        int next = -1;
        for (int i = 1; i <= seconds.length; i++) {
            int run = (holder + i) % seconds.length;
            if (!hasLeft[run] && (next < 0 || seconds[run] < seconds[next])) {
                next = run;
            }
        }
        holder = next;
        begin = next < 0 ? 0 : seconds[next];
        changed.signalAll();
    }
}
