package dev.ravine.examples.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Saves a report. */
public final class ReportWriter {
    private ReportWriter() {}

    /**
     * Writes all files of a report.
     *
     * @param report what to write
     * @param folder where to; made if it does not exist
     * @return the page
     * @throws IOException if writing fails
     */
    public static Path write(Report report, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path page = folder.resolve("index.html");
        Files.writeString(page, report.title() + "\n" + report.verdict() + "\n");
        return page;
    }
}
