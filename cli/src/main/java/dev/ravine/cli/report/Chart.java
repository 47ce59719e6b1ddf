package dev.ravine.cli.report;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lines over a choice of axes. Each line has values under the key of every axis. If there are several axes, the reader
 * can switch between them; the page begins with the first.
 *
 * @param name of its files
 * @param caption says what the chart shows
 * @param x at least one
 * @param y at least one
 * @param lines the lines; the reader can hide each of them
 */
public record Chart(String name, String caption, List<Axis> x, List<Axis> y, List<Line> lines)
        implements Report.Element {
    /**
     * Checks that all lines can be drawn on all axes.
     *
     * @param name of its files
     * @param caption says what the chart shows
     * @param x at least one
     * @param y at least one
     * @param lines the lines, under different names
     * @throws IllegalArgumentException if an axis is missing, a line has no values for one, or two have the same name
     */
    public Chart {
        if (x.isEmpty() || y.isEmpty()) {
            throw new IllegalArgumentException("chart '" + name + "' needs at least one axis x and one y");
        }
        Set<List<String>> names = new HashSet<>();
        for (Line line : lines) {
            if (!names.add(List.of(line.panel(), line.name()))) {
                throw new IllegalArgumentException("chart '" + name + "' has two lines named '" + line.name() + "'"
                        + (line.panel().isEmpty() ? "" : " in panel '" + line.panel() + "'"));
            }
            Stream.concat(x.stream(), y.stream())
                    .map(Axis::key)
                    .filter(key -> !line.values().containsKey(key))
                    .findFirst()
                    .ifPresent(key -> {
                        throw new IllegalArgumentException("chart '" + name + "' has an axis '" + key + "', but line '"
                                + line.name() + "' has values of "
                                + line.values().keySet()
                                + " only; give NaN where there is none");
                    });
        }
    }

    /**
     * A quantity that can be shown on an axis.
     *
     * @param key of its values
     * @param label its name and unit
     * @param isLog whether the axis begins as logarithmic; the reader can switch
     * @param least a y axis begins without the values below, unless all are below
     * @param most a y axis begins without the values above, likewise; the reader can show all
     */
    public record Axis(String key, String label, boolean isLog, double least, double most) {
        /**
         * An axis that shows all values.
         *
         * @param key of its values
         * @param label its name and unit
         * @param isLog whether the axis begins as logarithmic
         */
        public Axis(String key, String label, boolean isLog) {
            this(key, label, isLog, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
    }

    /** How the values of a line are drawn. */
    public enum Style {
        /** Joined. */
        LINE,
        /** Joined, with a mark at each value: for few values. */
        MARKED,
        /** Not joined. */
        POINTS
    }

    /**
     * Values that belong together.
     *
     * @param name for the legend; the same name in several charts has the same colour
     * @param style how to draw it
     * @param values by key of an axis, all of one length; NaN where there is none
     * @param bands ranges around the values of some keys, for example over seeds
     * @param panel of the chart in which it is drawn, by its title; empty if the chart has no panels. All panels have
     *     the same axes.
     */
    public record Line(String name, Style style, Map<String, double[]> values, Map<String, Band> bands, String panel) {
        /**
         * A line of a chart without panels.
         *
         * @param name for the legend; the same name in several charts has the same colour
         * @param style how to draw it
         * @param values by key of an axis, all of one length; NaN where there is none
         * @param bands ranges around the values of some keys
         * @throws IllegalArgumentException if lengths differ
         */
        public Line(String name, Style style, Map<String, double[]> values, Map<String, Band> bands) {
            this(name, style, values, bands, "");
        }

        /**
         * Checks the lengths.
         *
         * @param name for the legend
         * @param style how to draw it
         * @param values by key of an axis
         * @param bands by key of an axis
         * @param panel may be empty
         * @throws IllegalArgumentException if they differ
         */
        public Line {
            int length =
                    values.values().stream().mapToInt(v -> v.length).findFirst().orElse(0);
            values.forEach((key, v) -> require(name, key, v.length, length));
            bands.forEach((key, band) -> {
                require(name, key, band.low().length, length);
                require(name, key, band.high().length, length);
            });
        }

        private static void require(String name, String key, int found, int expected) {
            if (found != expected) {
                throw new IllegalArgumentException("line '" + name + "' has " + found + " values of '" + key + "' and "
                        + expected + " of its first key; give all the same length, with NaN where there is none");
            }
        }

        /** {@return the number of values of each key} */
        public int length() {
            return values.values().stream().mapToInt(v -> v.length).findFirst().orElse(0);
        }
    }

    /**
     * A range at each value.
     *
     * @param low its lower end
     * @param high its upper end
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Band(double[] low, double[] high) {}
}
