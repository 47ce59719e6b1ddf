package dev.ravine.examples.report;

import java.util.List;

/**
 * A table.
 *
 * @param name of its files
 * @param caption what it shows
 * @param columns headings
 * @param rows cells, as many as columns: a number, a string, or null for none
 */
public record Table(String name, String caption, List<String> columns, List<List<Object>> rows)
        implements Report.Element {}
