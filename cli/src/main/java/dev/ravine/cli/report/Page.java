package dev.ravine.cli.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** A report as one HTML page. */
final class Page {
    private static final String ECHARTS = "/META-INF/resources/_static/echarts/5.6.0/dist/echarts.min.js";
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** Tables of more columns are set closer. */
    private static final int MOST_WIDE_COLUMNS = 7;

    /** A mean with its range, of which the latter stays on one line. */
    private static final Pattern RANGE = Pattern.compile("^(\\S+) \\((\\S+) to (\\S+)\\)$");

    /** Longer cells may break. */
    private static final int LONGEST_LINE = 14;

    /** Longer cells need some width. */
    private static final int LONGEST_PHRASE = 40;

    /** Images are shown at twice their size, but not smaller than this. */
    private static final int SMALLEST_IMAGE = 56;

    private final Report report;
    private final Optional<Growth> growth;
    private final ChartData charts;
    private final Template section = Template.load("section.html");
    private final Template chart = Template.load("chart.html");
    private final Template table = Template.load("table.html");
    private final Template folded = Template.load("folded.html");
    private final Template cells = Template.load("cells.html");
    private final Template pictures = Template.load("pictures.html");

    /**
     * Where a page that grows is.
     *
     * @param edition changes when the page is built otherwise
     * @param version of its numbers
     * @param status how far the work is
     */
    record Growth(int edition, long version, String status) {}

    private Page(Report report, Optional<Growth> growth) throws IOException {
        this.report = report;
        this.growth = growth;
        this.charts = new ChartData(report);
    }

    static String of(Report report) throws IOException {
        return new Page(report, Optional.empty()).text();
    }

    /** The same page with a script that takes further numbers from where it was loaded. */
    static String growing(Report report, Growth growth) throws IOException {
        return new Page(report, Optional.of(growth)).text();
    }

    /** The parts of a page that grows. */
    static Page growing(Report report) throws IOException {
        return new Page(report, Optional.of(new Growth(0, 0, "")));
    }

    private String text() throws IOException {
        String library = script(Template.resource(ECHARTS));
        String own = script(Template.resource("report.js"));
        String live = growth.isPresent() ? script(Template.resource("live.js")) : "";
        String scripts = hash(library) + " " + hash(own);
        return Template.load("page.html")
                .fill(Map.ofEntries(
                        Map.entry("scripts", growth.isPresent() ? scripts + " " + hash(live) : scripts),
                        Map.entry("connect", growth.isPresent() ? " connect-src 'self';" : ""),
                        Map.entry("count", growth.isPresent() ? "three" : "two"),
                        Map.entry(
                                "growth",
                                growth.map(g -> " data-edition=\"" + g.edition() + "\" data-version=\"" + g.version()
                                                + "\"")
                                        .orElse("")),
                        Map.entry(
                                "status",
                                growth.map(g -> "<p id=\"status\">" + Template.escape(g.status()) + "</p>\n  ")
                                        .orElse("")),
                        Map.entry("live", growth.isPresent() ? "\n<script>" + live + "</script>" : ""),
                        Map.entry("head", head(report.title())),
                        Map.entry("title", report.title()),
                        Map.entry("verdict", verdict()),
                        Map.entry("contents", contents()),
                        Map.entry("sections", sections()),
                        Map.entry("command", report.origin().command()),
                        Map.entry("instant", report.origin().time().toString()),
                        Map.entry("time", TIME.format(report.origin().time())),
                        Map.entry("facts", facts()),
                        Map.entry("library", library),
                        Map.entry("script", own)));
    }

    /** Lines that begin with a hyphen are the items of a list. */
    String verdict() {
        StringBuilder out = new StringBuilder();
        boolean isList = false;
        for (String line : report.verdict().lines().toList()) {
            boolean isItem = line.startsWith("- ");
            if (isItem != isList) {
                out.append(isItem ? "<ul class=\"verdict\">" : "</ul>");
                isList = isItem;
            }
            out.append(isItem ? "<li>" : "<p class=\"verdict\">")
                    .append(isItem ? verdict(line.substring(2)) : led(line))
                    .append(isItem ? "</li>" : "</p>");
        }
        return out.append(isList ? "</ul>" : "").toString();
    }

    private static String verdict(String text) {
        return Template.escape(text)
                .replace(" %", "\u00a0%")
                .replaceAll("([0-9.]+e-?[0-9]+)", "<span class=\"whole\">$1</span>");
    }

    /** The first sentence is the one to quote; the rest explains it. */
    private static String led(String text) {
        int end = text.indexOf(". ");
        if (end < 0 && !text.endsWith(".")) {
            return verdict(text);
        }
        return end < 0
                ? "<strong>" + verdict(text) + "</strong>"
                : "<strong>" + verdict(text.substring(0, end + 1)) + "</strong> " + verdict(text.substring(end + 2));
    }

    /** Where there is enough to choose from. */
    private String contents() {
        if (report.sections().size() <= 2) {
            return "";
        }
        return IntStream.range(0, report.sections().size())
                .mapToObj(i -> "<li><a href=\"#section-" + (i + 1) + "\">"
                        + Template.escape(report.sections().get(i).title()) + "</a></li>")
                .collect(Collectors.joining("", "<nav aria-label=\"Contents\"><ol>", "</ol></nav>"));
    }

    private String sections() throws IOException {
        StringBuilder out = new StringBuilder();
        int number = 0;
        for (Report.Section each : report.sections()) {
            number++;
            StringBuilder elements = new StringBuilder();
            for (Report.Element element : each.elements()) {
                elements.append(element(element));
            }
            out.append(section.fill(Map.of(
                    "number", String.valueOf(number),
                    "title", each.title(),
                    "text", paragraphs(each.text()),
                    "elements", elements.toString())));
        }
        return out.toString();
    }

    private static String paragraphs(String text) {
        return text.isBlank()
                ? ""
                : text.lines()
                        .filter(line -> !line.isBlank())
                        .map(line -> "<p>" + Template.escape(line) + "</p>")
                        .collect(Collectors.joining());
    }

    /** What is drawn of a chart, as JSON. */
    String drawn(Chart c) throws IOException {
        return charts.of(c);
    }

    /** What stands in the head of each page. */
    static String head(String title) throws IOException {
        return Template.load("head.html").fill(Map.of("title", title, "style", Template.resource("report.css")));
    }

    /** The markup of an element. */
    String element(Report.Element element) throws IOException {
        if (element instanceof Chart c) {
            return chart.fill(
                    Map.of("name", c.name(), "caption", c.caption(), "data", charts.of(c), "numbers", numbers(c)));
        }
        if (element instanceof Table t) {
            Template template = t.isFolded() ? folded : table;
            String filled = cells.fill(Map.of(
                    "name", t.name(),
                    "caption", t.caption(),
                    "head", head(t),
                    "body", body(t),
                    "density", t.columns().size() > MOST_WIDE_COLUMNS ? "dense" : "",
                    "notes", notes(t)));
            return template.fill(
                    Map.of("name", t.name(), "caption", t.caption(), "cells", filled, "numbers", numbers(t)));
        }
        Pictures p = (Pictures) element;
        return pictures.fill(Map.of(
                "name", p.name(),
                "caption", p.caption(),
                "rows", rows(p),
                "sheet", Png.uri(Png.sheet(p)),
                "numbers", numbers(p)));
    }

    /**
     * The JSON file, compressed: all numbers are in the page, whatever is drawn. A page that grows has no files yet.
     */
    private String numbers(Report.Element element) throws IOException {
        if (growth.isPresent()) {
            return "";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            Data.of(element).writeJson(out);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String head(Table table) {
        return IntStream.range(0, table.columns().size())
                .mapToObj(i -> "<th scope=\"col\"" + (isNumeric(table, i) ? " class=\"number\"" : "") + ">"
                        + Template.escape(
                                isNumeric(table, i)
                                        ? Figure.label(table.columns().get(i))
                                        : table.columns().get(i))
                        + "</th>")
                .collect(Collectors.joining());
    }

    private static boolean isNumeric(Table table, int column) {
        return table.rows().stream()
                .map(row -> row.get(column))
                .allMatch(cell -> cell == null || cell instanceof Number);
    }

    private static String notes(Table table) {
        return table.notes().stream()
                .map(note -> "<p class=\"note\">" + breakable(note) + "</p>")
                .collect(Collectors.joining("\n"));
    }

    private String body(Table table) {
        return IntStream.range(0, table.rows().size())
                .mapToObj(row -> IntStream.range(0, table.columns().size())
                        .mapToObj(column -> cell(table, row, column))
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
                .collect(Collectors.joining());
    }

    private String cell(Table table, int row, int column) {
        Object cell = table.rows().get(row).get(column);
        boolean isNumeric = isNumeric(table, column);
        String open = column == 0 ? "<th scope=\"row\"" : "<td";
        String close = column == 0 ? "</th>" : "</td>";
        if (cell == null) {
            return open + (isNumeric ? " class=\"number\"" : "") + ">–" + close;
        }
        boolean isBest = table.isBest(row, column);
        if (cell instanceof Number number) {
            String heading = table.columns().get(column);
            String shown = isNumeric && heading.endsWith(Figure.PERCENT)
                    ? Figure.withUnit(heading, number.doubleValue()).replace(" ", "\u00a0")
                    : Figure.of(number);
            return open + (isNumeric ? " class=\"number\"" : "") + " title=\"" + number + "\">"
                    + (isBest ? "<b>" + shown + "</b>" : shown) + close;
        }
        String text = cell.toString();
        String kind = text.length() <= LONGEST_LINE
                ? ""
                : text.length() <= LONGEST_PHRASE ? " class=\"text\"" : " class=\"text long\"";
        String shown = breakable(ranged(text));
        return open + kind + ">" + (column == 0 ? charts.swatch(text) : "") + (isBest ? "<b>" + shown + "</b>" : shown)
                + close;
    }

    private static String ranged(String text) {
        Matcher range = RANGE.matcher(text);
        return range.matches()
                ? Figure.raised(range.group(1)) + " (" + Figure.raised(range.group(2)) + "\u00a0to\u00a0"
                        + Figure.raised(range.group(3)) + ")"
                : text;
    }

    /** Long settings of an optimizer may break between names and words. */
    private static String breakable(String text) {
        return Template.escape(text).replaceAll("([,:=])(?=[a-z])", "$1<wbr>");
    }

    private static String rows(Pictures pictures) throws IOException {
        StringBuilder out = new StringBuilder();
        for (Pictures.Row row : pictures.rows()) {
            out.append("<p>").append(Template.escape(row.caption())).append("</p><div>");
            List<Pictures.Image> images = row.images();
            for (int i = 0; i < images.size(); i++) {
                Pictures.Image image = images.get(i);
                int width = Math.max(2 * image.width(), SMALLEST_IMAGE);
                out.append("<img src=\"")
                        .append(Png.uri(Png.of(image)))
                        .append("\" width=\"")
                        .append(width)
                        .append("\" height=\"")
                        .append(Math.round((double) width * image.height() / image.width()))
                        .append("\" alt=\"")
                        .append(Template.escape(row.caption() + " " + (i + 1)))
                        .append("\">");
            }
            out.append("</div>\n");
        }
        return out.toString();
    }

    private String facts() {
        return report.origin().facts().entrySet().stream()
                .map(fact -> "<dt>" + Template.escape(fact.getKey()) + "</dt><dd>" + Template.escape(fact.getValue())
                        + "</dd>")
                .collect(Collectors.joining("\n"));
    }

    /** Text that cannot end the script element it stands in. */
    private static String script(String text) {
        return text.replace("</script", "<\\/script");
    }

    /** Names a script to the browser as one that may run. */
    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
