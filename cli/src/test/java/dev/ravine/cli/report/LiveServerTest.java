package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private LiveServer server;

    @BeforeEach
    void open() throws IOException {
        server = new LiveServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> get(URI address) throws Exception {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The lines of the events from a version on. */
    private BufferedReader events(int edition, long version, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.address().resolve("events?edition=" + edition + "&version=" + version));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event, without comments. */
    private static String next(BufferedReader events) throws IOException {
        StringBuilder event = new StringBuilder();
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.isEmpty() && event.length() > 0 && !event.toString().startsWith("retry")) {
                return event.toString();
            }
            if (line.isEmpty()) {
                event.setLength(0);
            } else if (!line.startsWith(":")) {
                event.append(line).append('\n');
            }
        }
        throw new IOException("the stream ended after '" + event + "'");
    }

    @Test
    void readersGetThePageAndThenWhatChanges() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        HttpResponse<String> page = get(server.address());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("<p id=\"status\">begun</p>", "After 3 steps.", "data-edition=\"1\" data-version=\"1\"")
                .contains("connect-src 'self'");
        assertThat(page.headers().firstValue("cache-control")).contains("no-store");
        BufferedReader events = events(1, 1);
        server.show(GrowingReport.after(4), "going on");
        assertThat(next(events))
                .startsWith("id: 2\nevent: update\ndata: {")
                .contains(
                        "\"status\":\"going on\"",
                        "After 4 steps.",
                        "\"#loss\":{",
                        "[2.0,1.0,0.6666667,0.5]",
                        "\"#result\":")
                .doesNotContain("\"#settings\"");
        assertThat(server.isWatched()).isTrue();
    }

    @Test
    void aReaderWhoLostTheConnectionGoesOn() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        server.show(GrowingReport.after(4), "begun");
        server.show(GrowingReport.after(5), "begun");
        // All that changed since the second version, although the address names the first.
        assertThat(next(events(1, 1, "Last-Event-ID", "2")))
                .startsWith("id: 3\n")
                .contains("After 5 steps.", "\"#loss\"")
                .doesNotContain("\"status\"", "\"#settings\"");
    }

    @Test
    void aPageThatIsBuiltOtherwiseIsLoadedAgain() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        BufferedReader events = events(1, 1);
        server.show(SampleReport.of(), "begun");
        assertThat(next(events)).startsWith("event: reload\n");
        assertThat(events.readLine()).as("the end of the stream").isNull();
        assertThat(get(server.address()).body()).contains("data-edition=\"2\"");
    }

    @Test
    void thePageEndsAsTheFileAndThePortIsClosed() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        BufferedReader events = events(1, 1);
        byte[] file = "<p>finished</p>".getBytes(StandardCharsets.UTF_8);
        Thread run = new Thread(() -> server.finish(file));
        run.start();
        assertThat(next(events)).startsWith("event: end\n");
        assertThat(get(server.address()).body()).isEqualTo("<p>finished</p>");
        run.join(20_000);
        assertThat(run.isAlive()).as("waits no longer than for the last load").isFalse();
        assertThatThrownBy(() -> get(server.address())).isInstanceOf(ConnectException.class);
        server.close();
    }

    @Test
    void withoutReadersTheEndIsAtOnce() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        server.finish(new byte[0]);
        assertThatThrownBy(() -> get(server.address())).isInstanceOf(ConnectException.class);
    }

    @Test
    void beforeTheFirstFiguresThePageSaysSo() throws Exception {
        HttpResponse<String> page = get(server.address());
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.body()).contains("has not begun");
    }

    @Test
    void onlyTheAddressWithTheTokenCanBeRead() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        assertThat(server.address().getPath()).matches("/[0-9a-f]{32}/");
        for (String path : List.of("/", "/events", server.address().getPath() + "x", "/favicon.ico")) {
            HttpResponse<String> refused = get(server.address().resolve(path));
            assertThat(refused.statusCode()).as(path).isEqualTo(404);
            assertThat(refused.body()).doesNotContain("Growing");
        }
        HttpResponse<String> posted = client.send(
                HttpRequest.newBuilder(server.address())
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("allow")).contains("GET");
        try (LiveServer other = new LiveServer()) {
            assertThat(other.address().getPath()).isNotEqualTo(server.address().getPath());
        }
    }

    /** A page of elsewhere whose name was made to lead to this machine sends its own name. */
    @Test
    void aForeignHostIsRefused() throws Exception {
        server.show(GrowingReport.after(3), "begun");
        int port = server.address().getPort();
        assertThat(statusLine("Host: 127.0.0.1:" + port)).contains("200");
        assertThat(statusLine("Host: localhost:" + port)).contains("200");
        for (String host :
                List.of("Host: evil.example:" + port, "Host: evil.example", "Host: 127.0.0.1", "Accept: *")) {
            assertThat(statusLine(host)).as(host).contains("403");
        }
        assertThat(statusLine("Host: 127.0.0.1:" + port + "\r\nHost: evil.example"))
                .doesNotContain("200");
    }

    private String statusLine(String header) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET " + server.address().getPath() + " HTTP/1.1\r\n" + header
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void otherMachinesCannotConnect() throws Exception {
        int port = server.address().getPort();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(each.getInetAddresses())) {
                if (!address.isLoopbackAddress()) {
                    assertThatThrownBy(() -> new Socket(address, port).close())
                            .as(address.toString())
                            .isInstanceOf(IOException.class);
                }
            }
        }
    }
}
