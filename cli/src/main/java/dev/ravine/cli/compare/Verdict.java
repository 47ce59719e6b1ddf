package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Figure;
import dev.ravine.optim.training.Budget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The sentences at the head of a comparison: who is ahead, by how much, since when, and how sure that is. */
final class Verdict {
    private static final double CLEAR_OVERRUN = 1.1;

    /** Two standard errors. */
    private static final double CLEAR_ERRORS = 2;

    private final Comparison comparison;
    private final List<Contender> ranked;

    private Verdict(Comparison comparison) {
        this.comparison = comparison;
        TaskMetric objective = comparison.task().objective();
        this.ranked = comparison.contenders().stream()
                .filter(c -> !c.runs().isEmpty() && !c.isBroken(objective))
                .toList();
    }

    /** The sentences; the first one says who is ahead. */
    static String of(Comparison comparison) {
        return String.join(" ", new Verdict(comparison).sentences());
    }

    /** A sentence while optimizers train, for which the order may still change. */
    static String soFar(Comparison comparison) {
        return new Verdict(comparison).soFar();
    }

    private String soFar() {
        if (ranked.isEmpty()) {
            return "Nothing is measured yet.";
        }
        TaskMetric objective = comparison.task().objective();
        Order order = new Order(objective);
        return "So far " + order.who() + (order.first.size() == 1 ? " has" : " have") + " the lowest "
                + Figure.label(objective.name()) + ", " + order.value
                + (order.others.isEmpty()
                        ? "."
                        : ", then " + order.others.get(0).name() + " with " + order.second() + ".");
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
            sentences.add(ahead(objective));
            test.ifPresent(m -> sentences.add(onTestData(m)));
            if (comparison.seeds().size() == 1) {
                sentences.add("Each had one start; another start may change the order.");
            }
            overran().ifPresent(sentences::add);
        } else if (ranked.size() == 1) {
            Contender only = ranked.get(0);
            sentences.add(only.name() + " reached " + Figure.label(objective.name()) + " " + mean(only, objective)
                    + test.map(m -> " and " + Figure.label(m.name()) + " " + mean(only, m))
                            .orElse("")
                    + ", and there is no other to compare it with.");
        }
        List<String> broken = comparison.contenders().stream()
                .filter(c -> !ranked.contains(c))
                .map(Contender::name)
                .toList();
        if (!broken.isEmpty()) {
            sentences.add("The loss did not stay finite with " + OptimizerNames.listed(broken) + ".");
        }
        if (ranked.size() >= 2) {
            new Evenness(comparison).doubt().ifPresent(sentences::add);
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
                : Optional.of(OptimizerNames.listed(names) + " overran the budget by more than a tenth, by "
                        + (names.size() == 1 ? "its last step." : "their last steps."));
    }

    private String ahead(TaskMetric metric) {
        Order order = new Order(metric);
        String label = Figure.label(metric.name());
        if (order.others.isEmpty()) {
            return "Nobody is ahead: all have the same " + label + ", " + order.value + ".";
        }
        String figures = label + " " + order.value + (order.value.contains(",") ? "," : "") + " against "
                + order.second() + " of " + order.others.get(0).name();
        if (order.first.size() > 1) {
            return order.who() + " are level and ahead of the others: " + figures + ".";
        }
        List<String> within = order.within();
        if (!within.isEmpty()) {
            return order.who() + " has the best mean, but that is within noise: " + figures + ", and the ranges over "
                    + comparison.seeds().size() + " starts overlap with " + OptimizerNames.listed(within) + ".";
        }
        return order.who() + " is ahead: "
                + since(order, metric).map(s -> label + " " + order.value + s).orElse(figures)
                + (comparison.seeds().size() > 1
                        ? "; the ranges over " + comparison.seeds().size() + " starts do not overlap."
                        : ".");
    }

    /** After which part of the budget the best one was where the second one ended. */
    private Optional<String> since(Order order, TaskMetric metric) {
        Contender next = order.others.get(0);
        OptionalDouble share =
                Lead.share(order.first.get(0).runs(), metric, next.last(metric).mean());
        return share.isEmpty() || share.getAsDouble() >= 1
                ? Optional.empty()
                : Optional.of(", and after " + Math.round(100 * share.getAsDouble()) + " % of the "
                        + (comparison.budget().unit() == Budget.Unit.SECONDS ? "time" : "work")
                        + " it was where " + next.name() + " ended, " + order.second());
    }

    private String onTestData(TaskMetric metric) {
        Order order = new Order(metric);
        String label = Figure.label(metric.name());
        if (order.others.isEmpty()) {
            return "On test data all have the same " + label + ", " + order.value + ".";
        }
        String lead = "On test data " + order.who() + (order.first.size() == 1 ? " is" : " are") + " best: " + label
                + " " + order.value + ", then " + order.others.get(0).name() + " with " + order.second();
        List<String> within = order.within();
        if (!within.isEmpty()) {
            return lead + ", which is within noise, since the ranges overlap.";
        }
        OptionalDouble noise = noise(metric, order.first.get(0));
        double gap = Math.abs(order.first.get(0).last(metric).mean()
                - order.others.get(0).last(metric).mean());
        return noise.isPresent() && gap < noise.getAsDouble()
                ? lead
                        + String.format(
                                Locale.ROOT,
                                ", which is within noise: %,d test examples tell apart what differs by %.1f points.",
                                comparison.task().set().test().size(),
                                noise.getAsDouble())
                : lead + ".";
    }

    /** Two standard errors of the difference of two shares of examples, as if the nets erred independently. */
    private OptionalDouble noise(TaskMetric metric, Contender contender) {
        if (!metric.name().endsWith(Figure.PERCENT)
                || comparison.task().set() == null
                || contender.runs().size() > 1) {
            return OptionalDouble.empty();
        }
        double p = contender.last(metric).mean() / 100;
        int n = comparison.task().set().test().size();
        return OptionalDouble.of(100 * CLEAR_ERRORS * Math.sqrt(2 * Math.max(0, p * (1 - p)) / n));
    }

    /** The contenders by a metric. Means that are the same in print count as equal. */
    private final class Order {
        private final TaskMetric metric;
        private final List<Contender> first = new ArrayList<>();
        private final List<Contender> others = new ArrayList<>();
        private final String value;

        private Order(TaskMetric metric) {
            this.metric = metric;
            // A figure that is not a number comes last.
            List<Contender> sorted = new ArrayList<>(ranked);
            sorted.sort(Comparator.comparingDouble(
                    c -> (metric.isBetterWhenLarger() ? -1 : 1) * c.last(metric).mean()));
            this.value = mean(sorted.get(0), metric);
            sorted.forEach(c -> (mean(c, metric).equals(value) ? first : others).add(c));
        }

        private String who() {
            return OptimizerNames.listed(first.stream().map(Contender::name).toList());
        }

        private String second() {
            return mean(others.get(0), metric);
        }

        /** Those that these starts do not tell apart from the best. */
        private List<String> within() {
            return comparison.seeds().size() == 1
                    ? List.of()
                    : others.stream()
                            .filter(o ->
                                    first.stream().anyMatch(f -> f.last(metric).overlaps(o.last(metric))))
                            .map(Contender::name)
                            .toList();
        }
    }

    private static String mean(Contender contender, TaskMetric metric) {
        double mean = contender.last(metric).mean();
        return mean < metric.rounding()
                ? "less than " + Figure.brief(metric.rounding()) + ", which is rounding"
                : Figure.withUnit(metric.name(), mean);
    }
}
