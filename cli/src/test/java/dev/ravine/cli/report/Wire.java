package dev.ravine.cli.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A wire to a server on this machine, which can be cut. Each connection carries one request. */
final class Wire implements AutoCloseable {
    private final ServerSocket here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final URI there;
    private volatile boolean isCut;

    Wire(URI there) throws IOException {
        this.there = there;
        start(() -> {
            while (!here.isClosed()) {
                Socket from = here.accept();
                open.add(from);
                start(() -> carry(from));
            }
        });
    }

    /** The server's address at this end. */
    URI address() {
        return URI.create("http://127.0.0.1:" + here.getLocalPort() + there.getPath());
    }

    /** Closes all connections, and each that is made before it is mended. */
    void cut() throws IOException {
        isCut = true;
        for (Socket each : open) {
            each.close();
        }
    }

    void mend() {
        isCut = false;
    }

    private void carry(Socket from) throws IOException {
        try (from;
                Socket to = new Socket(InetAddress.getLoopbackAddress(), there.getPort())) {
            if (isCut) {
                return;
            }
            open.add(to);
            String request = head(from.getInputStream());
            to.getOutputStream()
                    .write(request.replaceFirst("(?i)\r\nhost: [^\r]*", "\r\nHost: " + there.getAuthority())
                            .replaceFirst("(?i)\r\nconnection: [^\r]*", "\r\nConnection: close")
                            .getBytes(StandardCharsets.ISO_8859_1));
            to.getInputStream().transferTo(from.getOutputStream());
        }
    }

    /** A request without a body. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the browser closed the connection");
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed, by a side or by the test.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        here.close();
        cut();
    }
}
