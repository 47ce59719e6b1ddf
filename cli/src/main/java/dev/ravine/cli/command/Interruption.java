package dev.ravine.cli.command;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C: the command ends after its present step and writes its report; the process stays alive until then. The exit
 * code is 130.
 */
final class Interruption {
    /** By convention 128 and the number of SIGINT. */
    static final int EXIT_CODE = 130;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean requested;

    /** Listens to the signal. */
    void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "interruption"));
    }

    private void stop() {
        requested = true;
        if (ended.getCount() > 0) {
            System.err.println("ravine: ending after this step (kill -9 "
                    + ProcessHandle.current().pid() + " ends at once and writes no report)");
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the command to end. */
    void request() {
        requested = true;
    }

    /** Whether the command is to end. */
    boolean isRequested() {
        return requested;
    }

    /** Says that the command has ended. */
    void ended() {
        ended.countDown();
    }
}
