package dev.ravine.cli.report;

import java.util.List;

/**
 * A table.
 *
 * @param name of its files
 * @param caption says what the table shows
 * @param columns headings
 * @param rows one cell per column: a number, a string, or null for none
 * @param notes lines below the table
 */
public record Table(String name, String caption, List<String> columns, List<List<Object>> rows, List<String> notes)
        implements Report.Element {
    /**
     * Checks the rows.
     *
     * @param name of its files
     * @param caption says what the table shows
     * @param columns headings
     * @param rows as wide as the columns
     * @param notes lines below the table
     * @throws IllegalArgumentException if a row does not have one cell per column
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
     * A table without notes.
     *
     * @param name of its files
     * @param caption says what the table shows
     * @param columns headings
     * @param rows as wide as the columns
     * @throws IllegalArgumentException if a row does not have one cell per column
     */
    public Table(String name, String caption, List<String> columns, List<List<Object>> rows) {
        this(name, caption, columns, rows, List.of());
    }
}
