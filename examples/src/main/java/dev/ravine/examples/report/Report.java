package dev.ravine.examples.report;

import java.util.List;

/**
 * What a command found.
 *
 * @param title of the page
 * @param verdict what it comes to, in a sentence or two
 * @param sections in order
 * @param origin how it can be made again
 */
public record Report(String title, String verdict, List<Section> sections, Origin origin) {
    /**
     * A part under a heading.
     *
     * @param title the heading
     * @param text what it shows and how to read it; may be empty
     * @param elements in order
     */
    public record Section(String title, String text, List<Element> elements) {}

    /** Something with a name, under which its numbers are saved: lower-case letters, digits and hyphens, unique in a report. */
    public sealed interface Element permits Chart, Table, Pictures {
        /**
         * The name of its files.
         *
         * @return letters, digits and hyphens
         */
        String name();
    }
}
