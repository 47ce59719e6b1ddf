package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The page in a real browser, from its one file alone. */
abstract class ReadsPages {
    @TempDir
    static Path folder;

    static ChromeDriver browser;
    private static Path page;

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

    @AfterEach
    void nothingWentWrong() {
        assertThat(browser.manage().logs().get("browser").getAll()).isEmpty();
    }

    /** Opens the page of a report with these charts, on a wide screen. */
    static void open(String name, List<? extends Report.Element> charts) throws IOException {
        setScreen(1280, "light");
        Report report = new Report(
                name,
                "",
                List.of(new Report.Section("", "", List.copyOf(charts))),
                new Origin("", Instant.EPOCH, Map.of()));
        browser.get(ReportWriter.write(report, folder.resolve(name)).toUri().toString());
    }

    static void show(int width, String scheme) {
        setScreen(width, scheme);
        browser.get(page.toUri().toString());
        await("the charts", () -> (Boolean) browser.executeScript("return document.readyState === 'complete'"
                + "&& [...document.querySelectorAll('.plot')].every(plot => plot.querySelector('svg path'))"));
    }

    private static void setScreen(int width, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    static WebElement find(String selector) {
        WebElement found = browser.findElement(By.cssSelector(selector));
        // The contents stay at the top of the window and could cover it.
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", found);
        return found;
    }

    static String tipOf(String chart) {
        By tip = By.cssSelector("#" + chart + " .tip");
        await("a tip", () -> !browser.findElements(tip).isEmpty());
        return browser.findElement(tip).getText();
    }

    static void hover(String chart, int x, int y) {
        new Actions(browser).moveToElement(find("#" + chart + " .plot"), x, y).perform();
    }

    static long number(String script) {
        return (Long) browser.executeScript(script);
    }

    /** The colours of the lines that are drawn. */
    static List<String> linesOf(String chart) {
        return attributes("#" + chart + " .plot path[stroke-linejoin=bevel]", "stroke");
    }

    static List<String> bandsOf(String chart) {
        return attributes("#" + chart + " .plot [fill-opacity='0.16']", "fill");
    }

    /** After the next frame, in which the chart is drawn. */
    static List<String> attributes(String selector, String attribute) {
        return strings("[...document.querySelectorAll(a[0])].map(e => e.getAttribute(a[1]))", selector, attribute);
    }

    static List<String> textsOf(String chart) {
        return strings("[...document.querySelectorAll(a[0])].map(e => e.textContent)", "#" + chart + " .plot text");
    }

    static List<String> strings(String expression, Object... arguments) {
        List<?> found = (List<?>) browser.executeAsyncScript(
                "const a = arguments; const done = a[a.length - 1];"
                        + "requestAnimationFrame(() => requestAnimationFrame(() => done(" + expression + ")))",
                arguments);
        return found.stream().map(String::valueOf).toList();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s for " + what).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
