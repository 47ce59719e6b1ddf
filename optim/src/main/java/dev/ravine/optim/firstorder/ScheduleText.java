package dev.ravine.optim.firstorder;

import dev.ravine.core.StableText;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Schedules as text: by their values to compare them, by their names for people. */
final class ScheduleText {
    private static final int EACH = 256;
    private static final int LARGEST_POWER = 40;

    private ScheduleText() {}

    /** See {@link Schedule#text}. */
    static String of(Schedule schedule) {
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

    /** A name for people. */
    static String label(Schedule schedule) {
        if (schedule instanceof Schedule.Named named) {
            return named.name();
        }
        return schedule.getClass().isHidden() ? "a schedule" : StableText.of(schedule);
    }
}
