package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import java.util.Map;
import java.util.Objects;

/**
 * How much of a velocity is kept from step to step.
 *
 * @param schedule null for no momentum
 * @param isScheduled whether it was given as a schedule, and is in the report of each step
 */
record Momentum(Schedule schedule, boolean isScheduled) {
    static final Momentum NONE = new Momentum(null, false);

    /** The same at all steps; none for 0. */
    static Momentum of(double mu) {
        Check.fraction("momentum", mu);
        return mu == 0 ? NONE : new Momentum(Schedule.constant(mu), false);
    }

    static Momentum of(Schedule mu) {
        return new Momentum(Objects.requireNonNull(mu, "mu"), true);
    }

    boolean isNone() {
        return schedule == null;
    }

    /** For a step, from 1. */
    double at(long step) {
        return isNone() ? 0 : schedule.momentumAt(step - 1);
    }

    /** For names, such as {@code mu=0.9}. */
    String label() {
        return "mu=" + Schedule.Named.label(schedule);
    }

    /** For settings. */
    Object text() {
        return isNone() ? 0 : ScheduleText.of(schedule);
    }

    /** For the report of a step. */
    Map<String, Double> telemetry(double mu) {
        return isScheduled ? Map.of("momentum", mu) : Map.of();
    }
}
