package dev.ravine.cli.report;

import dev.ravine.core.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A page of links to reports. It has no script. */
public final class Listing {
    private Listing() {}

    /**
     * A report that is listed.
     *
     * @param link to its page, relative to the list
     * @param name short
     * @param title of the report
     * @param sentence what came out
     * @param command that made it
     * @param time when it ended
     */
    public record Entry(String link, String name, String title, String sentence, String command, Instant time) {}

    /**
     * Writes the page.
     *
     * @param file replaced as a whole
     * @param title of the page
     * @param entries in their order
     * @throws IOException if writing fails
     */
    public static void write(Path file, String title, List<Entry> entries) throws IOException {
        Template item = Template.load("listed.html");
        StringBuilder items = new StringBuilder();
        for (Entry entry : entries) {
            items.append(item.fill(Map.of(
                    "link", entry.link(),
                    "name", entry.name(),
                    "title", entry.title(),
                    "sentence", entry.sentence(),
                    "command", entry.command(),
                    "instant", entry.time().toString(),
                    "time", Page.TIME.format(entry.time()))));
        }
        String page = Template.load("listing.html")
                .fill(Map.of(
                        "title",
                        title,
                        "head",
                        Page.head(title),
                        "count",
                        entries.size() == 1 ? "1 run" : entries.size() + " runs, the newest first",
                        "items",
                        items.toString()));
        AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
    }
}
