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

/** The part of {@code --help} that lists the catalogue: each optimizer with its settings, their defaults and ranges. */
final class OptimizerHelp {
    private static final String SECTION = "optimizers";
    private static final String INDENT = "      ";
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
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%nOptimizers and their settings (range); docs/optimizers.md says what each does:%n"));
        for (OptimizerKind kind : OptimizerCatalogue.load().kinds()) {
            text.append(String.format(Locale.ROOT, "  %-13s %s%n", kind.name(), kind.help()));
            StringBuilder line = new StringBuilder(INDENT);
            List<Setting<?>> settings = kind.settings();
            for (int i = 0; i < settings.size(); i++) {
                String item = item(settings.get(i)) + (i + 1 < settings.size() ? ", " : "");
                if (line.length() > INDENT.length()
                        && line.length() + item.stripTrailing().length() >= width) {
                    text.append(
                            String.format(Locale.ROOT, "%s%n", line.toString().stripTrailing()));
                    line.setLength(INDENT.length());
                }
                line.append(item);
            }
            text.append(String.format(Locale.ROOT, "%s%n", line));
        }
        return text.toString();
    }

    private static String item(Setting<?> setting) {
        return setting.key() + "=" + setting.initialText() + " (" + setting.range() + ")";
    }
}
