package dev.ravine.cli.command;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Measures a net again and again, with memory that is kept in between. */
final class Meter implements AutoCloseable {
    private final Supplier<Map<String, Double>> figures;
    private final List<AutoCloseable> resources;

    Meter(Supplier<Map<String, Double>> figures, AutoCloseable... resources) {
        this.figures = figures;
        this.resources = List.of(resources);
    }

    /** Figures by name, in the order in which they are to be shown. */
    Map<String, Double> measure() {
        return figures.get();
    }

    @Override
    public void close() {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
