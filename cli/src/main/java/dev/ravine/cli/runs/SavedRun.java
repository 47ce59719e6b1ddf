package dev.ravine.cli.runs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ravine.cli.report.ReportFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A folder that a command has made.
 *
 * @param folder where its files are
 * @param summary of its report; empty if the command has not ended, or was killed
 */
public record SavedRun(Path folder, Optional<Summary> summary) {
    private static final JsonFactory JSON = new JsonFactory();

    /** No path leads out of the folder. */
    private static final Pattern FILE = Pattern.compile("[a-z0-9-]+\\.[a-z]+");

    /**
     * What the head of a report says.
     *
     * @param title of the page
     * @param verdict the outcome
     * @param command that made it
     * @param time when it ended
     */
    public record Summary(String title, String verdict, String command, Instant time) {
        /** {@return the first sentence of the verdict, without the mark of a list} */
        public String sentence() {
            String first = verdict.lines().findFirst().orElse("").replaceFirst("^- ", "");
            int end = first.indexOf(". ");
            return end < 0 ? first : first.substring(0, end + 1);
        }
    }

    /**
     * {@return the run in a folder}
     *
     * @param folder of a run, finished or not
     * @throws IOException if its report cannot be read
     */
    public static SavedRun of(Path folder) throws IOException {
        Path file = folder.resolve(ReportFiles.DOCUMENT);
        return new SavedRun(folder, Files.exists(file) ? Optional.of(head(file)) : Optional.empty());
    }

    /**
     * Deletes the files of a report from a folder that another one will be written to, so that nothing is left over.
     * Files that the report did not write stay.
     *
     * @param folder of an earlier report, or without any
     * @throws IOException if a file cannot be deleted
     */
    public static void clear(Path folder) throws IOException {
        Path document = folder.resolve(ReportFiles.DOCUMENT);
        if (!Files.exists(document)) {
            return;
        }
        List<String> names = new ArrayList<>();
        try (JsonParser json = JSON.createParser(document.toFile())) {
            boolean isFiles = false;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    isFiles = json.currentName().equals("files");
                } else if (isFiles && token == JsonToken.VALUE_STRING) {
                    names.add(json.getText());
                } else if (token == JsonToken.END_ARRAY && isFiles) {
                    break;
                }
            }
        }
        for (String name : names) {
            if (FILE.matcher(name).matches()) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    /** {@return its name among the runs} */
    public String name() {
        return folder.getFileName().toString();
    }

    /**
     * {@return what the head of its report says}
     *
     * @throws IOException if it has none
     */
    public Summary finished() throws IOException {
        if (summary.isEmpty()) {
            throw new IOException(folder + " has no report: the run has not ended, or was killed");
        }
        return summary.get();
    }

    /** {@return its page, which exists if it is finished} */
    public Path page() {
        return folder.resolve(ReportFiles.PAGE);
    }

    /** Only the texts at the head; what is below them may be large. */
    private static Summary head(Path file) throws IOException {
        Map<String, String> texts = new HashMap<>();
        try (JsonParser json = JSON.createParser(file.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException(file + " is not the report of a run: it should hold one JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME
                    && !json.currentName().equals("sections")) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.VALUE_STRING) {
                    texts.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        for (String name : new String[] {"title", "verdict", "command", "time"}) {
            if (!texts.containsKey(name)) {
                throw new IOException(file + " is not the report of a run: it has no '" + name + "'");
            }
        }
        return new Summary(
                texts.get("title"), texts.get("verdict"), texts.get("command"), Instant.parse(texts.get("time")));
    }
}
