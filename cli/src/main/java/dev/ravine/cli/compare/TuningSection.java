package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The trials of main settings, as a section of a comparison's page. */
final class TuningSection {
    private final Comparison comparison;
    private final List<Contender> tuned;

    TuningSection(Comparison comparison) {
        this.comparison = comparison;
        this.tuned = comparison.contenders().stream()
                .filter(c -> c.tuning().isPresent())
                .toList();
    }

    /** Empty if nothing was tuned. */
    Optional<Report.Section> section() {
        return tuned.isEmpty()
                ? Optional.empty()
                : Optional.of(new Report.Section("Tuning", text(), List.of(trials())));
    }

    private String text() {
        StringBuilder text = new StringBuilder("Each optimizer was given " + comparison.budget()
                + " more for trials of its main setting, in equal shares, all from the first start, the middle value"
                + " first. A long step may overrun its share, as the last columns show; then fewer values are tried,"
                + " so that the whole is not overrun by more than a tenth, unless the first trial alone does. The"
                + " value with the lowest "
                + comparison.task().objective().name()
                + " at the end of its trial is the one compared above; test data had no part in it."
                + " Short trials favour settings that are fast at first.");
        for (Contender contender : tuned) {
            Tuning tuning = contender.tuning().orElseThrow();
            text.append('\n').append(contender.name()).append(": ");
            text.append(tuning.best()
                    .map(best -> tuning.setting() + " = " + best.value()
                            + (tuning.isAtEdge() ? ", at the edge of the values that were tried" : ""))
                    .orElse("no trial ended with a finite figure, so the setting stayed as it was"));
            if (!tuning.left().isEmpty()) {
                text.append("; not tried for lack of time: ").append(String.join(", ", tuning.left()));
            }
            text.append(", for " + Figure.text(tuning.seconds()) + " seconds and " + Figure.text(tuning.gradients())
                    + " gradients.");
        }
        return text.toString();
    }

    private Table trials() {
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : tuned) {
            Tuning tuning = contender.tuning().orElseThrow();
            Optional<Tuning.Trial> best = tuning.best();
            for (Tuning.Trial trial : tuning.trials()) {
                rows.add(Arrays.asList(
                        trial.optimizer().text(),
                        tuning.setting(),
                        trial.value(),
                        trial.objective(),
                        trial.progress().seconds(),
                        trial.progress().gradients(),
                        best.filter(trial::equals).isPresent() ? "chosen" : ""));
            }
        }
        String objective = comparison.task().objective().name();
        return new Table(
                "tuning",
                "Trials of the main setting of each optimizer.",
                List.of("optimizer", "setting", "value", objective, "seconds", "gradients", "choice"),
                rows);
    }
}
