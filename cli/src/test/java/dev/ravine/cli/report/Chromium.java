package dev.ravine.cli.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The browser of the tests. */
final class Chromium {
    /** Kept, so that it is not collected with its level. It warns of a protocol that is not used here. */
    private static final Logger LOG = Logger.getLogger("org.openqa.selenium");

    private Chromium() {}

    /** Starts it without a window; the tests are left out where it is not installed. */
    static ChromeDriver start(Path profile) {
        Optional<File> chromium = onPath("chromium");
        Optional<File> driver = onPath("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "the page is tested where chromium and chromedriver are on the PATH;"
                        + " on Debian: apt-get install chromium chromium-driver");
        LOG.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
        return new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get())
                        .build(),
                options);
    }

    private static Optional<File> onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> new File(directory, program))
                .filter(File::canExecute)
                .findFirst();
    }
}
