package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The sentences at the head of a comparison: who was ahead, as far as the figures tell. */
final class Verdict {
    private static final String PERCENT = " %";
    private static final double CLEAR_OVERRUN = 1.1;

    private final Comparison comparison;
    private final List<Contender> ranked;

    private Verdict(Comparison comparison) {
        this.comparison = comparison;
        TaskMetric objective = comparison.task().objective();
        this.ranked = comparison.contenders().stream()
                .filter(c -> !c.runs().isEmpty() && !c.isBroken(objective))
                .toList();
    }

    /** The sentences. */
    static String of(Comparison comparison) {
        return String.join(" ", new Verdict(comparison).sentences());
    }

    private List<String> sentences() {
        if (!comparison.isComplete()) {
            return List.of("Interrupted before every optimizer had its whole budget, so this says nothing about who is"
                    + " ahead.");
        }
        List<String> sentences = new ArrayList<>();
        TaskMetric objective = comparison.task().objective();
        Optional<TaskMetric> test = comparison.task().test();
        if (ranked.size() >= 2) {
            sentences.add(best(objective, "lowest " + objective.name()));
            lead(objective).ifPresent(sentences::add);
            test.ifPresent(m -> sentences.add(best(m, "best " + label(m))));
            if (comparison.seeds().size() == 1) {
                sentences.add("Each had one start; whether another start would change the order is not known.");
            }
            overran().ifPresent(sentences::add);
        } else if (ranked.size() == 1) {
            Contender only = ranked.get(0);
            sentences.add(only.name() + " reached " + label(objective) + " " + mean(only, objective)
                    + test.map(m -> " and " + label(m) + " " + mean(only, m)).orElse("")
                    + ", and there is no other to compare it with.");
        }
        List<String> broken = comparison.contenders().stream()
                .filter(c -> !ranked.contains(c))
                .map(Contender::name)
                .toList();
        if (!broken.isEmpty()) {
            sentences.add("The loss did not stay finite with " + listed(broken) + ".");
        }
        return sentences;
    }

    /** A run finishes its last step, so it can clearly overrun its budget. */
    private Optional<String> overran() {
        List<String> names = ranked.stream()
                .filter(c -> Seeds.last(c.runs(), p -> p.progress().spent()).high() > CLEAR_OVERRUN)
                .map(Contender::name)
                .toList();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(listed(names) + " overran the budget by more than a tenth, by "
                        + (names.size() == 1 ? "its last step." : "their last steps."));
    }

    /** After which part of the budget the best one was where the second one ended. */
    private Optional<String> lead(TaskMetric metric) {
        List<Contender> sorted = sorted(metric);
        Contender first = sorted.get(0);
        Contender second = sorted.get(1);
        if (mean(first, metric).equals(mean(second, metric))) {
            return Optional.empty();
        }
        OptionalDouble share =
                Lead.share(first.runs(), metric, second.last(metric).mean());
        return share.isEmpty() || share.getAsDouble() >= 1
                ? Optional.empty()
                : Optional.of(first.name() + " reached the final " + label(metric) + " of " + second.name() + " after "
                        + Math.round(100 * share.getAsDouble()) + " % of the budget.");
    }

    private List<Contender> sorted(TaskMetric metric) {
        // A figure that is not a number comes last.
        List<Contender> sorted = new ArrayList<>(ranked);
        sorted.sort(Comparator.comparingDouble(
                c -> (metric.isBetterWhenLarger() ? -1 : 1) * c.last(metric).mean()));
        return sorted;
    }

    /** Means that are the same in print count as equal. */
    private String best(TaskMetric metric, String what) {
        List<Contender> sorted = sorted(metric);
        String value = mean(sorted.get(0), metric);
        List<Contender> first = new ArrayList<>();
        List<Contender> others = new ArrayList<>();
        sorted.forEach(c -> (mean(c, metric).equals(value) ? first : others).add(c));
        String who = listed(first.stream().map(Contender::name).toList());
        if (others.isEmpty()) {
            return "All have the same " + label(metric) + ", " + value + ".";
        }
        String lead = who + (first.size() == 1 ? " has the " : " share the ") + what + ", " + value + ", before "
                + others.get(0).name() + " with " + mean(others.get(0), metric);
        if (comparison.seeds().size() == 1) {
            return lead + ".";
        }
        List<String> within = others.stream()
                .filter(o -> first.stream().anyMatch(f -> f.last(metric).overlaps(o.last(metric))))
                .map(Contender::name)
                .toList();
        String starts = "the ranges over " + comparison.seeds().size() + " starts";
        return within.isEmpty()
                ? lead + "; " + starts + " do not overlap with any other."
                : lead + "; " + starts + " overlap with " + listed(within)
                        + ", so these starts do not tell them apart.";
    }

    private static String mean(Contender contender, TaskMetric metric) {
        double mean = contender.last(metric).mean();
        return mean < metric.rounding()
                ? "less than " + Figure.brief(metric.rounding()) + ", which is rounding"
                : Figure.text(mean) + (metric.name().endsWith(PERCENT) ? PERCENT : "");
    }

    /** The name without its unit, which stands with the figures. */
    private static String label(TaskMetric metric) {
        String name = metric.name();
        return name.endsWith(PERCENT) ? name.substring(0, name.length() - PERCENT.length()) : name;
    }

    private static String listed(List<String> names) {
        int last = names.size() - 1;
        return last < 1 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
