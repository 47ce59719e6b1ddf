package dev.ravine.cli.report;

import java.util.List;

/**
 * A table.
 *
 * @param name of its files
 * @param caption what it shows
 * @param columns headings
 * @param rows cells, as many as columns: a number, a string, or null for none
 * @param notes lines below it
 */
public record Table(String name, String caption, List<String> columns, List<List<Object>> rows, List<String> notes)
        implements Report.Element {
    /**
     * Checks the rows.
     *
     * @param name of its files
     * @param caption what it shows
     * @param columns headings
     * @param rows as wide as the columns
     * @param notes lines below it
     * @throws IllegalArgumentException if a row has not as many cells as there are columns
     */
    public Table {
        for (List<Object> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("table '" + name + "' has the columns " + columns + ", but the row "
                        + row + " has " + row.size() + " cells; give null where there is none");
            }
        }
    }

    /**
     * Without notes.
     *
     * @param name of its files
     * @param caption what it shows
     * @param columns headings
     * @param rows as wide as the columns
     * @throws IllegalArgumentException if a row has not as many cells as there are columns
     */
    public Table(String name, String caption, List<String> columns, List<List<Object>> rows) {
        this(name, caption, columns, rows, List.of());
    }
}
