package dev.ravine.optim;

import dev.ravine.core.StableText;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Schedules as text that is equal in every process, by which a run that goes on knows them: a constant as its number,
 * any other by its first values and a digest of some hundred values up to step 2^41. So a lambda is known by what it
 * computes.
 */
public final class ScheduleText {
    private static final int EACH = 256;
    private static final int LARGEST_POWER = 40;

    private ScheduleText() {}

    /**
     * {@return the text, such as {@code 0.1} or {@code 0.1, 0.099, 0.098, ... (values 3f5a90c1)}}
     *
     * @param schedule any
     */
    public static String of(Schedule schedule) {
        double[] values = LongStream.concat(
                        LongStream.range(0, EACH),
                        LongStream.rangeClosed(8, LARGEST_POWER).flatMap(ScheduleText::around))
                .mapToDouble(step -> at(schedule, step))
                .toArray();
        if (Arrays.stream(values).allMatch(value -> value == values[0])) {
            return StableText.number(values[0]);
        }
        return StableText.number(values[0]) + ", " + StableText.number(values[1]) + ", " + StableText.number(values[2])
                + ", ... (values " + StableText.digest(values) + ")";
    }

    private static LongStream around(long power) {
        long step = 1L << power;
        return LongStream.of(step - 1, step, step + step / 4, step + step / 2, step + 3 * step / 4);
    }

    /** A schedule may be defined for the steps of its run only, such as one that reads an array. */
    private static double at(Schedule schedule, long step) {
        try {
            return schedule.at(step);
        } catch (RuntimeException e) {
            return Double.NaN;
        }
    }
}
