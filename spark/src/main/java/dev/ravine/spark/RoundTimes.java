package dev.ravine.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long jobs take beside their arithmetic. When the median of many jobs spends more on Spark than on arithmetic, a
 * warning says so once.
 */
public final class RoundTimes {
    private static final Logger LOG = LoggerFactory.getLogger(RoundTimes.class);

    /** The first jobs also plan programs and load classes. */
    private static final int WARM_UP = 10;

    private static final int ENOUGH = 20;

    private final double[] jobs = new double[ENOUGH];
    private final double[] arithmetic = new double[ENOUGH];
    private double last;
    private int seen;
    private boolean hasWarned;

    RoundTimes() {}

    synchronized void add(ShardTask.Kind kind, double seconds, List<ShardResults> tasks) {
        if (kind == ShardTask.Kind.NON_FINITE) {
            return;
        }
        last = tasks.stream().mapToDouble(t -> t.seconds).max().orElse(0);
        if (seen >= WARM_UP) {
            int at = (seen - WARM_UP) % ENOUGH;
            jobs[at] = seconds;
            arithmetic[at] = last;
        }
        seen++;
        if (!hasWarned && seen == WARM_UP + ENOUGH && overhead() > arithmetic()) {
            hasWarned = true;
            LOG.warn(warning());
        }
    }

    private String warning() {
        return String.format(
                Locale.ROOT,
                "A job takes %.1f ms: %.1f ms of arithmetic, and %.1f ms of Spark's own (medians of %d jobs). One machine"
                        + " is faster with SupervisedObjective, as long as the data fit into its memory.",
                1e3 * (overhead() + arithmetic()),
                1e3 * arithmetic(),
                1e3 * overhead(),
                ENOUGH);
    }

    /** {@return whether the warning was given} */
    public synchronized boolean hasWarned() {
        return hasWarned;
    }

    /** {@return the median time of a job that its longest task was not computing, in seconds; NaN before 30 jobs} */
    public synchronized double overhead() {
        double[] rest = new double[ENOUGH];
        Arrays.setAll(rest, i -> jobs[i] - arithmetic[i]);
        return median(rest);
    }

    /** {@return the median time that the longest task of a job was computing, in seconds; NaN before 30 jobs} */
    public synchronized double arithmetic() {
        return median(arithmetic.clone());
    }

    /** {@return the time that the longest task of the last job was computing, in seconds; 0 before the first one} */
    public synchronized double lastArithmetic() {
        return last;
    }

    private double median(double... values) {
        if (seen < WARM_UP + ENOUGH) {
            return Double.NaN;
        }
        Arrays.sort(values);
        return (values[ENOUGH / 2 - 1] + values[ENOUGH / 2]) / 2;
    }
}
