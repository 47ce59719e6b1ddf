package dev.ravine.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times forward pass, gradient, Hessian-vector and Gauss-Newton products of each net beside floor and peers. */
@Command(
        name = "derivatives",
        mixinStandardHelpOptions = true,
        description = "Forward pass, gradient, Hessian-vector and Gauss-Newton products beside their matrix products"
                + " alone, PyTorch and SameDiff: medians of interleaved repetitions, as ratios.")
final class Derivatives implements Callable<Integer> {
    private static final double TOLERANCE = 1e-3;

    @Mixin
    private FigureOptions figures;

    @Option(
            names = "--net",
            paramLabel = "NAME",
            description = "Only these nets: small, wide, deep, tall, deep-relu, deep-logistic. Default: all.")
    private List<String> names = Net.ALL.stream().map(Net::name).toList();

    @Option(names = "--no-peers", description = "Only Ravine and the floor.")
    private boolean noPeers;

    @Override
    public Integer call() throws IOException {
        List<Net> nets = names.stream().map(Net::named).toList();
        List<String> lines = new ArrayList<>();
        System.out.println(Machine.describe());
        for (Net net : nets) {
            System.out.printf(Locale.ROOT, "%n%s%n", net);
            for (Map<String, Object> row : measure(net)) {
                lines.add(JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(row));
            }
        }
        figures.write(lines);
        return 0;
    }

    private List<Map<String, Object>> measure(Net net) {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        try {
            subjects.put("ours", Subject.open("ravine", net));
            subjects.put("floor, rows on Java threads", Subject.open("floor", net));
            subjects.put("floor, BLAS threads", new ChildSubject("floor-blas-threads", net, ChildSubject.PASSIVE));
            if (!noPeers) {
                subjects.put("pytorch", new ChildSubject("pytorch", net, ChildSubject.AS_IT_COMES));
                subjects.put("pytorch, passive", new ChildSubject("pytorch", net, ChildSubject.PASSIVE));
                subjects.put("samediff", new ChildSubject("samediff", net, ChildSubject.AS_IT_COMES));
                subjects.put("samediff, passive", new ChildSubject("samediff", net, ChildSubject.PASSIVE));
            }
            List<Series> all = new ArrayList<>();
            for (Quantity quantity : Quantity.values()) {
                subjects.forEach((kind, subject) -> {
                    if (subject.quantities().contains(quantity)) {
                        all.add(new Series(kind, subject, quantity, figures.repetitions()));
                    }
                });
            }
            compareResults(all);
            Series.measure(all);
            return report(net, all);
        } finally {
            subjects.values().forEach(Subject::close);
        }
    }

    /** A time means nothing if the numbers are not the same. */
    private static void compareResults(List<Series> all) {
        Map<Quantity, float[]> ours = new EnumMap<>(Quantity.class);
        for (Series series : all) {
            Quantity kept = series.quantity == Quantity.HVP_FRESH
                    ? Quantity.HVP
                    : series.quantity == Quantity.GAUSS_NEWTON_FRESH ? Quantity.GAUSS_NEWTON : series.quantity;
            series.subject.run(series.quantity);
            float[] result = series.subject.result(series.quantity);
            if (series.kind.equals("ours")) {
                ours.put(kept, result);
            } else if (result.length > 0) {
                double difference = Numbers.relativeDifference(result, ours.get(kept));
                if (!(difference <= TOLERANCE)) {
                    throw new IllegalStateException(series.kind + " and Ravine disagree on " + series.quantity
                            + ": relative difference " + difference + ", allowed " + TOLERANCE);
                }
            }
        }
    }

    private List<Map<String, Object>> report(Net net, List<Series> all) {
        System.out.printf(
                Locale.ROOT,
                "%-13s %9s %9s %9s %9s %9s   %s%n",
                "",
                "ours",
                "floor",
                "pytorch",
                "fresh",
                "samediff",
                "ours / floor, pytorch, fresh, samediff");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Quantity quantity : List.of(Quantity.FORWARD, Quantity.GRADIENT, Quantity.HVP, Quantity.GAUSS_NEWTON)) {
            double ours = Series.best(all, "ours", quantity).median();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("net", net.name());
            row.put("batch", net.batch());
            row.put("quantity", quantity.label());
            row.put("ours_ms", ours);
            StringBuilder times = new StringBuilder(String.format(Locale.ROOT, "%-13s %9.3f", quantity.label(), ours));
            StringBuilder ratios = new StringBuilder("  ");
            for (Column column : Column.values()) {
                Quantity wanted = column == Column.PYTORCH_FRESH ? quantity.fresh() : quantity;
                Series best = wanted == null ? null : Series.best(all, column.kind, wanted);
                row.put(column.key + "_ms", best == null ? null : best.median());
                row.put("ours_over_" + column.key, best == null ? null : ours / best.median());
                if (best != null && column != Column.FLOOR) {
                    row.put(column.key + "_threads", best.kind.contains("passive") ? "passive" : "as it comes");
                }
                times.append(best == null ? "          " : String.format(Locale.ROOT, " %9.3f", best.median()));
                ratios.append(best == null ? "     -" : String.format(Locale.ROOT, " %5.2f", ours / best.median()));
            }
            System.out.println(times.append(ratios));
            rows.add(row);
        }
        return rows;
    }

    /** What Ravine is compared with. */
    private enum Column {
        FLOOR("floor", "floor"),
        PYTORCH("pytorch", "pytorch"),
        PYTORCH_FRESH("pytorch_fresh", "pytorch"),
        SAMEDIFF("samediff", "samediff");

        private final String key;
        private final String kind;

        Column(String key, String kind) {
            this.key = key;
            this.kind = kind;
        }
    }
}
