package dev.ravine.cli.runs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.ReportFiles;
import dev.ravine.cli.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The charts and tables of a report that was written before.
 *
 * @param facts about versions and machine, by name
 * @param elements charts and tables, in their order; pictures are left out
 */
record SavedReport(Map<String, String> facts, List<Report.Element> elements) {
    private static final JsonFactory JSON = new JsonFactory();

    /** The report in a folder. */
    static SavedReport of(Path folder) throws IOException {
        Path file = folder.resolve(ReportFiles.DOCUMENT);
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            Map<?, ?> document = (Map<?, ?>) value(json);
            Map<String, String> facts = new LinkedHashMap<>();
            map(document.get("facts")).forEach((name, fact) -> facts.put(name.toString(), fact.toString()));
            List<Report.Element> elements = new ArrayList<>();
            for (Object section : list(document.get("sections"))) {
                for (Object element : list(map(section).get("elements"))) {
                    add(map(element), elements);
                }
            }
            return new SavedReport(facts, elements);
        } catch (ClassCastException | NullPointerException e) {
            throw new IOException(file + " is not the report of a run as this version writes it", e);
        }
    }

    private static void add(Map<?, ?> element, List<Report.Element> elements) {
        if (element.containsKey("lines") && element.containsKey("x")) {
            elements.add(chart(element));
        } else if (element.containsKey("rows")) {
            elements.add(table(element));
        }
    }

    private static Chart chart(Map<?, ?> chart) {
        List<Chart.Line> lines = new ArrayList<>();
        for (Object each : list(chart.get("lines"))) {
            Map<?, ?> line = map(each);
            Map<String, double[]> values = new LinkedHashMap<>();
            map(line.get("values")).forEach((key, numbers) -> values.put(key.toString(), numbers(numbers)));
            Map<String, Chart.Band> bands = new LinkedHashMap<>();
            map(line.get("bands"))
                    .forEach((key, band) -> bands.put(
                            key.toString(),
                            new Chart.Band(
                                    numbers(map(band).get("low")),
                                    numbers(map(band).get("high")))));
            lines.add(new Chart.Line(
                    line.get("name").toString(),
                    Chart.Style.valueOf(line.get("style").toString()),
                    values,
                    bands,
                    line.containsKey("panel") ? line.get("panel").toString() : ""));
        }
        return new Chart(
                chart.get("name").toString(),
                chart.get("caption").toString(),
                axes(chart.get("x")),
                axes(chart.get("y")),
                lines);
    }

    private static List<Chart.Axis> axes(Object axes) {
        List<Chart.Axis> all = new ArrayList<>();
        for (Object each : list(axes)) {
            Map<?, ?> axis = map(each);
            all.add(new Chart.Axis(
                    axis.get("key").toString(), axis.get("label").toString(), (Boolean) axis.get("log")));
        }
        return all;
    }

    private static Table table(Map<?, ?> table) {
        List<String> columns = new ArrayList<>();
        List<List<Object>> rows = new ArrayList<>();
        for (Object row : list(table.get("rows"))) {
            if (columns.isEmpty()) {
                map(row).keySet().forEach(column -> columns.add(column.toString()));
            }
            rows.add(new ArrayList<>(map(row).values()));
        }
        return new Table(table.get("name").toString(), table.get("caption").toString(), columns, rows);
    }

    private static double[] numbers(Object values) {
        return list(values).stream()
                .mapToDouble(v -> v == null ? Double.NaN : ((Number) v).doubleValue())
                .toArray();
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    /** The value that begins at the present token, as a map, a list, a text, a number, a truth value or null. */
    private static Object value(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> map = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                map.put(name, value(json));
            }
            return map;
        }
        if (json.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(json));
            }
            return list;
        }
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> (Object) json.getLongValue();
            case VALUE_NUMBER_FLOAT -> (Object) json.getDoubleValue();
            case VALUE_TRUE -> (Object) true;
            case VALUE_FALSE -> (Object) false;
            default -> null;
        };
    }
}
