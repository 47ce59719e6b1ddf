package dev.ravine.cli.command;

import dev.ravine.core.data.Csv;
import dev.ravine.core.data.Missing;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options for reading a CSV file: a mixin. */
final class TableOptions {
    private static final String NAMES =
            "--separator, --no-header, --decimal-comma, --features, --ignore, --categories, --missing and --missing-cells";

    private static final String NUMBER = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";

    @Option(
            names = "--separator",
            paramLabel = "C",
            description = "The character between two cells of the CSV file, or tab (default: a comma).")
    private String separator;

    @Option(
            names = "--no-header",
            description =
                    "The CSV file begins with the first example; columns are called by their index from 0, or from"
                            + " -1 on by the last one.")
    private boolean hasNoHeader;

    @Option(
            names = "--decimal-comma",
            description = "Numbers of the CSV file are written as 3,25; its separator is then ; unless given.")
    private boolean decimalComma;

    @Option(
            names = "--features",
            paramLabel = "COLUMN",
            split = ",",
            description = "The columns to predict from (default: all but the target).")
    private List<String> features;

    @Option(names = "--ignore", paramLabel = "COLUMN", split = ",", description = "Columns to leave out.")
    private List<String> ignored;

    @Option(
            names = "--categories",
            paramLabel = "COLUMN",
            split = ",",
            description =
                    "Columns of names, besides those whose first cell is text: each name becomes a feature that is 0"
                            + " or 1.")
    private List<String> categories;

    @Option(
            names = "--missing",
            paramLabel = "RULE",
            description = "What to do with empty cells: refuse the file, drop the row, take the mean of the column's"
                    + " other cells, or take a NUMBER (default: refuse).")
    private String missing;

    @Option(
            names = "--missing-cells",
            paramLabel = "TEXT",
            split = ",",
            description = "Cells that count as empty, such as NA.")
    private List<String> missingCells;

    /** Whether anything was chosen here. */
    boolean isGiven() {
        return decimalComma
                || hasNoHeader
                || Stream.of(separator, features, ignored, categories, missing, missingCells)
                        .anyMatch(option -> option != null);
    }

    /** Checks that nothing was chosen here if the data are no table. */
    void requireTable(boolean isTable, UsageErrors errors) {
        errors.require(isTable || !isGiven(), NAMES + " are for a CSV file: give it by --data FILE.csv");
    }

    /** The reader that was described, without targets. */
    Csv reader(UsageErrors errors) {
        Csv csv = Csv.reader().separator(separator(errors));
        csv = decimalComma ? csv.decimalComma() : csv;
        csv = hasNoHeader ? csv.withoutHeader() : csv;
        csv = features == null ? csv : csv.features(features.toArray(String[]::new));
        csv = ignored == null ? csv : csv.ignore(ignored.toArray(String[]::new));
        csv = categories == null ? csv : csv.categories(categories.toArray(String[]::new));
        csv = missing == null ? csv : csv.missing(rule(errors));
        return missingCells == null ? csv : csv.missingCells(missingCells.toArray(String[]::new));
    }

    private char separator(UsageErrors errors) {
        if (separator == null) {
            return decimalComma ? ';' : ',';
        }
        if (separator.equals("tab") || separator.equals("\\t")) {
            return '\t';
        }
        boolean isOne = separator.length() == 1 && "\"\r\n".indexOf(separator.charAt(0)) < 0;
        errors.require(
                isOne, "--separator must be one character other than a quote, or tab, found '" + separator + "'");
        return separator.charAt(0);
    }

    private Missing rule(UsageErrors errors) {
        return switch (missing) {
            case "refuse" -> Missing.refuse();
            case "drop" -> Missing.dropRow();
            case "mean" -> Missing.mean();
            default -> constant(errors);
        };
    }

    private Missing constant(UsageErrors errors) {
        errors.require(
                missing.matches(NUMBER) && Double.isFinite(Double.parseDouble(missing)),
                "--missing must be refuse, drop, mean or a finite number, found '" + missing + "'");
        return Missing.constant(Double.parseDouble(missing));
    }
}
