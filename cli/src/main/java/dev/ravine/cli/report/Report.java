package dev.ravine.cli.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The results of a command.
 *
 * @param title of the page
 * @param verdict the outcome in a sentence or two; lines that begin with "- " form a list
 * @param sections in order
 * @param origin how to reproduce it
 */
public record Report(String title, String verdict, List<Section> sections, Origin origin) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /**
     * Checks the names of elements.
     *
     * @param title of the page
     * @param verdict the outcome
     * @param sections in order
     * @param origin how to reproduce it
     * @throws IllegalArgumentException if a name is not fit for a file, or two are equal
     */
    public Report {
        Set<String> names = new HashSet<>();
        for (Section section : sections) {
            for (Element element : section.elements()) {
                String name = element.name();
                if (!NAME.matcher(name).matches()) {
                    throw new IllegalArgumentException("'" + name + "' in section '" + section.title()
                            + "' must be lower-case letters and digits, with single hyphens between");
                }
                if (!names.add(name)) {
                    throw new IllegalArgumentException("two elements of the report are named '" + name + "'");
                }
            }
        }
    }

    /**
     * A part under a heading.
     *
     * @param title the heading
     * @param text what it shows and how to read it; may be empty
     * @param elements in order
     */
    public record Section(String title, String text, List<Element> elements) {}

    /** A {@link Chart}, {@link Table} or {@link Pictures}; writers refuse anything else. */
    public interface Element {
        /** {@return the name of its files: lower-case letters, digits and hyphens, unique in a report} */
        String name();
    }
}
