package dev.ravine.cli.command;

import dev.ravine.cli.runs.RunFolders;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that can be interrupted and then still writes a report of what it has. */
abstract class ReportCommand implements Callable<Integer> {
    final Interruption interruption;

    @Spec
    CommandSpec spec;

    @Mixin
    final ReportOptions report;

    ReportCommand(Interruption interruption, RunFolders runs) {
        this.interruption = interruption;
        this.report = new ReportOptions(runs);
    }
}
