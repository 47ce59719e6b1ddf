package dev.ravine.cli.command;

import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints a table: columns as wide as their cells, without empty columns, numbers to the right. */
final class ConsoleTable {
    private ConsoleTable() {}

    static void print(Table table, PrintWriter out) {
        List<Integer> shown = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < table.columns().size(); column++) {
            int place = column;
            int width = table.rows().stream()
                    .mapToInt(row -> text(row.get(place)).length())
                    .max()
                    .orElse(0);
            if (width > 0) {
                shown.add(column);
                widths.add(Math.max(width, table.columns().get(column).length()));
            }
        }
        out.println(line(table.columns(), shown, widths));
        table.rows().forEach(row -> out.println(line(row, shown, widths)));
        table.notes().forEach(out::println);
        out.flush();
    }

    private static String line(List<?> cells, List<Integer> shown, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < shown.size(); i++) {
            String text = text(cells.get(shown.get(i)));
            String padding = " ".repeat(widths.get(i) - text.length());
            line.append(i == 0 ? text + padding : "  " + padding + text);
        }
        return line.toString().stripTrailing();
    }

    private static String text(Object cell) {
        if (cell instanceof Number number) {
            return Figure.text(number);
        }
        return cell == null ? "" : cell.toString();
    }
}
