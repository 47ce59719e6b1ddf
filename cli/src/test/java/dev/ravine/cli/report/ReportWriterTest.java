package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    private static final String HOSTILE = "</script><script>alert('1')</script> & \"quoted\", {{{title}}} $1 \\";

    @TempDir
    private Path folder;

    @Test
    void writesThePageAndTheNumbersBeside() throws IOException {
        Path page = ReportWriter.write(SampleReport.of(), folder.resolve("new/report"));
        assertThat(page).isEqualTo(folder.resolve("new/report/index.html"));
        try (var files = Files.list(page.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "index.html",
                            "loss.csv",
                            "loss.json",
                            "telemetry.csv",
                            "telemetry.json",
                            "eigenvalues.csv",
                            "eigenvalues.json",
                            "result.csv",
                            "result.json",
                            "reconstructions.csv",
                            "reconstructions.json",
                            "reconstructions.png",
                            "report.json");
        }
        assertThat(Files.readString(page.resolveSibling("loss.csv")).lines()).hasSize(1 + 60 + 12_000 + 900);
        assertThat(Files.size(page)).as("12,000 steps are thinned out").isLessThan(3_500_000);
    }

    @Test
    void theFilesOfAChartHoldAllNumbers() throws IOException {
        write(chart());
        assertThat(read("chart.csv")).isEqualTo("""
                        line,x,y,y low,y high\r
                        "a,b",1.0,0.1,0.05,0.2\r
                        "a,b",2.0,,,\r
                        "a,b",3.0,Infinity,1.0E-300,1.0\r
                        c,1.0,-4.0,,\r
                        """);
        assertThat(read("chart.json"))
                .isEqualTo(
                        "{\"name\":\"chart\",\"caption\":\"what it shows\",\"columns\":[\"line\",\"x\",\"y\",\"y low\","
                                + "\"y high\"],\"rows\":[[\"a,b\",1.0,0.1,0.05,0.2],[\"a,b\",2.0,null,null,null],"
                                + "[\"a,b\",3.0,\"Infinity\",1.0E-300,1.0],[\"c\",1.0,-4.0,null,null]]}");
    }

    @Test
    void theFilesOfATableAndOfPicturesToo() throws IOException {
        write(
                new Table("table", "", List.of("name", "n"), List.of(List.of("a \"b\"", 1), Arrays.asList(null, 0.5f))),
                new Pictures(
                        "pictures",
                        "",
                        List.of(
                                new Pictures.Row("r", List.of(new Pictures.Image(2, 1, new double[] {1, 2}))),
                                new Pictures.Row("s", List.of(new Pictures.Image(1, 2, new double[] {3, 4}))))));
        assertThat(read("table.csv")).isEqualTo("name,n\r\n\"a \"\"b\"\"\",1\r\n,0.5\r\n");
        assertThat(read("table.json")).contains("\"rows\":[[\"a \\\"b\\\"\",1],[null,0.5]]");
        assertThat(read("pictures.csv"))
                .isEqualTo("row,image,y,x0,x1\r\nr,0,0,1.0,2.0\r\ns,0,0,3.0,\r\ns,0,1,4.0,\r\n");
        assertThat(read("pictures.json")).contains("[\"s\",0,1,4.0,null]");
    }

    @Test
    void noCellOfTextIsAFormula() throws IOException {
        write(new Table(
                "table",
                "",
                List.of("=1+1", "n"),
                List.of(
                        List.of("=HYPERLINK(\"x\")", -1.5),
                        List.of("@SUM(A1)", 2),
                        List.of("+cmd|' /C x'!A0", 3),
                        List.of("-2+3", 4),
                        List.of("-1.5e-3", "+7.5 %"))));
        assertThat(read("table.csv")).isEqualTo("""
                '=1+1,n\r
                "'=HYPERLINK(""x"")",-1.5\r
                '@SUM(A1),2\r
                '+cmd|' /C x'!A0,3\r
                '-2+3,4\r
                -1.5e-3,+7.5 %\r
                """);
        assertThat(read("table.json")).contains("[\"=1+1\",\"n\"]");
    }

    @Test
    void thePageHoldsAllNumbersItself() throws IOException {
        String page = write(chart());
        byte[] packed = Base64.getDecoder().decode(between(page, "class=\"numbers\">", "</script>"));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(read("chart.json"));
        }
        assertThat(between(page, "class=\"drawn\">", "</script>"))
                .contains("\"values\":{\"x\":[1.0,2.0,3.0],\"y\":[0.1,null,null]}")
                .contains("\"bands\":{\"y\":[[0.05,null,1.0E-300],[0.2,null,1.0]]}");
    }

    /** The library names the licence and XML's namespaces; nothing else looks like an address. */
    @Test
    void nothingInThePageLeadsToTheNetwork() throws IOException {
        ReportWriter.write(SampleReport.of(), folder);
        String page = read("index.html");
        assertThat(found("https?://[^\"' )\\s]*", page))
                .containsOnly(
                        "http://www.apache.org/licenses/LICENSE-2.0",
                        "https://github.com/ecomfe/zrender/blob/master/LICENSE.txt",
                        "http://www.w3.org/1999/xlink",
                        "http://www.w3.org/2000/svg",
                        "http://www.w3.org/2000/xmlns/",
                        "http://www.w3.org/XML/1998/namespace");
        String own = page.substring(0, page.indexOf("<script>"));
        assertThat(found("\\b(?:src|href)=\"[^\"]{0,5}", own))
                .allMatch(link -> link.matches("(src|href)=\"(data:|#.*|[a-z0-9-]+(\\..*)?)"));
        assertThat(own).contains("default-src 'none'").doesNotContain("'unsafe-inline'; img-src *", "@import", "url(");
        assertThat(page).contains("Licensed to the Apache Software Foundation");
    }

    @Test
    void textIsOnlyText() throws IOException {
        String plain = write(new Report("", "", List.of(), new Origin("", Instant.EPOCH, Map.of())));
        String page = write(new Report(
                HOSTILE,
                HOSTILE,
                List.of(
                        new Report.Section(
                                HOSTILE,
                                HOSTILE,
                                List.of(
                                        new Chart(
                                                "chart",
                                                HOSTILE,
                                                List.of(new Chart.Axis(HOSTILE, HOSTILE, false)),
                                                List.of(new Chart.Axis(HOSTILE, HOSTILE, false)),
                                                List.of(new Chart.Line(
                                                        HOSTILE,
                                                        Chart.Style.LINE,
                                                        Map.of(HOSTILE, new double[1]),
                                                        Map.of()))),
                                        new Table("table", HOSTILE, List.of(HOSTILE), List.of(List.of(HOSTILE))))),
                        new Report.Section(
                                HOSTILE,
                                "",
                                List.of(new Pictures(
                                        "pictures",
                                        HOSTILE,
                                        List.of(new Pictures.Row(
                                                HOSTILE, List.of(new Pictures.Image(1, 1, new double[1]))))))),
                        new Report.Section(HOSTILE, "", List.of())),
                new Origin(HOSTILE, Instant.EPOCH, Map.of(HOSTILE, HOSTILE))));
        assertThat(found("<script", page)).hasSize(found("<script", plain).size() + 1 + 3);
        assertThat(found("</script", page)).hasSameSizeAs(found("<script", page));
        assertThat(page).doesNotContain("alert('1')</", "<script>alert");
        assertThat(between(page, "<h1>", "</h1>"))
                .isEqualTo("&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;,"
                        + " {{{title}}} $1 \\");
    }

    @Test
    void tablesShowRoundedNumbersAndKeepTheWholeOnes() throws IOException {
        String page = write(new Table(
                "table",
                "",
                List.of("name", "number", "mixed"),
                List.of(Arrays.asList("a", 0.123456789, null), Arrays.asList("b", null, "text"))));
        assertThat(page)
                .contains("<th scope=\"col\" class=\"number\">number</th><th scope=\"col\">mixed</th>")
                .contains("<td class=\"number\" title=\"0.123456789\">0.1235</td><td>–</td>")
                .contains("<td class=\"number\">–</td><td>text</td>");
    }

    @Test
    void notesStandBelowATableAndInItsJson() throws IOException {
        Table table = new Table("table", "", List.of("n"), List.of(List.of(1)), List.of("sgd:lr=9 ended early: <why>"));
        assertThat(write(table)).contains("<p class=\"note\">sgd:<wbr>lr=9 ended early: &lt;why&gt;</p>");
        Report report = new Report(
                "", "", List.of(new Report.Section("", "", List.of(table))), new Origin("", Instant.EPOCH, Map.of()));
        StringWriter json = new StringWriter();
        ReportJson.write(report, "", json);
        assertThat(json.toString()).contains("\"notes\":[\"sgd:lr=9 ended early: <why>\"]");
    }

    @Test
    void linesOfAVerdictThatBeginWithAHyphenAreAList() throws IOException {
        Origin origin = new Origin("", Instant.EPOCH, Map.of());
        assertThat(write(new Report("", "Of two:\n- one < two\n- two", List.of(), origin)))
                .contains("<p class=\"verdict\">Of two:</p>"
                        + "<ul class=\"verdict\"><li>one &lt; two</li><li>two</li></ul>");
    }

    @Test
    void manySectionsHaveAListOfContents() throws IOException {
        Origin origin = new Origin("", Instant.EPOCH, Map.of());
        Report.Section section = new Report.Section("Part", "", List.of());
        assertThat(write(new Report("", "", List.of(section, section), origin))).doesNotContain("<nav");
        assertThat(write(new Report("", "", List.of(section, section, section), origin)))
                .contains("<nav", "<a href=\"#section-3\">Part</a>", "<section id=\"section-3\">");
    }

    private static Chart chart() {
        double nan = Double.NaN;
        return new Chart(
                "chart",
                "what it shows",
                List.of(new Chart.Axis("x", "x", false)),
                List.of(new Chart.Axis("y", "y", true)),
                List.of(
                        new Chart.Line(
                                "a,b",
                                Chart.Style.LINE,
                                new TreeMap<>(Map.of("x", new double[] {1, 2, 3}, "y", new double[] {
                                    0.1, nan, Double.POSITIVE_INFINITY
                                })),
                                Map.of("y", new Chart.Band(new double[] {0.05, nan, 1e-300}, new double[] {0.2, nan, 1
                                }))),
                        new Chart.Line(
                                "c",
                                Chart.Style.POINTS,
                                Map.of("x", new double[] {1}, "y", new double[] {-4}),
                                Map.of())));
    }

    private String write(Report.Element... elements) throws IOException {
        return write(new Report(
                "title",
                "verdict",
                List.of(new Report.Section("section", "", List.of(elements))),
                new Origin("", Instant.EPOCH, Map.of())));
    }

    private String write(Report report) throws IOException {
        return Files.readString(ReportWriter.write(report, folder));
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
