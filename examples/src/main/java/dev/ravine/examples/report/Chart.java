package dev.ravine.examples.report;

import java.util.List;
import java.util.Map;

/**
 * Lines over a choice of axes. Each line has values under the key of every axis; where there are several axes the reader
 * switches between them, the first being shown at first.
 *
 * @param name of its files
 * @param caption what it shows
 * @param x at least one
 * @param y at least one
 * @param lines what is drawn; each can be hidden
 */
public record Chart(String name, String caption, List<Axis> x, List<Axis> y, List<Line> lines)
        implements Report.Element {
    /**
     * What can be on an axis.
     *
     * @param key of its values
     * @param label with its unit
     * @param isLog whether it is logarithmic at first; the reader can switch
     */
    public record Axis(String key, String label, boolean isLog) {}

    /** How the values of a line are drawn. */
    public enum Style {
        /** Joined. */
        LINE,
        /** Joined, every value marked: for few values. */
        MARKED,
        /** Each by itself. */
        POINTS
    }

    /**
     * Values that belong together.
     *
     * @param name for the legend; the same name in several charts has the same colour
     * @param style how to draw it
     * @param values by key of an axis, all of one length; NaN where there is none
     * @param bands ranges about the values of some keys, as over seeds
     */
    public record Line(String name, Style style, Map<String, double[]> values, Map<String, Band> bands) {}

    /**
     * A range at each value.
     *
     * @param low its lower end
     * @param high its upper end
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Band(double[] low, double[] high) {}
}
