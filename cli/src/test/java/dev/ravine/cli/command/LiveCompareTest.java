package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LiveCompareTest extends RunsCommands {
    private static final Pattern ADDRESS = Pattern.compile("live: (http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]+/)");
    private static final Pattern STEPS =
            Pattern.compile("\"#steps-taken\":\\{.*?\"steps\":\\[[^\\]]*?([0-9]+)(\\.0)?\\]");

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<byte[]> get(URI address) throws Exception {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** It ends by Ctrl-C, as a person would end a run that is watched. */
    @Test
    void theLivePageGrowsAndEndsAsTheReportAlsoByControlC() throws Exception {
        CommandLine command = commandLine();
        Path folder = this.folder.resolve("out");
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> command.execute(
                "compare",
                "--live",
                "--problem",
                "regress",
                "--epochs",
                "1e7",
                "--optimizer",
                "momentum",
                "--optimizer",
                "lbfgs",
                "--out",
                folder.toString()));
        URI page = address(exit);
        // As a browser does, it listens from the first page on, so that the next one comes soon.
        String loaded = load(page);
        while (!loaded.contains("id=\"steps-taken\"")) {
            try (Stream<String> lines = listen(page, loaded)) {
                assertThat(lines.anyMatch("event: reload"::equals)).isTrue();
            }
            loaded = load(page);
        }
        assertThat(loaded).contains("Training: ", "So far ");
        // The events of one edition of the page: of the one with a chart of steps.
        try (Stream<String> lines = listen(page, loaded)) {
            Iterator<String> each = lines.iterator();
            int first = steps(each);
            int second = steps(each);
            assertThat(second).isGreaterThan(first);
            ((Ravine) command.getCommand()).interruption().request();
            while (!each.next().equals("event: end")) {
                assertThat(exit).isNotDone();
            }
        }
        byte[] last = get(page).body();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(130);
        assertThat(folder.resolve("index.html"))
                .hasBinaryContent(last)
                .content()
                .contains("Interrupted before");
        assertThat(folder.resolve("report.json")).isNotEmptyFile();
        assertThatThrownBy(() -> get(page)).isInstanceOf(ConnectException.class);
    }

    private String load(URI page) throws Exception {
        return new String(get(page).body(), StandardCharsets.UTF_8);
    }

    /** The lines of events for a page that was loaded. */
    private Stream<String> listen(URI page, String loaded) throws Exception {
        Matcher edition = Pattern.compile("data-edition=\"([0-9]+)\" data-version=\"([0-9]+)\"")
                .matcher(loaded);
        assertThat(edition.find()).isTrue();
        URI events = page.resolve("events?edition=" + edition.group(1) + "&version=" + edition.group(2));
        return client.send(HttpRequest.newBuilder(events).build(), HttpResponse.BodyHandlers.ofLines())
                .body();
    }

    private URI address(CompletableFuture<Integer> exit) throws InterruptedException {
        while (!exit.isDone()) {
            Matcher found = ADDRESS.matcher(out.toString());
            if (found.find()) {
                return URI.create(found.group(1));
            }
            Thread.sleep(10);
        }
        throw new AssertionError("no address in: " + out + err);
    }

    /** The last step that is drawn in the next event that has steps. */
    private static int steps(Iterator<String> lines) {
        while (true) {
            Matcher found = STEPS.matcher(lines.next());
            if (found.find()) {
                return Integer.parseInt(found.group(1));
            }
        }
    }

    @Test
    void withoutItNoAddressIsPrinted() {
        assertThat(printed(
                        "compare",
                        "--problem",
                        "regress",
                        "--gradients",
                        "2",
                        "--optimizer",
                        "lbfgs",
                        "--out",
                        folder.resolve("out").toString()))
                .doesNotContain("live:");
    }
}
