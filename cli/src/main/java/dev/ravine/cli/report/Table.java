package dev.ravine.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table.
 *
 * @param name of its files
 * @param caption says what the table shows
 * @param columns headings; of a column of percentages with " %" at the end
 * @param rows one cell per column: a number, a string, or null for none
 * @param notes lines below the table
 * @param isFolded whether the page shows its caption only, until the reader opens it
 * @param best rows whose cell is the best of a column, by the place of the column
 */
public record Table(
        String name,
        String caption,
        List<String> columns,
        List<List<Object>> rows,
        List<String> notes,
        boolean isFolded,
        Map<Integer, Set<Integer>> best)
        implements Report.Element {
    /**
     * Checks the rows.
     *
     * @param name of its files
     * @param caption says what the table shows
     * @param columns headings
     * @param rows as wide as the columns
     * @param notes lines below the table
     * @param isFolded whether the page shows its caption only at first
     * @param best rows whose cell is the best of a column
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
     * A table that is shown whole.
     *
     * @param name of its files
     * @param caption says what the table shows
     * @param columns headings
     * @param rows as wide as the columns
     * @param notes lines below the table
     * @throws IllegalArgumentException if a row does not have one cell per column
     */
    public Table(String name, String caption, List<String> columns, List<List<Object>> rows, List<String> notes) {
        this(name, caption, columns, rows, notes, false, Map.of());
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

    /** {@return the same table, folded} */
    public Table folded() {
        return new Table(name, caption, columns, rows, notes, true, best);
    }

    /**
     * {@return the same table with its best cells}
     *
     * @param cells rows by the place of their column
     */
    public Table withBest(Map<Integer, Set<Integer>> cells) {
        return new Table(name, caption, columns, rows, notes, isFolded, cells);
    }

    /** Whether a cell is the best of its column. */
    boolean isBest(int row, int column) {
        return best.getOrDefault(column, Set.of()).contains(row);
    }
}
