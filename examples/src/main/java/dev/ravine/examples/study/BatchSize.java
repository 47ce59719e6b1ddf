package dev.ravine.examples.study;

import dev.ravine.examples.report.Report;
import java.util.List;

final class BatchSize implements Analysis {
    @Override public String name() { return "batch"; }
    @Override public String question() { return ""; }
    @Override public Report.Section run(Effort effort, Watch watch) { return new Report.Section("", "", List.of()); }
}
