package dev.ravine.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Times of several contenders on one net, each alone in its process: while one runs, no other exists. A contender takes
 * all its samples of a quantity one after the other, without pauses. There are several rounds, each with another order.
 * After the first, a column keeps only the contenders that were its fastest for some quantity. Ratios compare the times
 * of one round.
 */
final class Contest {
    private static final double TOLERANCE = 1e-3;

    private final Net net;
    private final int rounds;
    private final int repetitions;
    private final int comparedRuns;
    private final List<Map<Contender, Map<Quantity, Double>>> times = new ArrayList<>();
    private final Map<Quantity, float[]> reference = new EnumMap<>(Quantity.class);

    /**
     * Makes a contest.
     *
     * @param net what is measured
     * @param figures how many rounds and samples
     * @param comparedRuns after how many runs the numbers of all contenders must agree
     */
    Contest(Net net, FigureOptions figures, int comparedRuns) {
        this.net = net;
        this.rounds = figures.rounds();
        this.repetitions = figures.repetitions();
        this.comparedRuns = comparedRuns;
    }

    /** Measures all contenders; the first one's numbers are what the others' must agree with. */
    void run(List<Contender> contenders) {
        List<Contender> turns = new ArrayList<>(contenders);
        for (int round = 0; round < rounds; round++) {
            Map<Contender, Map<Quantity, Double>> found = new LinkedHashMap<>();
            times.add(found);
            for (int i = 0; i < turns.size(); i++) {
                Contender contender = turns.get((i + round) % turns.size());
                try (ChildSubject child = contender.open(net)) {
                    found.put(contender, measure(contender, child, round == 0));
                }
            }
            if (round == 0) {
                turns.retainAll(fastest(found));
            }
        }
    }

    private Map<Quantity, Double> measure(Contender contender, ChildSubject child, boolean compare) {
        Map<Quantity, Double> medians = new EnumMap<>(Quantity.class);
        for (Quantity quantity : child.quantities()) {
            if (compare) {
                compare(contender, child, quantity);
            }
            Series series = new Series(child, quantity, repetitions);
            series.measure();
            medians.put(quantity, series.median());
        }
        return medians;
    }

    /** A time means nothing if the numbers are not the same. */
    private void compare(Contender contender, ChildSubject child, Quantity quantity) {
        for (int i = 0; i < comparedRuns; i++) {
            child.run(quantity);
        }
        float[] result = child.result(quantity);
        float[] expected = reference.putIfAbsent(quantity.kept(), result);
        if (result.length > 0 && expected != null) {
            double difference = Numbers.relativeDifference(result, expected);
            if (!(difference <= TOLERANCE)) {
                throw new IllegalStateException(contender + " and Ravine disagree on " + quantity
                        + ": relative difference " + difference + ", allowed " + TOLERANCE);
            }
        }
    }

    /** The contenders that are a column's fastest for some quantity. */
    private static Set<Contender> fastest(Map<Contender, Map<Quantity, Double>> found) {
        Set<Contender> kept = new LinkedHashSet<>();
        for (Quantity quantity : Quantity.values()) {
            found.keySet().stream()
                    .map(Contender::column)
                    .distinct()
                    .forEach(column -> inColumn(found, column, quantity)
                            .min(Comparator.comparing(c -> found.get(c).get(quantity)))
                            .ifPresent(kept::add));
        }
        return kept;
    }

    private static Stream<Contender> inColumn(
            Map<Contender, Map<Quantity, Double>> found, String column, Quantity quantity) {
        return found.keySet().stream()
                .filter(c -> c.column().equals(column) && found.get(c).containsKey(quantity));
    }

    /** The median over rounds of a column's best time, in milliseconds; empty if nobody computes the quantity. */
    OptionalDouble milliseconds(String column, Quantity quantity) {
        double[] best = times.stream()
                .flatMapToDouble(found ->
                        inColumn(found, column, quantity)
                                .mapToDouble(c -> found.get(c).get(quantity))
                                .min()
                                .stream())
                .toArray();
        return best.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Timing.median(best));
    }

    /** The setting with which a column was fastest in most rounds. */
    String setting(String column, Quantity quantity) {
        Map<String, Integer> wins = new LinkedHashMap<>();
        times.forEach(found -> inColumn(found, column, quantity)
                .min(Comparator.comparing(c -> found.get(c).get(quantity)))
                .ifPresent(c -> wins.merge(c.toString(), 1, Integer::sum)));
        return wins.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** One quantity's time over another's, each round by itself. */
    Ratio ratio(String column, Quantity quantity, String otherColumn, Quantity other) {
        double[] ratios = times.stream()
                .mapToDouble(found -> best(found, column, quantity) / best(found, otherColumn, other))
                .toArray();
        return new Ratio(ratios);
    }

    private static double best(Map<Contender, Map<Quantity, Double>> found, String column, Quantity quantity) {
        return inColumn(found, column, quantity)
                .mapToDouble(c -> found.get(c).get(quantity))
                .min()
                .orElse(Double.NaN);
    }

    /** Ratios of all rounds. */
    static final class Ratio {
        final double median;
        final double lowest;
        final double highest;

        Ratio(double... ratios) {
            median = Timing.median(ratios);
            lowest = Arrays.stream(ratios).min().orElse(Double.NaN);
            highest = Arrays.stream(ratios).max().orElse(Double.NaN);
        }

        boolean isKnown() {
            return !Double.isNaN(median);
        }

        /** The median with the range over rounds. */
        @Override
        public String toString() {
            return isKnown() ? String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", median, lowest, highest) : "";
        }
    }
}
