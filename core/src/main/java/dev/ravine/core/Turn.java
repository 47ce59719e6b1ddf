package dev.ravine.core;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One run of {@link Workers}, and the run of whose tasks it is a part, if any. Runs of the same workers take turns. A
 * run ends when all of its tasks have ended, so a task that waits for workers that wait for the task would wait for
 * ever; it is told so instead.
 */
final class Turn {
    private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();
    /** Guards itself. */
    private static final Set<Turn> WAITING = new HashSet<>();

    private final Turn parent;
    private final Queue queue;
    private Turn before;

    private Turn(Turn parent, Queue queue) {
        this.parent = parent;
        this.queue = queue;
    }

    /** The turns of the same workers. A thread that holds one may take another. */
    static final class Queue {
        private final Object workers;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile Turn holder;

        /** Of workers, for messages. */
        Queue(Object workers) {
            this.workers = workers;
        }

        /**
         * Waits for a turn.
         *
         * @throws IllegalStateException if the wait would last for ever
         */
        Turn begin() {
            Turn turn = new Turn(CURRENT.get(), this);
            boolean waits = !lock.tryLock();
            if (waits) {
                turn.expectEnd();
                lock.lock();
            }
            turn.before = holder;
            holder = turn;
            if (waits) {
                synchronized (WAITING) {
                    WAITING.remove(turn);
                }
            }
            CURRENT.set(turn);
            return turn;
        }
    }

    /** Ends the turn; for the thread that began it. */
    void end() {
        set(parent);
        queue.holder = before;
        queue.lock.unlock();
    }

    /** Says of which run the tasks of this thread are from now on; null for none. */
    static void set(Turn turn) {
        if (turn == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(turn);
        }
    }

    /** Puts the turn among those that wait, if what it waits for can end. */
    private void expectEnd() {
        synchronized (WAITING) {
            Turn holder = queue.holder;
            if (holder != null && isPartOf(holder)) {
                throw new IllegalStateException(
                        "a task calls the workers that run it, which would wait for themselves; give"
                                + " inner computations workers of their own");
            }
            if (dependsOnThis(queue, new HashSet<>())) {
                throw new IllegalStateException("a task waits for " + queue.workers
                        + ", whose tasks wait for the workers that run it, and would wait for ever; give"
                        + " inner computations workers of their own");
            }
            WAITING.add(this);
        }
    }

    private boolean isPartOf(Turn other) {
        for (Turn turn = this; turn != null; turn = turn.parent) {
            if (turn == other) {
                return true;
            }
        }
        return false;
    }

    /** Whether the run that holds a queue waits, in whatever task, for a run of which this turn is a part. */
    private boolean dependsOnThis(Queue wanted, Set<Queue> seen) {
        Turn holder = wanted.holder;
        if (holder == null || !seen.add(wanted)) {
            return false;
        }
        return isPartOf(holder)
                || WAITING.stream().anyMatch(turn -> turn.isPartOf(holder) && dependsOnThis(turn.queue, seen));
    }
}
