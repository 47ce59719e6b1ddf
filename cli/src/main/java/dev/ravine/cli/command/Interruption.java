package dev.ravine.cli.command;

import dev.ravine.cli.report.Lines;
import dev.ravine.examples.ConsoleProgress;
import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C: the command ends after its present step and writes its report; the process stays alive until then. The exit
 * code is 130. A second Ctrl-C ends the process at once, with the same code. A request of the system to end, such as
 * SIGTERM, is treated like the first Ctrl-C.
 */
final class Interruption {
    /** By convention 128 and the number of SIGINT. */
    static final int EXIT_CODE = 130;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean isByKey;

    /** Listens to the signals. */
    void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "interruption"));
        InterruptSignal.handle(this::interrupt);
    }

    /** What Ctrl-C does, where the signal is heard one by one. */
    private void interrupt() {
        if (requested) {
            System.err.println();
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        isByKey = true;
        if (ConsoleProgress.isTerminal()) {
            // The terminal has shown ^C where the line of the bar ends.
            System.err.println();
        }
        ask("Ctrl-C again");
    }

    /** What the end of the process does, whatever it comes from. */
    private void stop() {
        if (ended.getCount() > 0 && !requested) {
            ask("kill -9 " + ProcessHandle.current().pid());
        }
        requested = true;
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(String how) {
        requested = true;
        System.err.println(Lines.fitted("ravine: ending after this step (" + how + " ends at once, without results)"));
    }

    /** Asks the command to end. */
    void request() {
        requested = true;
    }

    /** Whether the command is to end. */
    boolean isRequested() {
        return requested;
    }

    /**
     * Says that the command has ended.
     *
     * @return the exit code of the process
     */
    int ended(int exit) {
        ended.countDown();
        return isByKey ? EXIT_CODE : exit;
    }
}
