package dev.ravine.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine shell} for help and completion; the launcher runs it. */
@Command(
        name = "shell",
        description = "Opens a JShell with Ravine on its class path and imported. Arguments go to jshell.")
final class Shell implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ARG", description = "As of jshell.")
    private List<String> arguments;

    @Override
    public Integer call() {
        throw new UsageErrors(spec)
                .wrong(
                        "the shell is started by the launcher: ./ravine shell"
                                + (arguments == null ? "" : " " + String.join(" ", arguments)),
                        null);
    }
}
