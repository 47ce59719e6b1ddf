package dev.ravine.cli.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * All numbers of an element as one table, for the files.
 *
 * @param name of the element
 * @param caption of the element
 * @param columns their names
 * @param rows numbers, text, or null for none
 */
record Data(String name, String caption, List<String> columns, List<List<Object>> rows) {
    static final JsonFactory JSON = new JsonFactory();

    /** With what a formula begins. */
    private static final String FORMULA = "=+-@\t\r";

    private static final String NUMBER = "[-+]?[0-9][0-9.,]*(e[-+]?[0-9]+)? ?%?";

    static Data of(Report.Element element) {
        if (element instanceof Chart chart) {
            return of(chart);
        }
        if (element instanceof Pictures pictures) {
            return of(pictures);
        }
        if (element instanceof Table table) {
            return new Data(table.name(), table.caption(), table.columns(), table.rows());
        }
        throw new IllegalArgumentException("element '" + element.name() + "' is a "
                + element.getClass().getSimpleName() + "; a report holds charts, tables and pictures");
    }

    /** A row for each value of each line, in the order of the lines. */
    private static Data of(Chart chart) {
        Set<String> keys = new LinkedHashSet<>();
        chart.x().forEach(axis -> keys.add(axis.key()));
        chart.y().forEach(axis -> keys.add(axis.key()));
        Set<String> banded = new LinkedHashSet<>(keys);
        banded.removeIf(
                key -> chart.lines().stream().noneMatch(line -> line.bands().containsKey(key)));
        boolean hasPanels =
                chart.lines().stream().anyMatch(line -> !line.panel().isEmpty());
        List<String> columns = new ArrayList<>(hasPanels ? List.of("panel", "line") : List.of("line"));
        columns.addAll(keys);
        banded.forEach(key -> columns.addAll(List.of(key + " low", key + " high")));
        List<List<Object>> rows = new ArrayList<>();
        for (Chart.Line line : chart.lines()) {
            for (int i = 0; i < line.length(); i++) {
                List<Object> row = new ArrayList<>(columns.size());
                row.addAll(hasPanels ? List.of(line.panel(), line.name()) : List.of(line.name()));
                for (String key : keys) {
                    row.add(line.values().get(key)[i]);
                }
                for (String key : banded) {
                    Chart.Band band = line.bands().get(key);
                    row.add(band == null ? null : (Double) band.low()[i]);
                    row.add(band == null ? null : (Double) band.high()[i]);
                }
                rows.add(row);
            }
        }
        return new Data(chart.name(), chart.caption(), columns, rows);
    }

    /** A row for each row of pixels of each image. */
    private static Data of(Pictures pictures) {
        int width = pictures.rows().stream()
                .flatMap(row -> row.images().stream())
                .mapToInt(Pictures.Image::width)
                .max()
                .orElse(0);
        List<String> columns = new ArrayList<>(List.of("row", "image", "y"));
        for (int x = 0; x < width; x++) {
            columns.add("x" + x);
        }
        List<List<Object>> rows = new ArrayList<>();
        for (Pictures.Row each : pictures.rows()) {
            for (int i = 0; i < each.images().size(); i++) {
                Pictures.Image image = each.images().get(i);
                for (int y = 0; y < image.height(); y++) {
                    Object[] row = new Object[columns.size()];
                    row[0] = each.caption();
                    row[1] = i;
                    row[2] = y;
                    for (int x = 0; x < image.width(); x++) {
                        row[3 + x] = image.pixels()[y * image.width() + x];
                    }
                    rows.add(Arrays.asList(row));
                }
            }
        }
        return new Data(pictures.name(), pictures.caption(), columns, rows);
    }

    /**
     * RFC 4180 with a header; null and NaN become empty cells. Text that a spreadsheet would take for a formula gets an
     * apostrophe before it, which spreadsheets do not show.
     */
    void writeCsv(OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        CSVPrinter printer = new CSVPrinter(writer, CSVFormat.DEFAULT);
        printer.printRecord(columns.stream().map(Data::harmless));
        for (List<Object> row : rows) {
            for (Object cell : row) {
                printer.print(isNone(cell) ? null : cell instanceof Number ? cell : harmless(cell.toString()));
            }
            printer.println();
        }
        printer.flush();
    }

    /** Columns and rows; NaN becomes null, an infinite number becomes a string. */
    void writeJson(OutputStream out) throws IOException {
        JsonGenerator json = JSON.createGenerator(out);
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("caption", caption);
        json.writeArrayFieldStart("columns");
        for (String column : columns) {
            json.writeString(column);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rows");
        for (List<Object> row : rows) {
            json.writeStartArray();
            for (Object cell : row) {
                write(cell, json);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.close();
    }

    private static void write(Object cell, JsonGenerator json) throws IOException {
        if (isNone(cell)) {
            json.writeNull();
        } else if (cell instanceof Number number && Double.isFinite(number.doubleValue())) {
            json.writeNumber(number.toString());
        } else {
            json.writeString(cell.toString());
        }
    }

    private static String harmless(String text) {
        boolean isFormula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
        return isFormula && !text.matches(NUMBER) ? "'" + text : text;
    }

    private static boolean isNone(Object cell) {
        return cell == null || (cell instanceof Number number && Double.isNaN(number.doubleValue()));
    }
}
