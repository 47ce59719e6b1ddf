package dev.ravine.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times forward pass, gradient, Hessian-vector and Gauss-Newton products of each net beside floor and peers. */
@Command(
        name = "derivatives",
        mixinStandardHelpOptions = true,
        description = "Forward pass, gradient, Hessian-vector and Gauss-Newton products beside their matrix products"
                + " alone, PyTorch and SameDiff, each alone in its process: medians and ratios with their range.")
final class Derivatives implements Callable<Integer> {
    @Mixin
    private FigureOptions figures;

    @Option(
            names = "--net",
            paramLabel = "NAME[@BATCH]",
            description =
                    "Only these nets: small, wide, deep, tall, deep-relu, deep-logistic, ae, lenet, cifar, rnn, lstm,"
                            + " transformer; another batch after @. Default: all.")
    private List<String> names = Net.names();

    @Option(names = "--no-peers", description = "Only Ravine and the floor.")
    private boolean noPeers;

    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        List<Net> nets = names.stream().map(Net::named).toList();
        System.out.println(Machine.describe());
        for (Net net : nets) {
            System.out.printf(Locale.ROOT, "%n%s%n", net);
            List<Contender> contenders = new ArrayList<>();
            contenders.addAll(Contender.ours("ravine"));
            contenders.addAll(Contender.floors());
            if (!noPeers) {
                contenders.addAll(Contender.pytorch("pytorch", net));
                if (net.isDense()) {
                    contenders.addAll(Contender.peer("samediff", "samediff"));
                }
            }
            Contest contest = new Contest(net, figures, 1);
            contest.run(contenders);
            report(net, contest);
        }
        figures.write(lines);
        return 0;
    }

    private void report(Net net, Contest contest) throws IOException {
        System.out.printf(Locale.ROOT, "%-13s %9s", "milliseconds", "ours");
        for (Column column : Column.values()) {
            System.out.printf(Locale.ROOT, " %13s %18s", column.label, "ours / " + column.label);
        }
        System.out.println();
        for (Quantity quantity : List.of(Quantity.FORWARD, Quantity.GRADIENT, Quantity.HVP, Quantity.GAUSS_NEWTON)) {
            double ours = contest.milliseconds("ours", quantity).orElseThrow();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("net", net.name());
            row.put("batch", net.batch());
            row.put("quantity", quantity.label());
            row.put("ours_ms", ours);
            row.put("ours_setting", contest.setting("ours", quantity));
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-13s %9.3f", quantity.label(), ours));
            for (Column column : Column.values()) {
                line.append(cells(contest, quantity, column, row));
            }
            System.out.println(line.append("  ").append(contest.setting("ours", quantity)));
            lines.add(JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(row));
        }
    }

    /** A column's time and ratio as text, and for the file of figures. */
    private static String cells(Contest contest, Quantity quantity, Column column, Map<String, Object> row) {
        Quantity wanted = column == Column.PYTORCH_FRESH ? quantity.fresh() : quantity;
        OptionalDouble time = wanted == null ? OptionalDouble.empty() : contest.milliseconds(column.subject, wanted);
        if (time.isEmpty()) {
            return String.format(Locale.ROOT, " %13s %18s", "", "");
        }
        Contest.Ratio ratio = contest.ratio("ours", quantity, column.subject, wanted);
        String key = column.label.replace(' ', '_');
        row.put(key + "_ms", time.getAsDouble());
        row.put("ours_over_" + key, ratio.median);
        row.put("ours_over_" + key + "_lowest", ratio.lowest);
        row.put("ours_over_" + key + "_highest", ratio.highest);
        row.put(key + "_setting", contest.setting(column.subject, wanted));
        return String.format(Locale.ROOT, " %13.3f %18s", time.getAsDouble(), ratio);
    }

    /** What Ravine is compared with. */
    private enum Column {
        FLOOR("floor", "floor"),
        PYTORCH("pytorch", "pytorch"),
        PYTORCH_FRESH("pytorch fresh", "pytorch"),
        SAMEDIFF("samediff", "samediff");

        private final String label;
        private final String subject;

        Column(String label, String subject) {
            this.label = label;
            this.subject = subject;
        }
    }
}
