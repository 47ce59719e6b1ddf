package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** What a reader does on the page of a report: choose, point, enlarge, save, print. */
class ReportInBrowserTest extends ReadsPages {
    @BeforeEach
    void open() {
        show(1280, "light");
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

    @Test
    void theCommandCanBeCopied() {
        find("#copy").click();
        await("copied", () -> find("#copy").getText().matches("Copied|Selected"));
    }

    private static void awaitFile(Path file) {
        await(file.toString(), () -> Files.exists(file));
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
