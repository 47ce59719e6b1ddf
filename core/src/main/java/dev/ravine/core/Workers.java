package dev.ravine.core;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed set of threads that work on the shards of one computation. The calling thread is the first of them, so one
 * worker means no other thread.
 *
 * <p>A small net's gradient takes a few hundred microseconds, and waking a sleeping thread a few tens. So a waiting
 * thread spins for a while before it sleeps, unless there are more workers than processors.
 */
public final class Workers implements AutoCloseable {
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static final long SPIN_NANOSECONDS = 60_000;

    private final Worker[] others;
    private final long spin;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param count the number of workers, at least 1
     * @throws IllegalArgumentException if count is less than 1
     */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 worker is needed, found " + count);
        }
        this.spin = count <= Runtime.getRuntime().availableProcessors() ? SPIN_NANOSECONDS : 0;
        this.others = new Worker[count - 1];
        int pool = POOLS.incrementAndGet();
        for (int i = 0; i < others.length; i++) {
            others[i] = new Worker("ravine-" + pool + "-" + (i + 2), i + 1);
            others[i].start();
        }
    }

    /** {@return new workers, one for each processor} */
    public static Workers forThisMachine() {
        return new Workers(Runtime.getRuntime().availableProcessors());
    }

    /** {@return the number of workers, at least 1} */
    public int count() {
        return others.length + 1;
    }

    /**
     * Runs one task on each of the first workers and waits for all of them. Calls from several threads wait for one
     * another; a task must not call it.
     *
     * @param tasks the number of tasks, at most {@link #count()}
     * @param task called once with each number from 0 to tasks - 1, each on a different thread
     * @throws RuntimeException the first task's exception, after all have ended
     * @throws IllegalStateException if the workers are closed and more than one is needed
     */
    public synchronized void run(int tasks, IntConsumer task) {
        if (tasks > count()) {
            throw new IllegalArgumentException(tasks + " tasks for " + count() + " workers");
        }
        if (tasks > 1 && closed) {
            throw new IllegalStateException("the workers are closed");
        }
        for (int i = 1; i < tasks; i++) {
            others[i - 1].begin(task);
        }
        Throwable failure = null;
        try {
            if (tasks > 0) {
                task.accept(0);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (int i = 1; i < tasks; i++) {
            Throwable other = others[i - 1].awaitEnd();
            failure = failure == null ? other : failure;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    /** Ends the threads as soon as they are idle. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : others) {
            LockSupport.unpark(worker);
        }
    }

    /** A thread and its task, which is null while there is none; both sides wait for it to change. */
    private final class Worker extends Thread {
        private final int number;
        private volatile IntConsumer task;
        private volatile Thread waiting;
        private Throwable failure;

        Worker(String name, int number) {
            super(name);
            this.number = number;
            setDaemon(true);
        }

        void begin(IntConsumer newTask) {
            failure = null;
            task = newTask;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            while (true) {
                waitWhile(true);
                IntConsumer todo = task;
                if (todo == null) {
                    return;
                }
                try {
                    todo.accept(number);
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
                task = null;
                LockSupport.unpark(waiting);
            }
        }

        /**
         * Returns the task's failure, or null. Waits even when interrupted, since the task writes to memory that the
         * caller may free.
         */
        Throwable awaitEnd() {
            waiting = Thread.currentThread();
            boolean interrupted = waitWhile(false);
            waiting = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return failure;
        }

        /** Waits while there is no task, or while there is one; ends at once when closed without one. */
        private boolean waitWhile(boolean idle) {
            boolean interrupted = false;
            long start = System.nanoTime();
            while ((task == null) == idle && !(idle && closed)) {
                if (System.nanoTime() - start < spin) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                    interrupted |= Thread.interrupted();
                }
            }
            return interrupted;
        }
    }
}
