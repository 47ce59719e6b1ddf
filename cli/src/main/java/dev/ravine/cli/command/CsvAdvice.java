package dev.ravine.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;

/** Errors in tables give advice in the words of the library; on the command line options do the same. */
final class CsvAdvice {
    private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

    static {
        OPTIONS.put("a finite FLOAT64 number", "a finite number");
        OPTIONS.put("a finite FLOAT32 number", "a finite number in single precision");
        OPTIONS.put("read it with Csv.withoutHeader()", "say --no-header");
        OPTIONS.put("read it without Csv.withoutHeader()", "leave out --no-header");
        OPTIONS.put("say so with Csv.decimalComma()", "say --decimal-comma");
        OPTIONS.put("say so with Csv.separator", "say --separator");
        OPTIONS.put("call it Csv.categories", "name it in --categories");
        OPTIONS.put("Csv.missing(Missing.dropRow())", "--missing drop");
        OPTIONS.put("say with Csv.missing(...) what takes its place", "say with --missing what takes its place");
        OPTIONS.put("name it in Csv.missingCells", "name it in --missing-cells");
        OPTIONS.put("Csv.missing", "--missing");
        OPTIONS.put("Csv.ignore", "--ignore");
        OPTIONS.put("Csv.features", "--features");
    }

    private CsvAdvice() {}

    /** The same message with options. */
    static String inOptions(String message) {
        String text = message;
        for (Map.Entry<String, String> entry : OPTIONS.entrySet()) {
            text = text.replace(entry.getKey(), entry.getValue());
        }
        return text;
    }
}
