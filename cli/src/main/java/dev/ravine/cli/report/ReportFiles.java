package dev.ravine.cli.report;

import java.util.ArrayList;
import java.util.List;

/** The names of the files of a report. */
public final class ReportFiles {
    /** The page. */
    public static final String PAGE = "index.html";

    /** The document that holds the whole report. */
    public static final String DOCUMENT = "report.json";

    private ReportFiles() {}

    /** The names of all of them. */
    static List<String> of(Report report) {
        List<String> files = new ArrayList<>(List.of(PAGE, DOCUMENT));
        for (Report.Section section : report.sections()) {
            for (Report.Element element : section.elements()) {
                files.add(element.name() + ".csv");
                files.add(element.name() + ".json");
                if (element instanceof Pictures) {
                    files.add(element.name() + ".png");
                }
            }
        }
        return files;
    }
}
