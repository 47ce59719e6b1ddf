package dev.ravine.cli.command;

import dev.ravine.cli.report.Lines;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Setting;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The part of {@code --help} that lists the catalogue: what each optimizer is. */
final class OptimizerHelp {
    private static final String SECTION = "optimizers";
    private static final int NAME_WIDTH = 13;
    private static final int SETTINGS_COLUMN = 27;

    private OptimizerHelp() {}

    /** Shows the list before the examples. */
    static void addTo(CommandLine command) {
        List<String> sections = new ArrayList<>(command.getHelpSectionKeys());
        sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER), SECTION);
        command.setHelpSectionKeys(sections);
        command.getHelpSectionMap()
                .put(SECTION, help -> text(help.commandSpec().usageMessage().width()));
    }

    /** Prints one optimizer: each setting with its default, its values, and what it does. */
    static void print(OptimizerKind kind, PrintWriter out) {
        int width = Lines.width();
        Lines.wrap(kind.name() + ": " + kind.help(), width, "").forEach(out::println);
        out.println();
        for (Setting<?> setting : kind.settings()) {
            boolean isMain = setting.equals(kind.main().setting());
            String head = setting.key() + "=" + setting.initialText();
            String text = String.format(Locale.ROOT, "  %-24s ", head) + setting.help()
                    + (isMain ? "; --tune varies it" : "") + ". Values: " + setting.range() + ".";
            Lines.wrap(text, width, " ".repeat(SETTINGS_COLUMN)).forEach(out::println);
        }
        out.println();
        String example = kind.name() + ":" + kind.main().key() + "="
                + kind.main().values(Optional.empty()).get(0);
        out.println("Such as --optimizer " + example + ".");
        if (kind.settings().stream().anyMatch(setting -> setting.initial().isEmpty())) {
            out.println("A setting that is 'none' does nothing until it is given.");
        }
        out.flush();
    }

    private static String text(int width) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%nOptimizers; 'ravine help NAME' explains one and its settings:%n"));
        for (OptimizerKind kind : OptimizerCatalogue.load().kinds()) {
            String line = String.format(Locale.ROOT, "  %-" + NAME_WIDTH + "s ", kind.name()) + kind.help();
            Lines.wrap(line, width, " ".repeat(NAME_WIDTH + 3))
                    .forEach(part -> text.append(String.format(Locale.ROOT, "%s%n", part)));
        }
        return text.toString();
    }
}
