package dev.ravine.cli.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves a {@link LivePage} to browsers of this machine, on a free port of the loopback interface. The address has a
 * random token: a request without it is refused, and so is one whose Host header is not this server's own, which a page
 * of another origin could send by a name that leads to this machine.
 *
 * <p>{@code GET TOKEN/} is the page, {@code GET TOKEN/events} a stream of server-sent events: {@code update} with the
 * parts that changed, {@code reload} and {@code end}. A reader who lost the connection goes on from the last event that
 * arrived.
 */
public final class LiveServer implements AutoCloseable {
    private static final int TOKEN_BYTES = 16;
    private static final long HEARTBEAT_MILLISECONDS = 5_000;
    private static final long LAST_LOAD_NANOS = 5_000_000_000L;

    /** More streams than this are refused. */
    private static final int MOST_READERS = 32;

    private final LivePage page = new LivePage();
    private final HttpServer server;
    private final ExecutorService threads;
    private final String path;
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicInteger leftToLoad = new AtomicInteger();

    /**
     * Begins to serve; there is no page before the first report.
     *
     * @throws IOException if no port can be opened
     */
    public LiveServer() throws IOException {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        path = "/" + HexFormat.of().formatHex(token) + "/";
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "live page");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** {@return where the page is} */
    public URI address() {
        return URI.create("http://" + host() + path);
    }

    /** {@return whether somebody looks at the page} */
    public boolean isWatched() {
        return readers.get() > 0;
    }

    /**
     * Shows results so far.
     *
     * @param soFar the report of all that is known
     * @param state how far the work is, in a few words
     * @throws IOException if the page's own files cannot be read
     */
    public void show(Report soFar, String state) throws IOException {
        page.show(soFar, state);
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
            exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
            String asked = exchange.getRequestURI().getPath();
            if (!isOwnHost(exchange)) {
                refuse(exchange, 403, "this page is for browsers of its own machine");
            } else if (isSame(asked, path)) {
                get(exchange, () -> sendPage(exchange));
            } else if (isSame(asked, path + "events")) {
                get(exchange, () -> sendEvents(exchange));
            } else {
                refuse(
                        exchange,
                        404,
                        "there is nothing here; the address of the page stands where the run was started");
            }
        }
    }

    @FunctionalInterface
    private interface Answer {
        void send() throws IOException;
    }

    private static void get(HttpExchange exchange, Answer answer) throws IOException {
        if (exchange.getRequestMethod().equals("GET")) {
            answer.send();
        } else {
            exchange.getResponseHeaders().set("Allow", "GET");
            refuse(exchange, 405, "this page can be read only");
        }
    }

    private boolean isOwnHost(HttpExchange exchange) {
        List<String> given = exchange.getRequestHeaders().getOrDefault("Host", List.of());
        int port = server.getAddress().getPort();
        return given.size() == 1
                && List.of("127.0.0.1:" + port, "localhost:" + port).contains(given.get(0));
    }

    /** In a time that does not tell how much of the token was right. */
    private static boolean isSame(String found, String expected) {
        return MessageDigest.isEqual(found.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(HttpExchange exchange, int code, String why) throws IOException {
        send(exchange, code, "text/plain; charset=utf-8", (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private void sendPage(HttpExchange exchange) throws IOException {
        boolean isLast = page.isFinished();
        Optional<byte[]> bytes = page.bytes();
        if (bytes.isEmpty()) {
            exchange.getResponseHeaders().set("Refresh", "1");
            refuse(exchange, 503, "the run has not begun; this page loads again by itself");
            return;
        }
        send(exchange, 200, "text/html; charset=utf-8", bytes.get());
        if (isLast) {
            loaded();
        }
    }

    private synchronized void loaded() {
        leftToLoad.decrementAndGet();
        notifyAll();
    }

    private void sendEvents(HttpExchange exchange) throws IOException {
        if (readers.incrementAndGet() > MOST_READERS) {
            readers.decrementAndGet();
            refuse(exchange, 503, "more than " + MOST_READERS + " pages are open");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("retry: 1000\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            tell(out, Position.of(exchange));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            readers.decrementAndGet();
        }
    }

    /** What a reader has. */
    private record Position(int edition, long version) {
        /** From the address, or the last event after a lost connection. */
        static Position of(HttpExchange exchange) {
            int edition = 0;
            long version = 0;
            String query = exchange.getRequestURI().getQuery();
            for (String pair : query == null ? new String[0] : query.split("&", -1)) {
                if (pair.matches("edition=[0-9]{1,9}")) {
                    edition = Integer.parseInt(pair.substring("edition=".length()));
                } else if (pair.matches("version=[0-9]{1,18}")) {
                    version = Long.parseLong(pair.substring("version=".length()));
                }
            }
            String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            return new Position(edition, last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : version);
        }
    }

    private void tell(OutputStream out, Position from) throws IOException, InterruptedException {
        long version = from.version();
        boolean goesOn = true;
        while (goesOn) {
            Optional<LivePage.News> news = page.await(from.edition(), version, HEARTBEAT_MILLISECONDS);
            String event = ": still here\n\n";
            if (news.isPresent()) {
                version = news.get().version();
                goesOn = news.get().action() == LivePage.Action.UPDATE;
                event = switch (news.get().action()) {
                    case UPDATE ->
                        "id: " + version + "\nevent: update\ndata: "
                                + news.get().json() + "\n\n";
                    case RELOAD -> "event: reload\ndata:\n\n";
                    case END -> "event: end\ndata:\n\n";
                };
            }
            out.write(event.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /**
     * Ends as the finished page: tells the readers, and waits a few seconds at most until each has loaded it.
     *
     * @param bytes of the finished page
     */
    public void finish(byte[] bytes) {
        leftToLoad.set(readers.get());
        page.finish(bytes);
        long end = System.nanoTime() + LAST_LOAD_NANOS;
        synchronized (this) {
            try {
                long left = LAST_LOAD_NANOS;
                while (leftToLoad.get() > 0 && left > 0) {
                    wait(Math.max(1, left / 1_000_000));
                    left = end - System.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        close();
    }

    /** Closes the port; does nothing the second time. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
