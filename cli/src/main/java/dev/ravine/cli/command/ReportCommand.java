package dev.ravine.cli.command;

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
    ReportOptions report;

    ReportCommand(Interruption interruption) {
        this.interruption = interruption;
    }
}
