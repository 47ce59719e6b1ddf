package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** How pages of reports look: on screens of all widths, in light and dark, with unusual figures. */
class ReportPagesInBrowserTest extends ReadsPages {
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
        open("unusual", charts);
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
        open("ranges", charts);
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

    /** The script writes numbers as Java does. */
    @Test
    void theTipHasTheDigitsOfTables() throws IOException {
        double[] values = {0.069599, 94.4, 91602.3, 999.96, 0.00012345, -1.7e31, 12e6, -0.5, 99.99999};
        List<Chart> charts = new ArrayList<>();
        for (double value : values) {
            double[] only = {value};
            String name = "only-" + charts.size();
            Chart chart = chart(name, new double[] {1}, only, Double.MAX_VALUE, new double[] {1}, only);
            charts.add(new Chart(name, "", chart.x(), List.of(new Chart.Axis("y", "y", false)), chart.lines()));
        }
        open("digits", charts);
        for (int i = 0; i < values.length; i++) {
            hover(charts.get(i).name(), 10, 0);
            assertThat(tipOf(charts.get(i).name())).contains(Figure.of(values[i]));
        }
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
        open("panels", List.of(chart));
        assertThat(folder.resolve("panels/layers.csv"))
                .content()
                .startsWith("panel,line,x,y")
                .contains("second,Adam,1.0,200.0");
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
}
