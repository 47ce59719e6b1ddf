package dev.ravine.core;

import java.util.function.IntConsumer;

/**
 * A number of threads that work on the shards of one computation. The calling thread is the first of them, so one
 * worker means no other thread.
 *
 * <p>Workers borrow threads of the process while they run and give them back afterwards. So workers that nobody closes
 * hold no threads, and the process has no more of them than were busy at one time. They are daemons, and end after ten
 * idle seconds.
 */
public final class Workers implements AutoCloseable {
    /** The calling thread alone. Closing it changes nothing. */
    public static final Workers CALLER = new Workers(1);

    private final int count;
    private final boolean spins;
    private final Turn.Queue turns = new Turn.Queue(this);
    private volatile boolean closed;

    /**
     * Makes workers; threads start when they are first needed.
     *
     * @param count the number of workers, at least 1
     * @throws IllegalArgumentException if count is less than 1
     */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 worker is needed, found " + count);
        }
        this.count = count;
        this.spins = count <= Runtime.getRuntime().availableProcessors();
    }

    /** {@return new workers, one for each processor} */
    public static Workers forThisMachine() {
        return new Workers(Runtime.getRuntime().availableProcessors());
    }

    /** {@return the number of workers, at least 1} */
    public int count() {
        return count;
    }

    /**
     * Runs one task on each of the first workers and waits for all of them, also when the calling thread is
     * interrupted: tasks write to memory that the caller may free. Calls from several threads wait for one another. A
     * task must not wait for workers that wait for it: neither for those that run it, nor for others whose tasks wait for
     * those.
     *
     * @param tasks the number of tasks, at most {@link #count()}
     * @param task called once with each number from 0 to tasks - 1, each on a different thread
     * @throws RuntimeException the exception of the first task that failed, after all have ended, with those of other
     *     tasks as suppressed ones; an {@link Error}, or a checked exception that the task threw without declaring it,
     *     comes through in the same way
     * @throws IllegalArgumentException if there are more tasks than workers, or a negative number
     * @throws IllegalStateException if the workers are closed, or if a task would wait for ever
     */
    public void run(int tasks, IntConsumer task) {
        if (tasks < 0 || tasks > count) {
            throw new IllegalArgumentException("expected 0 to " + count
                    + " tasks, as many as there are workers at most, found " + tasks
                    + "; give each task a share of the work");
        }
        Turn turn = turns.begin();
        try {
            runInTurn(tasks, task, turn);
        } finally {
            turn.end();
        }
    }

    private void runInTurn(int tasks, IntConsumer task, Turn turn) {
        if (closed) {
            throw new IllegalStateException("the workers are closed; make others, or close them after their last use");
        }
        WorkerThread[] others = new WorkerThread[Math.max(0, tasks - 1)];
        Throwable[] failures = new Throwable[tasks];
        int begun = 0;
        try {
            for (; begun < others.length; begun++) {
                others[begun] = WorkerThread.borrow();
                others[begun].begin(turn, task, begun + 1, spins);
            }
            if (tasks > 0) {
                task.accept(0);
            }
        } catch (Throwable e) { // checked ones too, which a task may throw without declaring them
            failures[0] = e;
        }
        for (int i = begun; i > 0; i--) {
            failures[i] = others[i - 1].awaitEnd(spins);
            WorkerThread.giveBack(others[i - 1]);
        }
        rethrow(failures);
    }

    private static void rethrow(Throwable... failures) {
        Throwable first = null;
        for (Throwable failure : failures) {
            if (first == null) {
                first = failure;
            } else if (failure != null && failure != first) {
                first.addSuppressed(failure);
            }
        }
        if (first != null) {
            throw Workers.<RuntimeException>unchecked(first);
        }
    }

    /** The same exception for the compiler's eyes. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E unchecked(Throwable exception) throws E {
        throw (E) exception;
    }

    /** Forbids further runs; one that has begun goes on to its end. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "Workers[" + count + (closed ? ", closed]" : "]");
    }
}
