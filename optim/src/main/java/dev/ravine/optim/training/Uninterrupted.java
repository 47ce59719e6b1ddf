package dev.ravine.optim.training;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/** Does work on files to its end, although the thread is interrupted, which would close them. The interrupt is kept. */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Work that can be done again from its beginning. */
    @FunctionalInterface
    interface Task<T> {
        T run() throws IOException;
    }

    static <T> T call(Task<T> task) throws IOException {
        boolean isInterrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return task.run();
                } catch (IOException e) {
                    if (!isByInterrupt(e)) {
                        throw e;
                    }
                    isInterrupted = true;
                    Thread.interrupted(); // It would close the next file, too.
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isByInterrupt(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }
}
