package dev.ravine.cli.command;

import java.io.PrintWriter;
import java.util.Locale;

/** Prints a line every few seconds: how far an analysis is, its current part, and about how long it will take. */
final class StudyProgress {
    private static final double SECONDS_BETWEEN_LINES = 3;
    /** Below this share the pace says nothing yet. */
    private static final double FIRST_SHARE = 0.05;

    private final String name;
    private final PrintWriter out;
    private final long start = System.nanoTime();
    private double printed;

    StudyProgress(String name, PrintWriter out) {
        this.name = name;
        this.out = out;
    }

    void show(double share, String part) {
        double seconds = (System.nanoTime() - start) / 1e9;
        if (seconds - printed < SECONDS_BETWEEN_LINES) {
            return;
        }
        printed = seconds;
        String left =
                share >= FIRST_SHARE ? String.format(Locale.ROOT, ", %.0f s left", seconds * (1 - share) / share) : "";
        out.printf(Locale.ROOT, "  %s %.0f%%%s: %s%n", name, 100 * share, left, part);
        out.flush();
    }
}
