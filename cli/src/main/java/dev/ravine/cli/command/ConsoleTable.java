package dev.ravine.cli.command;

import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Lines;
import dev.ravine.cli.report.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Prints a table: columns as wide as their cells, without empty columns, words to the left and numbers to the right. A
 * table that is wider than the terminal is turned, so that its rows become columns, as many at a time as fit.
 */
final class ConsoleTable {
    private static final String GAP = "  ";

    private ConsoleTable() {}

    static void print(Table table, PrintWriter out) {
        print(table, Lines.width(), out);
    }

    static void print(Table table, int width, PrintWriter out) {
        List<List<String>> lines = filled(table);
        if (width(lines) <= width) {
            lines(lines, column -> isOfWords(lines, column), out);
        } else {
            turned(lines, width, out);
        }
        table.notes().forEach(note -> Lines.wrap(note, width, GAP).forEach(out::println));
        out.flush();
    }

    /** Headings and cells of the columns that are not empty. */
    private static List<List<String>> filled(Table table) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(new ArrayList<>());
        table.rows().forEach(row -> lines.add(new ArrayList<>()));
        for (int column = 0; column < table.columns().size(); column++) {
            String heading = table.columns().get(column);
            List<String> cells = new ArrayList<>();
            for (List<Object> row : table.rows()) {
                cells.add(text(heading, row.get(column)));
            }
            if (cells.stream().allMatch(String::isEmpty)) {
                continue;
            }
            lines.get(0).add(isNumeric(table, column) ? Figure.label(heading) : heading);
            for (int row = 0; row < cells.size(); row++) {
                lines.get(row + 1).add(cells.get(row));
            }
        }
        return lines;
    }

    private static boolean isNumeric(Table table, int column) {
        return table.rows().stream().map(row -> row.get(column)).allMatch(c -> c == null || c instanceof Number);
    }

    /** The first row and column stay; the others change places. */
    private static void turned(List<List<String>> lines, int width, PrintWriter out) {
        int first = 1;
        while (first < lines.size()) {
            int end = first + 1;
            while (end < lines.size() && width(turned(lines, first, end + 1)) <= width) {
                end++;
            }
            if (first > 1) {
                out.println();
            }
            lines(turned(lines, first, end), column -> column == 0, out);
            first = end;
        }
    }

    private static List<List<String>> turned(List<List<String>> lines, int first, int end) {
        List<List<String>> turned = new ArrayList<>();
        for (int column = 0; column < lines.get(0).size(); column++) {
            List<String> line = new ArrayList<>();
            line.add(lines.get(0).get(column));
            for (int row = first; row < end; row++) {
                line.add(lines.get(row).get(column));
            }
            turned.add(line);
        }
        return turned;
    }

    private static int width(List<List<String>> lines) {
        return widths(lines).stream().mapToInt(w -> w + GAP.length()).sum() - GAP.length();
    }

    private static List<Integer> widths(List<List<String>> lines) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < lines.get(0).size(); column++) {
            int place = column;
            widths.add(lines.stream()
                    .mapToInt(line -> line.get(place).length())
                    .max()
                    .orElse(0));
        }
        return widths;
    }

    /** The first column, and columns in which some cell is a name. */
    private static boolean isOfWords(List<List<String>> lines, int column) {
        return column == 0
                || lines.stream()
                        .skip(1)
                        .map(line -> line.get(column))
                        .anyMatch(cell -> cell.matches("\\p{L}.*") && !cell.equals("NaN"));
    }

    private static void lines(List<List<String>> lines, IntPredicate isOfWords, PrintWriter out) {
        List<Integer> widths = widths(lines);
        for (List<String> cells : lines) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < cells.size(); i++) {
                String padding = " ".repeat(widths.get(i) - cells.get(i).length());
                line.append(i == 0 ? "" : GAP);
                line.append(isOfWords.test(i) ? cells.get(i) + padding : padding + cells.get(i));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String text(String heading, Object cell) {
        if (cell instanceof Number number) {
            return heading.endsWith(Figure.PERCENT)
                    ? Figure.withUnit(heading, number.doubleValue())
                    : Figure.text(number);
        }
        return cell == null ? "" : cell.toString();
    }
}
