package dev.ravine.cli.study;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The measured cost of steps on one net.
 *
 * @param n number of parameters
 * @param seconds of the median step
 * @param fastest seconds of the fastest step
 * @param slowest seconds of the slowest step
 * @param bytes growth of the resident memory; NaN where it cannot be measured
 * @param expectedBytes the memory that the arrays should take
 * @param cubes the sum of the cubed orders of the matrices that a step factorizes
 */
record StepCost(
        double n, double seconds, double fastest, double slowest, double bytes, double expectedBytes, double cubes) {
    /** Only this many of the largest nets count in fits: small nets cost what is the same for all. */
    static final int LARGEST = 3;

    /** The measured megabytes; NaN where the growth is below the noise and came out negative. */
    double megabytes() {
        return bytes > 0 ? bytes / 1e6 : Double.NaN;
    }

    /** The median of a number over the largest nets. */
    static double median(List<StepCost> costs, ToDoubleFunction<StepCost> number) {
        List<Double> values = costs.subList(Math.max(0, costs.size() - LARGEST), costs.size()).stream()
                .map(number::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList();
        return values.get(values.size() / 2);
    }

    /**
     * The number of parameters at which a step takes a given time. Factorizations grow with n^3, at the rate measured
     * for them alone. The rest grows with n^2 in methods that factorize, and with n in those that do not.
     */
    static double parametersAt(double wallSeconds, List<StepCost> costs, double secondsPerCube) {
        double share = median(costs, c -> c.cubes / Math.pow(c.n, 3));
        int power = share > 0 ? 2 : 1;
        double rest = median(costs, c -> Math.max(0, c.fastest - secondsPerCube * c.cubes) / Math.pow(c.n, power));
        double low = 1;
        double high = 1e12;
        while (high / low > 1.0001) {
            double middle = Math.sqrt(low * high);
            double seconds = rest * Math.pow(middle, power) + secondsPerCube * share * Math.pow(middle, 3);
            if (seconds < wallSeconds) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
