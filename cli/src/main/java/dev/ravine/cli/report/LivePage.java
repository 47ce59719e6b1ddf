package dev.ravine.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A page that grows while work goes on, and ends as the page of the finished report. Readers load it whole and then get
 * what has changed. It can be filled and read by several threads.
 *
 * <p>Where a report has other sections, elements or lines than the one before, readers load the page again.
 */
final class LivePage {
    private final Map<String, Piece> pieces = new LinkedHashMap<>();
    private Report report;
    private String status = "";
    private List<String> structure = List.of();
    private int edition;
    private long version;
    private byte[] finished;

    /** A part of the page as JSON, and when it changed. */
    private record Piece(long version, String json) {}

    /** What to do next. */
    enum Action {
        /** Take the changes. */
        UPDATE,
        /** Load the page again, since it is built otherwise. */
        RELOAD,
        /** Load the page a last time. */
        END
    }

    /**
     * News for a reader.
     *
     * @param action what to do
     * @param version where the reader then is
     * @param json the changed parts by name; empty unless the action is an update
     */
    record News(Action action, long version, String json) {}

    /**
     * Shows results so far.
     *
     * @param soFar the report of all that is known
     * @param state how far the work is, in a few words
     * @throws IOException if the page's own files cannot be read
     */
    void show(Report soFar, String state) throws IOException {
        Map<String, String> fresh = new LinkedHashMap<>();
        fresh.put("status", text(state));
        Page page = Page.growing(soFar);
        fresh.put("verdict", text(page.verdict()));
        for (Report.Section section : soFar.sections()) {
            for (Report.Element element : section.elements()) {
                fresh.put(
                        "#" + element.name(), element instanceof Chart c ? page.drawn(c) : text(page.element(element)));
            }
        }
        synchronized (this) {
            report = soFar;
            status = state;
            List<String> now = structure(soFar);
            if (!now.equals(structure)) {
                structure = now;
                edition++;
                pieces.clear();
            }
            version++;
            fresh.forEach((name, json) -> pieces.merge(
                    name, new Piece(version, json), (old, next) -> old.json().equals(next.json()) ? old : next));
            notifyAll();
        }
    }

    /**
     * Ends: from now on the page is the finished one.
     *
     * @param page its bytes
     */
    synchronized void finish(byte[] page) {
        finished = page.clone();
        notifyAll();
    }

    /** {@return whether the page is the finished one} */
    synchronized boolean isFinished() {
        return finished != null;
    }

    /** {@return the page as it is now; empty before the first report} */
    Optional<byte[]> bytes() throws IOException {
        Report now;
        Page.Growth growth;
        synchronized (this) {
            if (finished != null) {
                return Optional.of(finished.clone());
            }
            if (report == null) {
                return Optional.empty();
            }
            now = report;
            growth = new Page.Growth(edition, version, status);
        }
        return Optional.of(Page.growing(now, growth).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return what is new, or nothing if nothing changed for a while}
     *
     * @param known the edition of the page that the reader has
     * @param since the version that the reader has
     * @param milliseconds the longest to wait
     */
    synchronized Optional<News> await(int known, long since, long milliseconds) throws InterruptedException {
        long end = System.nanoTime() + milliseconds * 1_000_000;
        while (finished == null && known == edition && since >= version) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
        if (finished != null) {
            return Optional.of(new News(Action.END, version, ""));
        }
        if (known != edition) {
            return Optional.of(new News(Action.RELOAD, version, ""));
        }
        StringBuilder json = new StringBuilder("{");
        pieces.forEach((name, piece) -> {
            if (piece.version() > since) {
                json.append(json.length() > 1 ? "," : "")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(piece.json());
            }
        });
        return Optional.of(new News(Action.UPDATE, version, json.append('}').toString()));
    }

    /** What cannot change without loading the page again. */
    private static List<String> structure(Report report) {
        List<String> names = new ArrayList<>(List.of(report.title()));
        for (Report.Section section : report.sections()) {
            names.add("section " + section.title());
            for (Report.Element element : section.elements()) {
                names.add("element " + element.name());
                if (element instanceof Chart chart) {
                    chart.lines().forEach(line -> names.add("line " + line.name() + " of " + line.panel()));
                    chart.y().forEach(axis -> names.add("axis " + axis.key()));
                }
            }
        }
        return names;
    }

    private static String text(String value) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = Data.JSON.createGenerator(out)) {
            json.writeString(value);
        }
        return out.toString();
    }
}
