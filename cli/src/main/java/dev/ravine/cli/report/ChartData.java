package dev.ravine.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** The data that the page needs to draw a chart: long lines are thinned out, numbers rounded to visible digits. */
final class ChartData {
    private static final MathContext VISIBLE = new MathContext(7);

    /** How many colours there are, and ways to draw each; as in the script. */
    private static final int COLOURS = 6;

    private static final int ROUNDS = 4;

    private final Map<String, Integer> places = new LinkedHashMap<>();

    /** Gives each name of a line one place in the palette, the same in all charts of the report. */
    ChartData(Report report) {
        for (Report.Section section : report.sections()) {
            for (Report.Element element : section.elements()) {
                if (element instanceof Chart chart) {
                    chart.lines().forEach(line -> places.putIfAbsent(line.name(), places.size()));
                }
            }
        }
    }

    /** A mark in the colour of the line of this name; empty if no chart has one. */
    String swatch(String name) {
        Integer place = places.get(name);
        if (place == null) {
            return "";
        }
        int round = place / COLOURS;
        return "<i class=\"swatch round-" + round % ROUNDS + "\" style=\"--colour:var(--line-" + place % COLOURS
                + ")\"></i>";
    }

    /** JSON that is safe inside a script element. */
    String of(Chart chart) throws IOException {
        StringWriter text = new StringWriter();
        JsonGenerator json = Data.JSON.createGenerator(text);
        json.writeStartObject();
        json.writeStringField("name", chart.name());
        json.writeStringField("caption", chart.caption());
        ReportJson.writeAxes(chart, json, ChartData::writeScale);
        json.writeArrayFieldStart("lines");
        for (Chart.Line line : chart.lines()) {
            write(line, json);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        return text.toString().replace("<", "\\u003c");
    }

    private static void writeScale(Chart.Axis axis, JsonGenerator json) throws IOException {
        json.writeBooleanField("isLog", axis.isLog());
        if (Double.isFinite(axis.least())) {
            json.writeNumberField("least", axis.least());
        }
        if (Double.isFinite(axis.most())) {
            json.writeNumberField("most", axis.most());
        }
    }

    private void write(Chart.Line line, JsonGenerator json) throws IOException {
        int[] kept = Thinning.places(line);
        json.writeStartObject();
        json.writeStringField("name", line.name());
        if (!line.panel().isEmpty()) {
            json.writeStringField("panel", line.panel());
        }
        json.writeStringField("style", line.style().name());
        json.writeNumberField("place", places.get(line.name()));
        json.writeNumberField("length", line.length());
        json.writeObjectFieldStart("values");
        for (Map.Entry<String, double[]> values : line.values().entrySet()) {
            json.writeFieldName(values.getKey());
            write(values.getValue(), kept, json);
        }
        json.writeEndObject();
        json.writeObjectFieldStart("bands");
        for (Map.Entry<String, Chart.Band> band : line.bands().entrySet()) {
            json.writeArrayFieldStart(band.getKey());
            write(band.getValue().low(), kept, json);
            write(band.getValue().high(), kept, json);
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(double[] values, int[] kept, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (int i : kept) {
            if (Double.isFinite(values[i])) {
                json.writeNumber(new BigDecimal(values[i]).round(VISIBLE).doubleValue());
            } else {
                json.writeNull();
            }
        }
        json.writeEndArray();
    }
}
