package dev.ravine.cli.compare;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * How steadily a run went on: its processor time, and its work a second in equal parts of its training time. On a quiet
 * machine the work a second hardly changes.
 *
 * @param cpuSeconds of all threads of the process during its steps; not a number where the system does not tell
 * @param paces gradients a second, in one part of the training time after the other
 */
public record Pace(double cpuSeconds, List<Double> paces) {
    /** Nothing was measured. */
    public static final Pace UNKNOWN = new Pace(Double.NaN, List.of());

    private static final int FEWEST = 5;

    /** {@return the processor time that this process has used so far, in seconds; not a number if it is not known} */
    static double processCpuSeconds() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            long nanos = system.getProcessCpuTime();
            return nanos < 0 ? Double.NaN : nanos / 1e9;
        }
        return Double.NaN;
    }

    /** Whether there are enough parts to compare. */
    boolean isKnown() {
        return paces.size() >= FEWEST;
    }

    /** The pace that a tenth of the parts stayed below, as a factor of the median. */
    double slow() {
        return quantile(0.1) / quantile(0.5);
    }

    /** The pace that a tenth of the parts exceeded, as a factor of the median. */
    double fast() {
        return quantile(0.9) / quantile(0.5);
    }

    private double quantile(double share) {
        double[] sorted = paces.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
