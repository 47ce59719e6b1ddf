package dev.ravine.cli.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/**
 * A report as one JSON document: verdict, origin, tables with an object for each row, and charts with the values of
 * each line. Pictures are represented by their captions. Numbers that are not finite become null.
 */
public final class ReportJson {
    private ReportJson() {}

    /**
     * Writes the document and a line end; the writer stays open.
     *
     * @param report the report to write
     * @param page the path of its page
     * @param out the target
     * @throws IOException if writing fails
     */
    public static void write(Report report, String page, Writer out) throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.writeStartObject();
        json.writeStringField("title", report.title());
        json.writeStringField("verdict", report.verdict());
        json.writeStringField("page", page);
        json.writeStringField("command", report.origin().command());
        json.writeStringField("time", report.origin().time().toString());
        json.writeObjectFieldStart("facts");
        for (Map.Entry<String, String> fact : report.origin().facts().entrySet()) {
            json.writeStringField(fact.getKey(), fact.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("files");
        for (String file : ReportFiles.of(report)) {
            json.writeString(file);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("sections");
        for (Report.Section section : report.sections()) {
            json.writeStartObject();
            json.writeStringField("title", section.title());
            json.writeStringField("text", section.text());
            json.writeArrayFieldStart("elements");
            for (Report.Element element : section.elements()) {
                write(element, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        out.write('\n');
        out.flush();
    }

    private static void write(Report.Element element, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", element.name());
        if (element instanceof Table table) {
            json.writeStringField("caption", table.caption());
            write(table, json);
            json.writeArrayFieldStart("notes");
            for (String note : table.notes()) {
                json.writeString(note);
            }
            json.writeEndArray();
        } else if (element instanceof Chart chart) {
            json.writeStringField("caption", chart.caption());
            write(chart, json);
        } else if (element instanceof Pictures pictures) {
            json.writeStringField("caption", pictures.caption());
        }
        json.writeEndObject();
    }

    private static void write(Table table, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("rows");
        for (List<Object> row : table.rows()) {
            json.writeStartObject();
            for (int i = 0; i < row.size(); i++) {
                json.writeFieldName(table.columns().get(i));
                if (row.get(i) instanceof Number number) {
                    write(number, json);
                } else if (row.get(i) == null) {
                    json.writeNull();
                } else {
                    json.writeString(row.get(i).toString());
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(Chart chart, JsonGenerator json) throws IOException {
        writeAxes(chart, json, (axis, to) -> to.writeBooleanField("log", axis.isLog()));
        json.writeArrayFieldStart("lines");
        for (Chart.Line line : chart.lines()) {
            json.writeStartObject();
            json.writeStringField("name", line.name());
            if (!line.panel().isEmpty()) {
                json.writeStringField("panel", line.panel());
            }
            json.writeStringField("style", line.style().name());
            json.writeObjectFieldStart("values");
            for (Map.Entry<String, double[]> values : line.values().entrySet()) {
                write(values.getKey(), values.getValue(), json);
            }
            json.writeEndObject();
            json.writeObjectFieldStart("bands");
            for (Map.Entry<String, Chart.Band> band : line.bands().entrySet()) {
                json.writeObjectFieldStart(band.getKey());
                write("low", band.getValue().low(), json);
                write("high", band.getValue().high(), json);
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes what is particular about an axis. */
    interface AxisWriter {
        void write(Chart.Axis axis, JsonGenerator json) throws IOException;
    }

    /** Writes the fields x and y of a chart: the choices of axes, each with its key and label first. */
    static void writeAxes(Chart chart, JsonGenerator json, AxisWriter rest) throws IOException {
        write("x", chart.x(), json, rest);
        write("y", chart.y(), json, rest);
    }

    private static void write(String field, List<Chart.Axis> axes, JsonGenerator json, AxisWriter rest)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (Chart.Axis axis : axes) {
            json.writeStartObject();
            json.writeStringField("key", axis.key());
            json.writeStringField("label", axis.label());
            rest.write(axis, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(String field, double[] values, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(field);
        for (double value : values) {
            write(value, json);
        }
        json.writeEndArray();
    }

    private static void write(Number number, JsonGenerator json) throws IOException {
        if (Double.isFinite(number.doubleValue())) {
            json.writeNumber(number.toString());
        } else {
            json.writeNull();
        }
    }
}
