package dev.ravine.cli.command;

import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine help}: the usage of a command, or the settings of an optimizer. */
@Command(
        name = "help",
        description = "Shows the options of a command, or the settings of an optimizer.",
        footer = {"", "Examples:", "  ravine help compare", "  ravine help hf"})
final class Help implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description =
                    "Of a command or of an optimizer; the settings of all optimizers are in ravine compare --help.")
    private String name;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        CommandLine command = name == null ? root : root.getSubcommands().get(name);
        if (command != null) {
            command.usage(out);
            return 0;
        }
        List<OptimizerKind> kinds = OptimizerCatalogue.load().kinds();
        OptimizerKind kind = kinds.stream()
                .filter(k -> k.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageErrors(spec).wrong(unknown(root, kinds), null));
        OptimizerHelp.print(kind, out);
        return 0;
    }

    private String unknown(CommandLine root, List<OptimizerKind> kinds) {
        return "there is no command or optimizer '" + name + "'; commands are "
                + String.join(", ", root.getSubcommands().keySet()) + "; optimizers are "
                + kinds.stream().map(OptimizerKind::name).collect(Collectors.joining(", "));
    }
}
