package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Rng;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final TaskMetric LOSS =
            new TaskMetric("training loss", false, TaskMetric.Kind.OBJECTIVE, 0, net -> Double.NaN);
    private static final TaskMetric ACCURACY =
            new TaskMetric("test accuracy %", true, TaskMetric.Kind.TEST, 0, net -> Double.NaN);
    private static final List<String> NAMES = List.of("sgd", "adam", "hf", "lm");

    private static Run run(String name, double loss, double accuracy, Run.End end) {
        return run(name, loss, accuracy, end, 1);
    }

    private static Run run(String name, double loss, double accuracy, Run.End end, double spent) {
        Progress progress = new Progress(1, 1, 1, 1, 1, spent);
        Run.Point point = new Run.Point(progress, Map.of(LOSS.name(), loss, ACCURACY.name(), accuracy));
        return new Run(OptimizerSpec.parse(name), 1, List.of(point), Run.Course.NONE, end, "", List.of());
    }

    private static Comparison.Contender contender(String name, double[] losses, double[] accuracies) {
        List<Run> runs = IntStream.range(0, losses.length)
                .mapToObj(i -> run(name, losses[i], accuracies[i], Run.End.BUDGET))
                .toList();
        return new Comparison.Contender(name, OptimizerSpec.parse(name), Optional.empty(), runs);
    }

    private static Comparison comparison(int seeds, List<Comparison.Contender> contenders) {
        return comparison(seeds, LOSS, contenders);
    }

    private static Comparison comparison(int seeds, TaskMetric loss, List<Comparison.Contender> contenders) {
        Task task = BareTask.of(0, loss, ACCURACY);
        return new Comparison(
                "classify",
                task,
                10,
                Budget.steps(1),
                LongStream.range(0, seeds).boxed().toList(),
                contenders,
                "this machine");
    }

    /** Whoever is named as best has the best cell of the table, and overlaps are found there too. */
    @Test
    void theVerdictAgreesWithTheTable() {
        Rng rng = new Rng(7);
        int overlaps = 0;
        for (int round = 0; round < 300; round++) {
            int seeds = 1 + round % 3;
            List<Comparison.Contender> contenders = new ArrayList<>();
            for (String name : NAMES) {
                double centre = rng.nextDouble();
                contenders.add(contender(
                        name,
                        rng.doubles(seeds, 0, 0.1).map(d -> d + centre).toArray(),
                        rng.doubles(seeds, 90, 91).map(d -> d + centre).toArray()));
            }
            Comparison comparison = comparison(seeds, contenders);
            String verdict = Verdict.of(comparison);
            Table table = new ComparisonReport(comparison).table();
            int lowest = best(table, 1, -1);
            int highest = best(table, 2, 1);
            assertThat(verdict).startsWith(winners(table, lowest, 1));
            assertThat(verdict).contains("training loss " + mean(table, lowest, 1));
            assertThat(verdict).contains("On test data " + winners(table, highest, 2));
            boolean isWithin = seeds > 1 && overlapsAny(table, lowest, 1);
            overlaps += isWithin ? 1 : 0;
            String sentence = verdict.substring(0, verdict.indexOf("On test data"));
            assertThat(sentence.contains("is ahead")).as(verdict).isNotEqualTo(isWithin);
            assertThat(sentence.contains("within noise")).as(verdict).isEqualTo(isWithin);
            assertThat(verdict.contains("one start")).isEqualTo(seeds == 1);
        }
        assertThat(overlaps).isBetween(20, 180);
    }

    @Test
    void lossesBelowRoundingAreNotToldApart() {
        TaskMetric loss = new TaskMetric(LOSS.name(), false, TaskMetric.Kind.OBJECTIVE, 1e-26, net -> Double.NaN);
        double[] accuracy = {90};
        Comparison comparison = comparison(
                1,
                loss,
                List.of(
                        contender("sgd", new double[] {1e-30}, accuracy),
                        contender("adam", new double[] {3e-28}, accuracy),
                        contender("lm", new double[] {2e-26}, accuracy)));
        assertThat(Verdict.of(comparison))
                .contains("sgd and adam are level and ahead of the others: training loss less than 1e-26, which is"
                        + " rounding, against 2.000e-26 of lm.");
    }

    /** Outputs for test data may be not numbers although the loss of the training data is one. */
    @Test
    void aFigureThatIsNotANumberIsTheWorst() {
        double[] losses = {1};
        String verdict = Verdict.of(comparison(
                1,
                List.of(
                        contender("sgd", losses, new double[] {Double.NaN}),
                        contender("adam", losses, new double[] {90}),
                        contender("lm", losses, new double[] {80}))));
        assertThat(verdict).contains("On test data adam is best: test accuracy 90.00 %, then lm with 80.00 %.");
    }

    /** Those with the same figure in print as the best. */
    private static String winners(Table table, int best, int column) {
        List<String> names = IntStream.range(0, NAMES.size())
                .filter(row -> mean(table, row, column).equals(mean(table, best, column)))
                .mapToObj(NAMES::get)
                .toList();
        return String.join(" and ", names) + (names.size() == 1 ? "" : " are");
    }

    private static double mean(Object cell) {
        return cell instanceof Number n
                ? n.doubleValue()
                : Double.parseDouble(cell.toString().split(" ", -1)[0]);
    }

    private static String mean(Table table, int row, int column) {
        return Figure.text(mean(table.rows().get(row).get(column)));
    }

    private static int best(Table table, int column, int sign) {
        int best = 0;
        for (int row = 1; row < table.rows().size(); row++) {
            if (sign * mean(table.rows().get(row).get(column))
                    > sign * mean(table.rows().get(best).get(column))) {
                best = row;
            }
        }
        return best;
    }

    private static double[] range(Object cell) {
        String[] parts = cell.toString().replaceAll("[()]", "").split(" ", -1);
        // Without a range where its ends are the same in print.
        return parts.length == 1
                ? new double[] {mean(cell), mean(cell)}
                : new double[] {Double.parseDouble(parts[1]), Double.parseDouble(parts[3])};
    }

    private static boolean overlapsAny(Table table, int winner, int column) {
        double[] own = range(table.rows().get(winner).get(column));
        return IntStream.range(0, table.rows().size())
                .filter(row -> row != winner)
                .mapToObj(row -> range(table.rows().get(row).get(column)))
                .anyMatch(other -> own[0] <= other[1] && other[0] <= own[1]);
    }

    @Test
    void whatIsTheSameInPrintIsTheSame() {
        Comparison comparison = comparison(
                1,
                List.of(
                        contender("sgd", new double[] {0.50001}, new double[] {90}),
                        contender("adam", new double[] {0.50002}, new double[] {90}),
                        contender("hf", new double[] {0.6}, new double[] {90})));
        assertThat(Verdict.of(comparison))
                .contains("sgd and adam are level and ahead of the others: training loss 0.5000 against 0.6000 of hf.")
                .contains("On test data all have the same test accuracy, 90.00 %.");
    }

    private static Run falling(String name, double... losses) {
        List<Run.Point> points = IntStream.range(0, losses.length)
                .mapToObj(i -> new Run.Point(
                        new Progress(1, 1, 1, 1, 1, i / (losses.length - 1.0)),
                        Map.of(LOSS.name(), losses[i], ACCURACY.name(), 90.0)))
                .toList();
        return new Run(OptimizerSpec.parse(name), 1, points, Run.Course.NONE, Run.End.BUDGET, "", List.of());
    }

    private static Comparison.Contender contender(Run... runs) {
        return new Comparison.Contender(
                runs[0].optimizer().text(), runs[0].optimizer(), Optional.empty(), List.of(runs));
    }

    @Test
    void theLeadIsThePartOfTheBudgetThatTheSecondOnesEndTook() {
        Comparison.Contender second = contender(falling("adam", 9, 7, 6, 5, 4));
        assertThat(Verdict.of(comparison(1, List.of(second, contender(falling("hf", 9, 3.9, 3, 2, 1))))))
                .startsWith("hf is ahead: training loss 1, and after 25 % of the work it was where adam ended, 4.");
        Comparison.Contender two = contender(falling("hf", 9, 4, 3, 2, 1), falling("hf", 9, 8, 7, 4, 1));
        Comparison.Contender others = contender(falling("adam", 9, 7, 6, 5, 5), falling("adam", 9, 7, 6, 5, 3));
        assertThat(Verdict.of(comparison(2, List.of(others, two))))
                .startsWith("hf is ahead: training loss 1, and after 50 % of the work it was where adam ended, 4;");
        Comparison.Contender never = contender(falling("hf", 9, 8, 7, 6, 1), falling("hf", 9, 8, 7, 6, 4.5));
        assertThat(Verdict.of(comparison(2, List.of(second, never)))).doesNotContain("of the work");
    }

    @Test
    void whoHadMoreThanTheOthersIsNamed() {
        Comparison.Contender sgd = contender("sgd", new double[] {0.5}, new double[] {90});
        Comparison.Contender lm = new Comparison.Contender(
                "lm", OptimizerSpec.parse("lm"), Optional.empty(), List.of(run("lm", 0.1, 99, Run.End.BUDGET, 3.6)));
        assertThat(Verdict.of(comparison(1, List.of(sgd, lm))))
                .endsWith("lm overran the budget by more than a tenth, by its last step.");
    }

    @Test
    void onTheWayItSaysWhoIsAheadSoFar() {
        Comparison.Contender sgd = contender("sgd", new double[] {0.5}, new double[] {90});
        Comparison.Contender running = new Comparison.Contender(
                "hf", OptimizerSpec.parse("hf"), Optional.empty(), List.of(run("hf", 0.25, 99, Run.End.RUNNING)));
        Comparison.Contender missing =
                new Comparison.Contender("lm", OptimizerSpec.parse("lm"), Optional.empty(), List.of());
        assertThat(Verdict.soFar(comparison(1, List.of(sgd, running, missing))))
                .isEqualTo("So far hf has the lowest training loss, 0.2500, then sgd with 0.5000.");
        assertThat(Verdict.soFar(comparison(1, List.of(missing)))).isEqualTo("Nothing is measured yet.");
    }

    @Test
    void nobodyWinsOverOneThatFailedOrWasInterrupted() {
        Comparison.Contender sgd = contender("sgd", new double[] {0.5}, new double[] {90});
        Comparison.Contender broken = new Comparison.Contender(
                "adam",
                OptimizerSpec.parse("adam"),
                Optional.empty(),
                List.of(run("adam", 0.1, 99, Run.End.NOT_FINITE)));
        assertThat(Verdict.of(comparison(1, List.of(sgd, broken))))
                .isEqualTo(
                        "sgd reached training loss 0.5000 and test accuracy 90.00 %, and there is no other to compare"
                                + " it with. The loss did not stay finite with adam.");
        Comparison.Contender cut = new Comparison.Contender(
                "hf", OptimizerSpec.parse("hf"), Optional.empty(), List.of(run("hf", 0.1, 99, Run.End.INTERRUPTED)));
        assertThat(Verdict.of(comparison(1, List.of(sgd, cut))))
                .startsWith("Interrupted")
                .doesNotContain("is ahead:");
        Comparison.Contender missing =
                new Comparison.Contender("hf", OptimizerSpec.parse("hf"), Optional.empty(), List.of());
        assertThat(Verdict.of(comparison(1, List.of(sgd, missing)))).startsWith("Interrupted");
    }
}
