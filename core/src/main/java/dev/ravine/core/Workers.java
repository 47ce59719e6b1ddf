package dev.ravine.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A fixed set of threads that work on the shards of one computation. The calling thread is the first of them, so one
 * worker means no other thread at all.
 */
public final class Workers implements AutoCloseable {
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final int count;
    private final ExecutorService others;

    /**
     * Starts the threads.
     *
     * @param count how many work at once, at least 1
     * @throws IllegalArgumentException if count is less than 1
     */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 worker is needed, found " + count);
        }
        this.count = count;
        int pool = POOLS.incrementAndGet();
        AtomicInteger names = new AtomicInteger(1);
        this.others = count == 1
                ? null
                : Executors.newFixedThreadPool(count - 1, task -> {
                    Thread thread = new Thread(task, "ravine-" + pool + "-" + names.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * One worker for each processor.
     *
     * @return new workers
     */
    public static Workers forThisMachine() {
        return new Workers(Runtime.getRuntime().availableProcessors());
    }

    /**
     * How many work at once.
     *
     * @return at least 1
     */
    public int count() {
        return count;
    }

    /**
     * Runs one task on each of the first workers and waits for all of them.
     *
     * @param tasks how many, at most {@link #count()}
     * @param task called once with each number from 0 to tasks - 1, each on a thread of its own
     * @throws RuntimeException the first task's exception, after all have ended
     */
    public void run(int tasks, IntConsumer task) {
        if (tasks > count) {
            throw new IllegalArgumentException(tasks + " tasks for " + count + " workers");
        }
        List<Future<?>> running = new ArrayList<>(Math.max(0, tasks - 1));
        for (int i = 1; i < tasks; i++) {
            int number = i;
            running.add(others.submit(() -> task.accept(number)));
        }
        Throwable failure = null;
        try {
            if (tasks > 0) {
                task.accept(0);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (Future<?> future : running) {
            Throwable other = awaitEnd(future);
            failure = failure == null ? other : failure;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    /** Waits even when interrupted, since the task writes to memory that its caller may free; null if it succeeded. */
    private static Throwable awaitEnd(Future<?> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the threads once they are idle. */
    @Override
    public void close() {
        if (others != null) {
            others.shutdown();
        }
    }
}
