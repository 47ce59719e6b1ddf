package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The page that grows, in a real browser. */
class LivePageInBrowserTest {
    @TempDir
    private static Path folder;

    private static ChromeDriver browser;
    private LiveServer server;

    @BeforeAll
    static void start() {
        browser = Chromium.start(folder.resolve("profile"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void open() throws IOException {
        browser.manage().logs().get("browser");
        server = new LiveServer();
        server.show(GrowingReport.after(3), "Training: 3 %");
        browser.get(server.address().toString());
        await("a connection", server::isWatched);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void chartsTablesAndSentencesGrow() throws IOException {
        assertThat(marks()).isEqualTo(3);
        assertThat(text("#verdict")).isEqualTo("After 3 steps.");
        assertThat(browser.getTitle()).isEqualTo("3 % · Growing");
        server.show(GrowingReport.after(5), "Training: 50 %");
        await("five values", () -> marks() == 5);
        assertThat(text("#verdict")).isEqualTo("After 5 steps.");
        assertThat(text("#status")).isEqualTo("Training: 50 %");
        assertThat(text("#result tbody")).isEqualTo("Adam 5");
        assertThat(browser.getTitle()).isEqualTo("50 % · Growing");
        nothingWentWrong();
    }

    @Test
    void whatTheReaderChoseStays() throws IOException {
        browser.findElement(By.cssSelector("#loss [data-axis=y] label:nth-of-type(2)"))
                .click();
        server.show(GrowingReport.after(5), "going on");
        await("five values", () -> marks() == 5);
        assertThat(text("#loss .plot")).contains("half of it");
        new Actions(browser)
                .moveToElement(browser.findElement(By.cssSelector("#loss .plot")), 20, 10)
                .perform();
        await("a tip", () -> text("#loss .tip").contains("Adam"));
        server.show(GrowingReport.after(7), "going on");
        await("seven values", () -> marks() == 7);
        await("the tip again", () -> text("#loss .tip").contains("Adam"));
        nothingWentWrong();
    }

    @Test
    void aLostConnectionIsSaidAndMadeAgain() throws IOException {
        try (Wire wire = new Wire(server.address())) {
            browser.get(wire.address().toString());
            await("a chart", () -> marks() == 3);
            wire.cut();
            await("a word on it", () -> text("#status").contains("The connection was lost"));
            server.show(GrowingReport.after(6), "Training: 60 %");
            assertThat(marks()).isEqualTo(3);
            wire.mend();
            await("what was missed", () -> marks() == 6);
            await("the state", () -> text("#status").equals("Training: 60 %"));
        }
        browser.manage().logs().get("browser");
    }

    @Test
    void otherChartsAreLoadedWithTheChoicesThatWereMade() throws IOException {
        browser.findElement(By.id("theme")).click();
        server.show(SampleReport.of(), "going on");
        await(
                "the other page",
                () -> browser.findElements(By.cssSelector(".plot svg")).size() == 3);
        assertThat(browser.getCurrentUrl()).contains("theme=dark");
        nothingWentWrong();
    }

    @Test
    void itEndsAsTheFile() throws IOException {
        Path file = ReportWriter.write(GrowingReport.after(9), folder.resolve("report"));
        server.finish(Files.readAllBytes(file));
        await("the last page", () -> marks() == 9);
        String source = browser.getPageSource();
        assertThat(browser.findElements(By.id("status"))).isEmpty();
        assertThat(browser.findElement(By.cssSelector("#loss .save")).isDisplayed())
                .isTrue();
        browser.get(file.toUri().toString());
        assertThat(source.replaceAll("ec_[0-9]+|_echarts_instance_=\"[^\"]*\"|zr[0-9]+-[a-z0-9-]+", ""))
                .isEqualTo(browser.getPageSource()
                        .replaceAll("ec_[0-9]+|_echarts_instance_=\"[^\"]*\"|zr[0-9]+-[a-z0-9-]+", ""));
    }

    private static void nothingWentWrong() {
        assertThat(browser.manage().logs().get("browser").getAll().stream()
                        .filter(entry -> !entry.getMessage().contains("favicon.ico"))
                        .toList())
                .isEmpty();
    }

    /** How many values are marked in the chart. */
    private static int marks() {
        List<?> found = (List<?>)
                browser.executeScript("return [...document.querySelectorAll('#loss .plot path')].filter(p => /^M1"
                        + " 0A/.test(p.getAttribute('d')))");
        return found.size();
    }

    private static String text(String selector) {
        return String.valueOf(browser.executeScript(
                "const e = document.querySelector(arguments[0]); return e ? (e.innerText ??"
                        + " e.textContent).trim().replace(/\\s+/g, ' ') : ''",
                selector));
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s for " + what).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
