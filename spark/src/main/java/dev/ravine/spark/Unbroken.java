package dev.ravine.spark;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Work for Spark to its end, although the caller's thread is interrupted. Spark's waits would end at once and leave the
 * job on the executors. A trainer finishes its step instead, as on one machine, and stops then. The interrupt is kept.
 */
final class Unbroken {
    private Unbroken() {}

    /**
     * {@return the result of work that a thread of its own has done} It inherits Spark's local properties. What it throws
     * has the caller's stack below its own.
     *
     * @param work throws no checked exceptions
     * @param <T> of its result
     */
    static <T> T call(Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = new Thread(task, Thread.currentThread().getName() + ", for Spark");
        thread.setDaemon(true);
        thread.start();
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                } catch (ExecutionException e) {
                    throw below(e.getCause());
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does work without a result likewise. */
    static void run(Runnable work) {
        call(() -> {
            work.run();
            return null;
        });
    }

    private static RuntimeException below(Throwable thrown) {
        StackTraceElement[] here = new Throwable().getStackTrace();
        thrown.setStackTrace(
                Stream.of(thrown.getStackTrace(), here).flatMap(Stream::of).toArray(StackTraceElement[]::new));
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
    }
}
