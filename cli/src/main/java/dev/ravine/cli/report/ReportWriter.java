package dev.ravine.cli.report;

import dev.ravine.core.io.AtomicFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Saves a report: {@code index.html} is one page that holds everything and needs no network. Beside it are the numbers
 * of each element as {@code NAME.csv} and {@code NAME.json}, images as {@code NAME.png}, and all of it as one document,
 * {@code report.json}.
 */
public final class ReportWriter {
    private ReportWriter() {}

    /**
     * Writes all files of a report; each file is replaced as a whole or not at all, the page last.
     *
     * @param report the report to write
     * @param folder the target, created if it does not exist
     * @return the page
     * @throws IOException if writing fails
     */
    public static Path write(Report report, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Report.Section section : report.sections()) {
            for (Report.Element element : section.elements()) {
                Data data = Data.of(element);
                AtomicFile.write(folder.resolve(element.name() + ".csv"), data::writeCsv);
                AtomicFile.write(folder.resolve(element.name() + ".json"), data::writeJson);
                if (element instanceof Pictures pictures) {
                    byte[] png = Png.sheet(pictures);
                    AtomicFile.write(folder.resolve(element.name() + ".png"), out -> out.write(png));
                }
            }
        }
        byte[] page = Page.of(report).getBytes(StandardCharsets.UTF_8);
        StringWriter document = new StringWriter();
        ReportJson.write(report, ReportFiles.PAGE, document);
        byte[] json = document.toString().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(folder.resolve(ReportFiles.DOCUMENT), out -> out.write(json));
        Path index = folder.resolve(ReportFiles.PAGE);
        AtomicFile.write(index, out -> out.write(page));
        return index;
    }
}
