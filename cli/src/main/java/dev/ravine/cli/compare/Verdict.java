package dev.ravine.cli.command;

import dev.ravine.cli.command.Comparison.Contender;
import dev.ravine.cli.report.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Who was ahead, in no more words than the figures bear. */
final class Verdict {
    private static final String PERCENT = " %";
    private static final double CLEAR_OVERRUN = 1.1;

    private final Comparison comparison;
    private final List<Contender> ranked;

    private Verdict(Comparison comparison) {
        this.comparison = comparison;
        Measure objective = comparison.task().objective();
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
        Measure objective = comparison.task().objective();
        Optional<Measure> test = comparison.task().test();
        if (ranked.size() >= 2) {
            sentences.add(best(objective, "lowest " + objective.name()));
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

    /** Who had clearly more than the others, as the last step of each run is finished. */
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

    /** Means that are the same in print are the same. */
    private String best(Measure measure, String what) {
        Comparator<Contender> order =
                Comparator.comparingDouble(c -> c.last(measure).mean());
        List<Contender> sorted = new ArrayList<>(ranked);
        sorted.sort(measure.isBetterWhenLarger() ? order.reversed() : order);
        String value = mean(sorted.get(0), measure);
        List<Contender> first = new ArrayList<>();
        List<Contender> others = new ArrayList<>();
        sorted.forEach(c -> (mean(c, measure).equals(value) ? first : others).add(c));
        String who = listed(first.stream().map(Contender::name).toList());
        if (others.isEmpty()) {
            return "All have the same " + label(measure) + ", " + value + ".";
        }
        String lead = who + (first.size() == 1 ? " has the " : " share the ") + what + ", " + value + ", before "
                + others.get(0).name() + " with " + mean(others.get(0), measure);
        if (comparison.seeds().size() == 1) {
            return lead + ".";
        }
        List<String> within = others.stream()
                .filter(o -> first.stream().anyMatch(f -> f.last(measure).overlaps(o.last(measure))))
                .map(Contender::name)
                .toList();
        String starts = "the ranges over " + comparison.seeds().size() + " starts";
        return within.isEmpty()
                ? lead + "; " + starts + " do not overlap with any other."
                : lead + "; " + starts + " overlap with " + listed(within)
                        + ", so these starts do not tell them apart.";
    }

    private static String mean(Contender contender, Measure measure) {
        double mean = contender.last(measure).mean();
        return mean < measure.rounding()
                ? "less than " + Figure.brief(measure.rounding()) + ", which is rounding"
                : Numbers.text(mean) + (measure.name().endsWith(PERCENT) ? PERCENT : "");
    }

    /** A name without its unit, which goes with the figures. */
    private static String label(Measure measure) {
        String name = measure.name();
        return name.endsWith(PERCENT) ? name.substring(0, name.length() - PERCENT.length()) : name;
    }

    private static String listed(List<String> names) {
        int last = names.size() - 1;
        return last < 1 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
