package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.optim.catalogue.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All that was chosen for a comparison, by the user or by default, as a section of its page. */
final class SettingsSection {
    private final Comparison comparison;
    private final List<Contender> begun;

    SettingsSection(Comparison comparison, List<Contender> begun) {
        this.comparison = comparison;
        this.begun = begun;
    }

    Report.Section section() {
        return new Report.Section("Settings", "", List.of(shared(), own()));
    }

    private Table shared() {
        Task task = comparison.task();
        List<List<Object>> rows = new ArrayList<>();
        rows.add(List.of("problem", comparison.problem() + ", " + task.data()));
        rows.add(List.of(
                "examples",
                String.format(Locale.ROOT, "%,d training", task.set().train().size())
                        + (task.test().isEmpty()
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", %,d test",
                                        task.set().test().size()))));
        rows.add(List.of(
                "net", String.format(Locale.ROOT, "%s, %,d parameters", task.shape(), comparison.parameters())));
        rows.add(List.of("layers", layers(task)));
        rows.add(List.of("loss", name(task.loss().getClass())));
        rows.add(List.of("L2", Figure.chosen(task.l2())));
        rows.add(List.of("dtype", task.set().train().dtype().toString()));
        rows.add(List.of("budget", comparison.budget() + " each"));
        rows.add(List.of(
                "seeds", comparison.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        rows.add(List.of("computed by", comparison.machine()));
        return new Table("setup", "The same for all.", List.of("what", "value"), rows);
    }

    /** The kinds of layers in their order, from the text of the net. */
    private static String layers(Task task) {
        return task.net()
                .toString()
                .lines()
                .skip(1)
                .map(line -> line.strip().replaceFirst("^\\S+: ?", ""))
                .collect(Collectors.joining("; "));
    }

    /** Such as "softmax cross entropy" for SoftmaxCrossEntropy. */
    private static String name(Class<?> loss) {
        String words = loss.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return words.isEmpty() ? "of its own" : words.toLowerCase(Locale.ROOT);
    }

    private Table own() {
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : begun) {
            for (Setting<?> setting : contender.optimizer().kind().settings()) {
                String given = contender.optimizer().settings().get(setting.key());
                boolean isTuned = contender
                        .tuning()
                        .filter(t -> given != null && t.setting().equals(setting.key()))
                        .isPresent();
                rows.add(List.of(
                        contender.name(),
                        setting.key(),
                        given == null ? setting.initialText() : given,
                        isTuned ? "tuned" : given == null ? "default" : "given",
                        setting.help()));
            }
        }
        return new Table(
                        "settings",
                        "All settings of each optimizer.",
                        List.of("optimizer", "setting", "value", "from", "meaning"),
                        rows)
                .folded();
    }
}
