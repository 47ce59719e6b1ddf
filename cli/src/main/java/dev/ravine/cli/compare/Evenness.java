package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.report.Table;
import dev.ravine.optim.training.Budget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How even a race by seconds was: whether the machine did the same work a second all the time. */
final class Evenness {
    private static final double CLEARLY_SLOWER = 0.67;
    private static final double CLEARLY_FASTER = 1.5;

    private final Comparison comparison;

    Evenness(Comparison comparison) {
        this.comparison = comparison;
    }

    private boolean isBySeconds() {
        return comparison.budget().unit() == Budget.Unit.SECONDS;
    }

    /** A sentence for the verdict if the machine was busy with other things. */
    Optional<String> doubt() {
        List<String> uneven = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            paces(contender).stream()
                    .filter(pace -> pace.slow() < CLEARLY_SLOWER || pace.fast() > CLEARLY_FASTER)
                    .findFirst()
                    .ifPresent(pace -> uneven.add(contender.name()));
        }
        return !isBySeconds() || uneven.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "The race was uneven: the work a second of " + OptimizerNames.listed(uneven)
                                + " varied by more than a half, as on a busy machine; compare by gradients instead of seconds.");
    }

    /** What to know about the clock, a row for each optimizer that has made steps; none for other budgets. */
    Optional<Table> table() {
        List<List<Object>> rows = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            List<Run> runs = contender.runs();
            double cpu = runs.stream()
                    .mapToDouble(r -> r.course().pace().cpuSeconds())
                    .sum();
            double wall = runs.stream()
                    .mapToDouble(r -> r.last().progress().seconds())
                    .sum();
            List<Pace> paces = paces(contender);
            if (wall > 0 && Double.isFinite(cpu)) {
                rows.add(Arrays.asList(
                        contender.name(),
                        cpu / wall,
                        paces.isEmpty()
                                ? null
                                : paces.stream().mapToDouble(Pace::slow).min().getAsDouble(),
                        paces.isEmpty()
                                ? null
                                : paces.stream().mapToDouble(Pace::fast).max().getAsDouble()));
            }
        }
        return !isBySeconds() || rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Table(
                        "evenness",
                        "How even the race was.",
                        List.of("optimizer", "processors used", "slow pace", "fast pace"),
                        rows,
                        List.of(
                                "A pace is work a second, over the usual one of the optimizer: 1 all the time if the race was"
                                        + " even. Of 20 parts of the time, a tenth was slower than the slow pace, and a tenth"
                                        + " faster than the fast one. On a quiet machine a pace hardly varies, except where steps"
                                        + " grow.")));
    }

    private static List<Pace> paces(Contender contender) {
        return contender.runs().stream()
                .map(run -> run.course().pace())
                .filter(Pace::isKnown)
                .toList();
    }
}
