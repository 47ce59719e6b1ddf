package dev.ravine.optim;

/**
 * A schedule that prints as its settings.
 *
 * @param name for tables and messages
 * @param values its numbers
 */
record NamedSchedule(String name, Schedule values) implements Schedule {
    @Override
    public double at(long step) {
        return values.at(step);
    }

    @Override
    public String toString() {
        return name;
    }
}
