package dev.ravine.cli.command;

import dev.ravine.cli.compare.Audience;
import dev.ravine.cli.compare.Comparison;
import dev.ravine.cli.compare.ComparisonReport;
import dev.ravine.cli.report.LiveServer;
import dev.ravine.cli.report.Origin;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * Fills the live page of a comparison. It may take two seconds and a fiftieth of the time, so that the first looks, which
 * compile its code, do not delay the next ones, and less if nobody looks at it. If it fails, it says so and training goes
 * on without it.
 */
final class LiveComparison implements Audience {
    private static final long WATCHED_NANOS = 1_000_000_000L;
    private static final long UNWATCHED_NANOS = 10_000_000_000L;
    private static final long FREE_NANOS = 2_000_000_000L;
    private static final long SHARE = 50;

    private final LiveServer live;
    private final Origin origin;
    private final PrintWriter warnings;
    private final long start = System.nanoTime();
    private long shown = start - UNWATCHED_NANOS;
    private long spent;
    private boolean hasFailed;

    LiveComparison(LiveServer live, Origin origin, PrintWriter warnings) {
        this.live = live;
        this.origin = origin;
        this.warnings = warnings;
    }

    @Override
    public boolean isWaiting() {
        long pause = live.isWatched() ? WATCHED_NANOS : UNWATCHED_NANOS;
        long now = System.nanoTime();
        return !hasFailed && now - shown >= pause && spent <= FREE_NANOS + (now - start) / SHARE;
    }

    @Override
    public void show(Comparison soFar, String state) {
        if (hasFailed) {
            return;
        }
        long begin = System.nanoTime();
        try {
            live.show(new ComparisonReport(soFar).soFar(origin), state);
        } catch (IOException | RuntimeException e) {
            hasFailed = true;
            warnings.println("ravine: the live page cannot be shown any more, training goes on: " + e);
            warnings.flush();
        }
        shown = System.nanoTime();
        spent += shown - begin;
    }
}
