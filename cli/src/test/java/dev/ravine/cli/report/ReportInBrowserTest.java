package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The page in a real browser, from its one file alone. */
class ReportInBrowserTest {
    @TempDir
    private static Path folder;

    private static Path page;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws IOException {
        page = Files.createDirectory(folder.resolve("alone")).resolve("page.html");
        Files.move(ReportWriter.write(SampleReport.of(), folder.resolve("report")), page);
        browser = Chromium.start(folder.resolve("profile"));
        browser.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of(
                        "behavior",
                        "allow",
                        "downloadPath",
                        folder.resolve("saved").toString()));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void open() {
        show(1280, "light");
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(browser.manage().logs().get("browser").getAll()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
    void fitsTheScreenAndDrawsAllCharts(int width, String scheme) {
        show(width, scheme);
        assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        assertThat(number("return performance.getEntriesByType('resource').length"))
                .as("loaded from elsewhere")
                .isZero();
        boolean isDark = scheme.equals("dark");
        assertThat(browser.findElement(By.tagName("body")).getCssValue("background-color"))
                .contains(isDark ? "20, 23, 27" : "255, 255, 255");
        List<WebElement> charts = browser.findElements(By.cssSelector(".plot svg"));
        assertThat(charts).hasSize(3);
        for (WebElement chart : charts) {
            assertThat(chart.getSize().width).isBetween(width * 7 / 10, width);
            assertThat(chart.getSize().height).isGreaterThan(250);
            assertThat(chart.findElements(By.tagName("path"))).hasSizeGreaterThan(20);
        }
        assertThat(linesOf("loss")).hasSize(3);
        assertThat(bandsOf("loss")).hasSize(3);
        assertThat(textsOf("loss")).contains("training loss", "seconds", "0.1", "1");
        // All that is written in a chart is within it.
        assertThat(number("return [...document.querySelectorAll('.plot')].flatMap(plot => {"
                        + "const box = plot.getBoundingClientRect();"
                        + "return [...plot.querySelectorAll('text')].map(text => text.getBoundingClientRect())"
                        + ".filter(t => t.left < box.left - 1 || t.right > box.right + 1 || t.bottom > box.bottom + 1)"
                        + "}).length"))
                .isZero();
    }

    @Test
    void sameNamesHaveTheSameColours() {
        assertThat(linesOf("telemetry")).hasSize(1).containsAnyElementsOf(linesOf("loss"));
        assertThat(linesOf("loss")).doesNotHaveDuplicates();
    }

    @Test
    void axesSwitchByMouseAndByKeyboard() {
        find("#loss [data-axis=y] label:nth-of-type(3)").click();
        assertThat(textsOf("loss")).contains("test accuracy", "0.9").doesNotContain("training loss");
        assertThat(bandsOf("loss")).hasSize(3);
        find("#loss [data-axis=y] label:nth-of-type(2)").click();
        assertThat(textsOf("loss")).contains("test loss");
        assertThat(bandsOf("loss")).as("this one has none").isEmpty();
        find("#loss [data-axis=x] input:checked").sendKeys(Keys.ARROW_RIGHT);
        assertThat(textsOf("loss")).contains("gradient equivalents").doesNotContain("seconds");
        assertThat(browser.switchTo().activeElement().getDomAttribute("value")).isEqualTo("gradients");
    }

    @Test
    void logarithmsSwitchAndSayWhatTheyLeaveOut() {
        assertThat(textsOf("loss")).contains("0.01").doesNotContain("0.5");
        find("#loss [data-axis=y] .log").click();
        assertThat(textsOf("loss")).contains("0.5", "0").doesNotContain("0.01");
        find("#loss [data-axis=x] .log input").sendKeys(Keys.SPACE);
        assertThat(textsOf("loss")).contains("0.01", "10");
        find("#telemetry [data-axis=y] label:nth-of-type(2)").click();
        assertThat(find("#telemetry .note").getText()).isEmpty();
        find("#telemetry [data-axis=y] .log").click();
        assertThat(find("#telemetry .note").getText())
                .isEqualTo("5 values that are not positive are left out on the logarithmic axis.");
    }

    @Test
    void linesCanBeHidden() {
        WebElement adam = find("#loss .lines button:nth-child(2)");
        assertThat(adam.getText()).isEqualTo("adam:lr=1e-3");
        adam.click();
        assertThat(find("#loss .lines button:nth-child(2)").getDomAttribute("aria-pressed"))
                .isEqualTo("false");
        assertThat(linesOf("loss")).hasSize(2);
        assertThat(bandsOf("loss")).hasSize(2);
        browser.switchTo().activeElement().sendKeys(Keys.ENTER);
        assertThat(linesOf("loss")).hasSize(3);
        new Actions(browser)
                .doubleClick(find("#loss .lines button:nth-child(3)"))
                .perform();
        assertThat(linesOf("loss")).hasSize(1);
    }

    @Test
    void thePointerShowsTheValuesOfAllLines() {
        hover("loss", 0, 0);
        String tip = tipOf("loss");
        assertThat(tip)
                .contains("seconds: ", "hf:lambda=10,chunk=2000", "adam:lr=1e-3", "momentum:lr=0.05,mu=0.9", " – ");
        hover("eigenvalues", 0, 0);
        assertThat(tipOf("eigenvalues")).contains("layer 8 <output> & bias");
    }

    @Test
    void aPartCanBeEnlarged() {
        find("#loss .zoom").click();
        WebElement plot = find("#loss .plot");
        new Actions(browser)
                .moveToElement(plot, -100, -80)
                .clickAndHold()
                .moveByOffset(100, 80)
                .release()
                .perform();
        WebElement reset = find("#loss .reset");
        assertThat(reset.isDisplayed()).isTrue();
        assertThat(textsOf("loss")).doesNotContain("20");
        reset.click();
        assertThat(textsOf("loss")).contains("20");
        assertThat(reset.isDisplayed()).isFalse();
    }

    @Test
    void theReaderChoosesLightOrDark() {
        find("#theme").click();
        assertThat(find("#theme").getText()).isEqualTo("Light");
        assertThat(find("body").getCssValue("background-color")).contains("20, 23, 27");
        List<String> dark = linesOf("loss");
        find("#theme").click();
        assertThat(linesOf("loss")).isNotEqualTo(dark);
    }

    @Test
    void everythingCanBeSaved() throws IOException {
        Path saved = folder.resolve("saved");
        for (String name : List.of("loss.csv", "loss.json", "result.csv", "reconstructions.json")) {
            find("a[href='" + name + "']").click();
            awaitFile(saved.resolve(name));
        }
        Path written = folder.resolve("report");
        for (String json : List.of("loss.json", "reconstructions.json")) {
            assertThat(saved.resolve(json)).hasSameBinaryContentAs(written.resolve(json));
        }
        for (String csv : List.of("loss.csv", "result.csv")) {
            assertThat(cells(saved.resolve(csv))).isEqualTo(cells(written.resolve(csv)));
        }
        find("#loss .png").click();
        find("#loss .svg").click();
        find("#reconstructions .sheet").click();
        awaitFile(saved.resolve("loss.png"));
        awaitFile(saved.resolve("loss.svg"));
        awaitFile(saved.resolve("reconstructions.png"));
        assertThat(saved.resolve("reconstructions.png")).hasSameBinaryContentAs(written.resolve("reconstructions.png"));
        assertThat(Files.readString(saved.resolve("loss.svg")))
                .startsWith("<svg")
                .contains("Loss and accuracy as training goes on", "adam:lr=1e-3");
        assertThat(ImageIO.read(saved.resolve("loss.png").toFile()).getWidth()).isEqualTo(2 * 960);
    }

    /** Errors down to rounding, divergence, gaps, nothing at all; names that JavaScript's objects have too. */
    @Test
    void unusualValuesAreDrawnWithoutErrors() throws IOException {
        double nan = Double.NaN;
        double[][] values = {
            {1, 1e-2, 1e-5, 3e-12, 1e-16},
            {1e-300, 1, 1e300},
            {1, Double.POSITIVE_INFINITY, 2},
            {nan, nan},
            {0, -1},
            {3, 3, 3},
            {Double.MIN_VALUE},
            {}
        };
        List<Report.Element> charts = new ArrayList<>();
        for (double[] y : values) {
            double[] x = IntStream.range(0, y.length).asDoubleStream().toArray();
            for (boolean isLog : new boolean[] {false, true}) {
                charts.add(new Chart(
                        "chart-" + charts.size(),
                        Arrays.toString(y),
                        List.of(new Chart.Axis("x", "x", isLog)),
                        List.of(new Chart.Axis("y", "y", isLog)),
                        List.of(new Chart.Line(
                                "constructor",
                                Chart.Style.LINE,
                                Map.of("x", x, "y", y),
                                Map.of("y", new Chart.Band(x, y))))));
            }
        }
        Report report = new Report(
                "Unusual", "", List.of(new Report.Section("", "", charts)), new Origin("", Instant.EPOCH, Map.of()));
        browser.get(
                ReportWriter.write(report, folder.resolve("unusual")).toUri().toString());
        assertThat(browser.findElements(By.cssSelector(".plot svg"))).hasSameSizeAs(charts);
        assertThat(textsOf("chart-1")).contains("1", "10⁻¹⁰", "10⁻¹⁵");
        assertThat(textsOf("chart-3")).contains("1", "10³⁰⁰");
    }

    /** A run that diverges, one whose values hardly differ, and one of a single step. */
    @Test
    void axesBeginWithWhatTellsLinesApart() throws IOException {
        double[] steps = {1, 2, 3};
        List<Report.Element> charts = List.of(
                chart("diverging", steps, new double[] {2, 1e30, 1e60}, 1e3, steps, new double[] {2, 1, 0.5}),
                chart("flat", steps, new double[] {2.32, 2.33, 2.325}, 1e3, steps, new double[] {2.32, 2.325, 2.33}),
                chart("single", new double[] {1}, new double[] {7}, 1e3, new double[] {1}, new double[] {7}));
        Report report = new Report(
                "Ranges", "", List.of(new Report.Section("", "", charts)), new Origin("", Instant.EPOCH, Map.of()));
        browser.get(ReportWriter.write(report, folder.resolve("ranges")).toUri().toString());
        assertThat(textsOf("diverging")).contains("1", "2").doesNotContain("10⁶⁰");
        assertThat(find("#diverging .note").getText())
                .isEqualTo("Values above 2 are outside the axis; “Show all” shows them too.");
        find("#diverging .reset").click();
        assertThat(textsOf("diverging")).contains("10⁶⁰");
        assertThat(find("#diverging .note").getText()).isEmpty();
        assertThat(find("#diverging .reset").isDisplayed()).isFalse();
        assertThat(textsOf("flat")).contains("2.32", "2.33").doesNotContain("5");
        assertThat(textsOf("single")).contains("0", "1", "2", "7").doesNotContain("1.1", "1.05");
    }

    private static Chart chart(String name, double[] x1, double[] y1, double most, double[] x2, double[] y2) {
        return new Chart(
                name,
                name,
                List.of(new Chart.Axis("x", "steps", false)),
                List.of(new Chart.Axis("y", "loss", true, Double.NEGATIVE_INFINITY, most)),
                List.of(
                        new Chart.Line("one", Chart.Style.LINE, Map.of("x", x1, "y", y1), Map.of()),
                        new Chart.Line("other", Chart.Style.LINE, Map.of("x", x2, "y", y2), Map.of())));
    }

    @ParameterizedTest
    @CsvSource({"1280", "360"})
    void aLongTableFitsOrShowsThatItGoesOn(int width) {
        show(width, "light");
        assertThat(number("const box = document.querySelector('#result .scroll'); return box.scrollWidth"))
                .isLessThanOrEqualTo(width == 1280 ? 1280 - 80 : Integer.MAX_VALUE);
        assertThat(find("#result .scroll").getCssValue("background-image")).contains("gradient");
        // Nothing of the first column runs into the second.
        assertThat(number("return [...document.querySelectorAll('#result tbody th')]"
                        + ".filter(th => th.scrollWidth > th.clientWidth + 1).length"))
                .isZero();
    }

    /** The script writes numbers as Java does. */
    @Test
    void theTipHasTheDigitsOfTables() throws IOException {
        double[] values = {0.069599, 94.4, 91602.3, 999.96, 0.00012345, -1.7e31, 12e6, -0.5, 99.99999};
        for (double value : values) {
            double[] only = {value};
            Chart chart = chart("only", new double[] {1}, only, Double.MAX_VALUE, new double[] {1}, only);
            Chart straight = new Chart("only", "", chart.x(), List.of(new Chart.Axis("y", "y", false)), chart.lines());
            Report report = new Report(
                    "Only",
                    "",
                    List.of(new Report.Section("", "", List.of(straight))),
                    new Origin("", Instant.EPOCH, Map.of()));
            browser.get(
                    ReportWriter.write(report, folder.resolve("only")).toUri().toString());
            hover("only", 10, 0);
            assertThat(tipOf("only")).contains(Figure.of(value));
        }
    }

    @Test
    void choicesStayWhenThePageIsLoadedAgain() {
        find("#loss [data-axis=y] label:nth-of-type(3)").click();
        find("#loss .lines button:nth-child(2)").click();
        find("#theme").click();
        browser.navigate().refresh();
        assertThat(textsOf("loss")).contains("test accuracy", "0.9").doesNotContain("training loss");
        assertThat(linesOf("loss")).hasSize(2);
        assertThat(find("body").getCssValue("background-color")).contains("20, 23, 27");
        assertThat(browser.getCurrentUrl()).contains("loss.y=", "loss.without=1", "theme=dark");
    }

    @Test
    void linesCanBeDrawnOneByOne() {
        find("#loss .each").click();
        assertThat(browser.findElements(By.cssSelector("#loss .multiples svg"))).hasSize(3);
        assertThat(find("#loss .plot").isDisplayed()).isFalse();
        find("#loss .each").click();
        assertThat(browser.findElements(By.cssSelector("#loss .multiples svg"))).isEmpty();
        assertThat(linesOf("loss")).hasSize(3);
    }

    /** Two layers with two optimizers in each, on the same axes. */
    @Test
    void panelsAreSmallChartsWithTheSameAxesAndColours() throws IOException {
        double[] x = {0, 1, 2};
        List<Chart.Line> lines = new ArrayList<>();
        for (String layer : List.of("first", "second")) {
            double size = layer.equals("first") ? 1 : 100;
            for (String name : List.of("Adam", "SGD")) {
                double[] y = {size, 2 * size, 3 * size};
                lines.add(new Chart.Line(name, Chart.Style.LINE, Map.of("x", x, "y", y), Map.of(), layer));
            }
        }
        Chart chart = new Chart(
                "layers",
                "By layer",
                List.of(new Chart.Axis("x", "steps", false)),
                List.of(new Chart.Axis("y", "norm", true)),
                lines);
        Report report = new Report(
                "Layers",
                "",
                List.of(new Report.Section("", "", List.of(chart))),
                new Origin("", Instant.EPOCH, Map.of()));
        Path file = ReportWriter.write(report, folder.resolve("panels"));
        assertThat(file.resolveSibling("layers.csv"))
                .content()
                .startsWith("panel,line,x,y")
                .contains("second,Adam,1.0,200.0");
        browser.get(file.toUri().toString());
        assertThat(strings("[...document.querySelectorAll(a[0])].map(e => e.textContent)", "#layers .multiples p"))
                .containsExactly("first", "second");
        assertThat(find("#layers .plot").isDisplayed()).isFalse();
        assertThat(find("#layers .each").isDisplayed()).isFalse();
        String first = "#layers .multiples > div:first-child ";
        String second = "#layers .multiples > div:last-child ";
        String drawn = "path[stroke-linejoin=bevel]";
        assertThat(attributes(first + drawn, "stroke"))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .isEqualTo(attributes(second + drawn, "stroke"));
        for (String panel : List.of(first, second)) {
            assertThat(strings("[...document.querySelectorAll(a[0])].map(e => e.textContent)", panel + "text"))
                    .contains("1", "100");
        }
        new Actions(browser).moveToElement(find(second + "[role=img]"), 10, 0).perform();
        assertThat(tipOf("layers")).contains("Adam", "SGD", "200").doesNotContain("first");
        find("#layers .lines button:last-child").click();
        assertThat(attributes("#layers .multiples " + drawn, "stroke"))
                .as("one in each")
                .hasSize(2);
    }

    /** axe-core's rules, among them contrast, names of controls and the order of headings. */
    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "360, light"})
    void aCheckerOfAccessibilityFindsNothing(int width, String scheme) throws IOException {
        show(width, scheme);
        browser.executeScript(Template.resource("/axe.min.js"));
        assertThat(browser.executeAsyncScript("const done = arguments[arguments.length - 1];axe.run().then(found =>"
                        + " done(found.violations.map(v => v.id + ' ' + v.nodes[0].target).join()))"))
                .isEqualTo("");
    }

    /** All that is drawn is on the page, at A4's width. */
    @Test
    void printedPagesCutNothing() throws IOException {
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "print"));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 688, "height", 970, "deviceScaleFactor", 1, "mobile", false));
        try {
            assertThat(number("return Math.round(Math.max(...[...document.querySelectorAll('.plot svg')]"
                            + ".map(svg => svg.getBoundingClientRect().right)))"))
                    .isLessThanOrEqualTo(688);
            assertThat(number("return Math.round(Math.min(...[...document.querySelectorAll('.plot')]"
                            + ".map(plot => plot.getBoundingClientRect().height)))"))
                    .as("the height of a chart with its proportions")
                    .isBetween(150L, 400L);
            assertThat(number("return [...document.querySelectorAll('.plot svg')]"
                            + ".filter(svg => !svg.getAttribute('viewBox')).length"))
                    .as("charts that cannot shrink")
                    .isZero();
            assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(688);
        } finally {
            browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", ""));
        }
    }

    /** Letters of a chart for paper are as large as those beside it, whatever the window's width was. */
    @Test
    void chartsAreDrawnAnewForPaper() {
        String widths = "return [...new Set([...document.querySelectorAll('.plot svg')]"
                + ".filter(svg => svg.checkVisibility()).map(svg => svg.getAttribute('viewBox').split(' ')[2]))].join()";
        show(1440, "light");
        Object onScreen = browser.executeScript(widths);
        browser.executeScript("dispatchEvent(new Event('beforeprint'))");
        assertThat(browser.executeScript(widths)).isEqualTo("690");
        browser.executeScript("dispatchEvent(new Event('afterprint'))");
        assertThat(browser.executeScript(widths)).isEqualTo(onScreen).isNotEqualTo("690");
    }

    @Test
    void theCommandCanBeCopied() {
        find("#copy").click();
        await("copied", () -> find("#copy").getText().matches("Copied|Selected"));
    }

    private static void show(int width, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        browser.get(page.toUri().toString());
        await("the charts", () -> (Boolean) browser.executeScript("return document.readyState === 'complete'"
                + "&& [...document.querySelectorAll('.plot')].every(plot => plot.querySelector('svg path'))"));
    }

    private static WebElement find(String selector) {
        WebElement found = browser.findElement(By.cssSelector(selector));
        // The contents stay at the top of the window and could cover it.
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", found);
        return found;
    }

    private static String tipOf(String chart) {
        By tip = By.cssSelector("#" + chart + " .tip");
        await("a tip", () -> !browser.findElements(tip).isEmpty());
        return browser.findElement(tip).getText();
    }

    private static void hover(String chart, int x, int y) {
        new Actions(browser).moveToElement(find("#" + chart + " .plot"), x, y).perform();
    }

    private static long number(String script) {
        return (Long) browser.executeScript(script);
    }

    /** The colours of the lines that are drawn. */
    private static List<String> linesOf(String chart) {
        return attributes("#" + chart + " .plot path[stroke-linejoin=bevel]", "stroke");
    }

    private static List<String> bandsOf(String chart) {
        return attributes("#" + chart + " .plot [fill-opacity='0.16']", "fill");
    }

    /** After the next frame, in which the chart is drawn. */
    private static List<String> attributes(String selector, String attribute) {
        return strings("[...document.querySelectorAll(a[0])].map(e => e.getAttribute(a[1]))", selector, attribute);
    }

    private static List<String> textsOf(String chart) {
        return strings("[...document.querySelectorAll(a[0])].map(e => e.textContent)", "#" + chart + " .plot text");
    }

    private static List<String> strings(String expression, Object... arguments) {
        List<?> found = (List<?>) browser.executeAsyncScript(
                "const a = arguments; const done = a[a.length - 1];"
                        + "requestAnimationFrame(() => requestAnimationFrame(() => done(" + expression + ")))",
                arguments);
        return found.stream().map(String::valueOf).toList();
    }

    private static void awaitFile(Path file) {
        await(file.toString(), () -> Files.exists(file));
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s for " + what).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Numbers as numbers, since Java and JavaScript write the same ones differently. */
    private static List<List<Object>> cells(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            return lines.map(line -> Arrays.stream(line.split(",(?=[^a-z])", -1))
                            .map(cell -> cell.matches("-?[0-9.]+([Ee][-+]?[0-9]+)?") ? Double.valueOf(cell) : cell)
                            .collect(Collectors.<Object>toList()))
                    .toList();
        }
    }
}
